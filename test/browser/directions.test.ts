import { assert } from 'chai';
import type { GanCanvas } from '../../src/index.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { loadDirectedWeights, NAMED_DIRECTIONS, namedVector } from '../support/named-directions.ts';
import { assertAborts } from '../support/tiny-source.ts';
import { createCanvas, nextEvent, readPixels, showFailure, showPicture } from './show.ts';

describe('browser/directions', () => {
  let element: GanCanvas;
  let src: string;
  before(async () => {
    src = URL.createObjectURL(new Blob([(await loadDirectedWeights('stylegan2-tiny')) as Uint8Array<ArrayBuffer>]));
  });
  beforeEach(() => {
    element = createCanvas({ src, backend: 'wasm', seed: '7' });
  });
  afterEach(() => element.remove());

  it('lists names, kinds, layers, ranges and the card’s figures, before anything is shown', async () => {
    const listed = await element.listDirections();
    assert.deepEqual(listed, NAMED_DIRECTIONS);
    assert.isFalse(element.isConnected || element.ready);
    assert.deepEqual(element.modelInfo?.directions, NAMED_DIRECTIONS);
  });

  it('moves along a named direction in its layers, by the attribute and by the property alike', async () => {
    await showPicture(element);
    const { data: still } = await element.generate();
    element.setAttribute('directions', 'redness:2 light-from-left:-1');
    await nextEvent(element, 'render');
    const byName = readPixels(element).data;
    assert.notDeepEqual(byName, still);
    const vector = (name: string) => namedVector(name, element.modelInfo?.directionDim ?? 0);
    element.directions = {
      mine: { vector: vector('redness'), layers: '2-5', size: 2 },
      other: { vector: vector('light-from-left'), size: -1 },
    };
    await nextEvent(element, 'render');
    assert.deepEqual(readPixels(element).data, byName);
    element.directions = { redness: 0 };
    element.removeAttribute('directions');
    await nextEvent(element, 'render');
    assert.deepEqual((await element.generate()).data, still);
  });

  it('names the directions that there are when one is unknown, and recovers', async () => {
    element.setAttribute('directions', 'blueness:1');
    const { code, message } = await showFailure(element);
    assert.equal(code, 'unknown-direction');
    for (const { name } of NAMED_DIRECTIONS) assert.include(message, name);
    const rendered = nextEvent(element, 'render');
    element.setAttribute('directions', 'redness:1');
    await rendered;
    assert.isTrue(element.ready);
  });

  it('discovers directions that move what is shown', async () => {
    await showPicture(element);
    const still = readPixels(element).data;
    for (const method of ['pca', 'sefa'] as const) {
      const found = await element.discoverDirections({ method });
      assert.deepEqual(
        found.map(({ name }) => name),
        Array.from({ length: 10 }, (_, index) => `${method}-${String(index + 1)}`),
      );
      const [{ vector, layers } = { vector: new Float32Array(), layers: null }] = found;
      element.directions = { found: { vector, layers, size: 3 } };
      await nextEvent(element, 'render');
      assert.notDeepEqual(readPixels(element).data, still);
    }
  });

  it('rejects what cannot be discovered, and what is aborted', async () => {
    await assertRejectsCode(element.discoverDirections(undefined as never), 'invalid-argument', 'options');
    await assertRejectsCode(element.discoverDirections({} as never), 'invalid-argument', 'method');
    await assertRejectsCode(element.discoverDirections({ method: 'pca', count: 0 }), 'invalid-argument', 'count is 0');
    await assertRejectsCode(element.discoverDirections({ method: 'sefa', layers: '9' }), 'bad-vector', '"9"');
    await assertRejectsCode(element.discoverDirections({ method: 'pca', signal: 3 as never }), 'invalid-argument', 'signal');
    await assertAborts(element.discoverDirections({ method: 'pca', signal: AbortSignal.abort() }));
  });
});
