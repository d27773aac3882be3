import assert from 'node:assert/strict';
import { test } from 'node:test';

test('the entry can be imported on a server, twice, and registers nothing that throws', async () => {
  const first = await import('../../src/index.ts');
  const second = await import(`../../src/index.ts?again=${'1'}`);
  assert.equal(typeof first.GanCanvas, 'function');
  assert.equal(typeof second.GanCanvas, 'function');
  assert.ok(new first.GanCanvasError('internal', 'x') instanceof Error);
  assert.equal(new first.GanCanvasErrorEvent(new first.GanCanvasError('internal', 'x')).code, 'internal');
});
