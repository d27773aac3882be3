import { assert } from 'chai';
import type { GanCanvas, GanCanvasErrorCode } from '../../src/index.ts';
import { loadFixtureWeights } from '../support/fixture-weights.ts';
import { tinySource } from '../support/tiny-source.ts';
import { createCanvas, findPart, nextEvent, showFailure, showPicture } from './show.ts';

describe('browser/bad-input', () => {
  let element: GanCanvas;
  let good: Uint8Array;
  let src: string;
  let errors: Event[];
  const asUrl = (bytes: Uint8Array): string => URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  const edited = (from: string, to: string): string => {
    const text = new TextDecoder('latin1').decode(good).replace(from, to.padEnd(from.length).slice(0, from.length));
    return asUrl(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
  };

  before(async () => {
    good = await loadFixtureWeights('stylegan2-tiny-classes');
    src = await tinySource();
  });
  afterEach(() => element.remove());

  /** Fails exactly once with that code, shows a message, and recovers when `mend` is done. */
  async function assertFatal(attributes: Record<string, string>, code: GanCanvasErrorCode, mend: (element: GanCanvas) => void) {
    errors = [];
    element = createCanvas({ backend: 'wasm', ...attributes });
    element.addEventListener('error', (event) => errors.push(event));
    const error = await showFailure(element);
    assert.equal(error.code, code, error.message);
    assert.isFalse(error.bubbles);
    await element.updateComplete;
    assert.isFalse(element.ready);
    assert.include(findPart(element, 'message')?.textContent, error.message);
    assert.isAbove(findPart(element, 'message')?.offsetHeight ?? 0, 0);
    assert.isTrue(element.matches(':state(error)'));
    const rendered = nextEvent(element, 'render');
    mend(element);
    await rendered;
    await element.updateComplete;
    assert.isTrue(element.ready);
    assert.isNull(findPart(element, 'message'));
    assert.isTrue(element.matches(':state(ready)') && !element.matches(':state(error)'));
    assert.lengthOf(errors, 1);
  }
  const mendSource = (broken: GanCanvas) => {
    broken.removeAttribute('integrity');
    broken.src = src;
  };

  it('fails for an unknown model, naming those there are', async () => {
    await assertFatal({ model: 'pomegranate' }, 'unknown-model', mendSource);
    assert.include((errors[0] as ErrorEvent).message, 'pomona');
  });

  it('fails for a file that is not there', () => assertFatal({ src: '/nowhere.safetensors' }, 'weights-fetch', mendSource));

  it('fails for an empty src', () => assertFatal({ src: '' }, 'weights-fetch', mendSource));

  it('fails for a truncated file', () => assertFatal({ src: asUrl(good.subarray(0, good.length - 64)) }, 'weights-format', mendSource));

  it('fails for a wrong hash', () => assertFatal({ src, integrity: `sha256-${btoa('\0'.repeat(32))}` }, 'weights-integrity', mendSource));

  it('fails for a header that lies about offsets', () =>
    assertFatal({ src: edited('"data_offsets":[0,', '"data_offsets":[9,') }, 'weights-format', mendSource));

  it('fails for tensors of the wrong shape', () => assertFatal({ src: edited('"shape":[', '"shape":9') }, 'weights-format', mendSource));

  it('fails for weights that are no numbers', () => {
    const bytes = good.slice();
    bytes.set([0, 0, 192, 127], bytes.length - 4);
    return assertFatal({ src: asUrl(bytes) }, 'weights-format', mendSource);
  });

  it('fails for an unknown class', () =>
    assertFatal({ src, 'class-label': 'banana' }, 'unknown-class', (broken) => broken.removeAttribute('class-label')));

  it('fails for a class where there are none', async () => {
    const plain = await tinySource('stylegan2-tiny');
    await assertFatal({ src: plain, 'class-label': '0' }, 'unknown-class', (broken) => broken.removeAttribute('class-label'));
  });

  it('fails for malformed directions', () =>
    assertFatal({ src, directions: 'redness:much' }, 'bad-vector', (broken) => broken.removeAttribute('directions')));

  it('fails for an unknown direction', () =>
    assertFatal({ src, directions: 'redness:1' }, 'unknown-direction', (broken) => (broken.directions = {})));

  it('fails for a vector of the wrong length', () =>
    assertFatal({ src, directions: '{"mine":{"size":1,"vector":[1]}}' }, 'bad-vector', (broken) => broken.removeAttribute('directions')));

  it('fails for a backend that there is not', () =>
    assertFatal({ src, backend: 'metal' }, 'backend-unavailable', (broken) => broken.setAttribute('backend', 'wasm')));

  for (const [name, values] of Object.entries({
    'latent-dim': ['0', '-3', '10000', 'abs', ''],
    truncation: ['x', '-1', '7'],
    noise: ['white'],
    samples: ['0', '65', 'many'],
    columns: ['0', '1000'],
    interval: ['soon'],
    loading: ['whenever'],
    crossorigin: ['yes'],
  })) {
    it(`draws in spite of ${name} ${values.map((value) => `"${value}"`).join(', ')}`, async () => {
      element = createCanvas({ src, backend: 'wasm', [name]: values[0] ?? '' });
      element.addEventListener('error', (event) => assert.fail(event.message));
      await showPicture(element);
      for (const value of values.slice(1)) {
        element.setAttribute(name, value);
        element.seed = value;
        await nextEvent(element, 'render');
      }
      assert.isTrue(element.ready);
    });
  }

  it('draws as without latent-dim when it is no number, and as with the nearest when it is out of range', async () => {
    element = createCanvas({ src, backend: 'wasm', 'latent-dim': 'abs' });
    await showPicture(element);
    const zDim = element.modelInfo?.zDim;
    const all = (await element.generate({ latentDim: zDim })).data;
    assert.deepEqual((await element.generate()).data, all);
    element.latentDim = 10000;
    assert.deepEqual((await element.generate()).data, all);
    element.latentDim = -3;
    assert.deepEqual((await element.generate()).data, (await element.generate({ latentDim: 1 })).data);
  });

  it('never throws for properties of any type', async () => {
    element = createCanvas({ src, backend: 'wasm' });
    const odd = [null, undefined, 7, {}, [], Symbol('odd'), () => 1, NaN, 1n] as never[];
    for (const name of ['seed', 'latentDim', 'truncation', 'noise', 'samples', 'columns', 'interval', 'poster', 'alt', 'latent'] as const) {
      for (const value of odd) assert.doesNotThrow(() => Reflect.set(element, name, value));
    }
    Object.assign(element, { seed: '1', latentDim: null, noise: null, samples: null, columns: null, truncation: null, interval: null });
    Object.assign(element, { poster: null, alt: null, latent: null });
    await showPicture(element);
  });
});
