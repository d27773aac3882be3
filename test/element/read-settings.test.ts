import { assert } from 'chai';
import type { PictureSettings, SourceSettings } from '../../src/element/read-settings.ts';
import { readGrid, readInterval, readPicture, readSource } from '../../src/element/read-settings.ts';
import type { ModelInfo } from '../../src/weights/model-info.ts';
import { assertThrowsCode } from '../support/assert-error.ts';
import { fakeInfo } from './fake-generator.ts';

const UNSET: PictureSettings = {
  seed: '0',
  latent: null,
  latentDim: null,
  truncation: null,
  classLabel: null,
  noise: null,
  directions: null,
  mix: null,
  samples: null,
  columns: null,
};
const NO_SOURCE: SourceSettings = { model: null, src: null, integrity: null, crossOrigin: null, backend: null };
const BASE = 'https://example.test/page/';

describe('element/read-settings', () => {
  const info: ModelInfo = fakeInfo({ zDim: 8, truncation: 0.7, noise: 'const' });
  let warnings: string[];
  const warn = (kind: string) => void warnings.push(kind);
  const read = (settings: Partial<PictureSettings>) => readPicture({ ...UNSET, ...settings }, info, warn);
  beforeEach(() => {
    warnings = [];
  });

  it('takes the model’s defaults for what is left out, without a warning', () => {
    assert.deepInclude(read({}), { seed: '0', latentDim: 8, truncation: 0.7, noise: 'const', samples: 1, columns: 1 });
    assert.deepEqual(warnings, []);
  });

  const numbers: [given: unknown, latentDim: number, warned: boolean][] = [
    [0, 1, true],
    [-3, 1, true],
    [10000, 8, true],
    ['abs', 8, true],
    [NaN, 8, true],
    ['', 8, true],
    [Infinity, 8, true],
    [{}, 8, true],
    ['5', 5, false],
    [5, 5, false],
    [4.6, 5, false],
  ];
  for (const [given, latentDim, warned] of numbers) {
    it(`reads latent-dim ${JSON.stringify(given)} as ${latentDim}${warned ? ', with a warning' : ''}`, () => {
      assert.equal(read({ latentDim: given }).latentDim, latentDim);
      assert.deepEqual(warnings, warned ? ['latent-dim'] : []);
    });
  }

  it('clamps truncation to 0…2 and replaces what is no number, with a warning', () => {
    assert.deepEqual(
      [-1, 3, 'x', 0, 2, 1.25].map((truncation) => read({ truncation }).truncation),
      [0, 2, 0.7, 0, 2, 1.25],
    );
    assert.deepEqual(warnings, ['truncation', 'truncation', 'truncation']);
  });

  it('replaces a mode of noise that is none, with a warning', () => {
    assert.equal(read({ noise: 'white' }).noise, 'const');
    assert.deepEqual(warnings, ['noise']);
    assert.equal(read({ noise: ' Random ' }).noise, 'random');
  });

  it('hands directions on as text or as an object, which the engine reads', () => {
    const mine = { mine: { size: 1, vector: new Float32Array(8), layers: '4-7' } };
    for (const directions of ['redness:1.5 roundness:-1', 'redness', mine]) assert.equal(read({ directions }).directions, directions);
    for (const nothing of ['', null, undefined]) assert.isUndefined(read({ directions: nothing }).directions);
  });

  it('refuses directions that are neither text nor an object', () => {
    for (const directions of [7, true, () => 1]) assertThrowsCode(() => read({ directions }), 'bad-vector');
  });

  it('hands a mix on as text or as an object, and refuses anything else', () => {
    const mine = { seed: 'a', layers: '4-7' };
    for (const mix of ['a@4-7', 'nonsense', mine]) assert.equal(read({ mix }).mix, mix);
    for (const nothing of ['', null, undefined]) assert.isUndefined(read({ mix: nothing }).mix);
    for (const mix of [7, true]) assertThrowsCode(() => read({ mix }), 'invalid-argument', 'seed@layers');
  });

  it('refuses latents that are no finite numbers', () => {
    for (const latent of ['1 2 3', 7, [1, NaN], new Float32Array([Infinity]), { length: 2 }]) {
      assertThrowsCode(() => read({ latent }), 'bad-vector');
    }
    assert.deepEqual(read({ latent: [1, 2] }).latent, Float32Array.of(1, 2));
  });

  it('takes an empty class for none', () => {
    assert.isUndefined(read({ classLabel: '' }).classLabel);
    assert.equal(read({ classLabel: 'apple' }).classLabel, 'apple');
  });

  it('clamps samples and columns to 1…64 and makes the squarest grid', () => {
    assert.deepEqual(readGrid(0, null, warn), { samples: 1, columns: 1, rows: 1 });
    assert.deepEqual(readGrid(65, null, warn), { samples: 64, columns: 8, rows: 8 });
    assert.deepEqual(readGrid(5, null, warn), { samples: 5, columns: 3, rows: 2 });
    assert.deepEqual(readGrid(5, 100, warn), { samples: 5, columns: 64, rows: 1 });
    assert.deepEqual(readGrid(5, 2, warn), { samples: 5, columns: 2, rows: 3 });
    assert.deepEqual(warnings, ['samples', 'samples', 'columns']);
  });

  it('replaces an interval that is bad, with a warning', () => {
    assert.deepEqual(
      [null, 500, 'soon', 0, -5, 99].map((interval) => readInterval(interval, warn)),
      [2000, 500, 2000, 2000, 2000, 2000],
    );
    assert.lengthOf(warnings, 4);
  });

  it('draws pomona when neither model nor src is given, and lets src win', () => {
    assert.deepEqual(readSource(NO_SOURCE, BASE), { backend: 'auto', model: 'pomona' });
    assert.deepEqual(readSource({ ...NO_SOURCE, model: 'x', src: 'w.safetensors' }, BASE), {
      backend: 'auto',
      src: `${BASE}w.safetensors`,
    });
  });

  it('passes integrity and crossorigin on, and takes any other crossorigin for anonymous', () => {
    const source = readSource({ ...NO_SOURCE, src: 'w', integrity: 'sha256-x', crossOrigin: 'Use-Credentials' }, BASE);
    assert.deepInclude(source, { integrity: 'sha256-x', crossOrigin: 'use-credentials' });
    assert.equal(readSource({ ...NO_SOURCE, crossOrigin: '' }, BASE).crossOrigin, 'anonymous');
    assert.equal(readSource({ ...NO_SOURCE, crossOrigin: 'yes' }, BASE).crossOrigin, 'anonymous');
  });

  it('refuses an empty src, what is no URL, and a backend that there is not', () => {
    assertThrowsCode(() => readSource({ ...NO_SOURCE, src: ' ' }, BASE), 'weights-fetch');
    assertThrowsCode(() => readSource({ ...NO_SOURCE, src: 'https://[' }, BASE), 'weights-fetch');
    assertThrowsCode(() => readSource({ ...NO_SOURCE, backend: 'metal' }, BASE), 'backend-unavailable', 'webgpu, wasm, cpu');
    assert.equal(readSource({ ...NO_SOURCE, backend: ' WASM ' }, BASE).backend, 'wasm');
  });
});
