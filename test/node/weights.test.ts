import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GanCanvasError, isAbortError } from '../../src/support/errors.ts';
import { resolveModel } from '../../src/weights/bundled-models.ts';
import { loadWeightsBytes } from '../../src/weights/fetch-weights.ts';
import { decodeWeights } from '../../src/weights/weights-file.ts';

describe('weights in Node', () => {
  it('reads and verifies the bundled model from its file', async () => {
    const { url, integrity, sizeBytes } = resolveModel('pomona');
    assert.match(url(), /^file:/);
    const steps: [number, number][] = [];
    const bytes = await loadWeightsBytes(url(), { integrity, onProgress: (...step) => steps.push(step) });
    assert.equal(bytes.length, sizeBytes);
    assert.deepEqual(steps, [[sizeBytes, sizeBytes]]);
    assert.equal(decodeWeights(bytes).info.name, 'pomona');
  });

  it('names a file that is not there', async () => {
    await assert.rejects(loadWeightsBytes('file:///none/none.safetensors'), (error) => {
      assert.ok(error instanceof GanCanvasError);
      assert.equal(error.code, 'weights-fetch');
      assert.match(error.message, /file:\/\/\/none\/none\.safetensors/);
      return true;
    });
  });

  it('rejects with AbortError when aborted', async () => {
    const controller = new AbortController();
    const loading = loadWeightsBytes(resolveModel('pomona').url(), { signal: controller.signal });
    controller.abort();
    await assert.rejects(loading, isAbortError);
  });
});
