import { assert } from 'chai';
import { fitSettings } from '../../src/element/fit-settings.ts';
import type { PictureSettings } from '../../src/element/read-settings.ts';
import type { RenderOptions } from '../../src/engine/generator.ts';
import { GanCanvasError } from '../../src/support/errors.ts';
import { createFakeCanvas, fakeInfo, nextEvent, type FakeGenerator } from './fake-generator.ts';

const SETTINGS: PictureSettings = {
  ...{ seed: '1', latent: null, latentDim: null, truncation: null, classLabel: null },
  ...{ noise: null, directions: null, mix: null, samples: null, columns: null },
};
const LOADED = fakeInfo({ labels: ['apple', 'pear'] });
const OTHER = fakeInfo({ name: 'other' });

describe('element/fit-settings', () => {
  it('leaves all as it is written for the model that was loaded, right or wrong', () => {
    const settings = { ...SETTINGS, classLabel: 'plum', directions: 'redness:1' };
    assert.strictEqual(fitSettings(settings, { info: LOADED, loadedInfo: LOADED }, assert.fail), settings);
  });

  it('leaves out what means nothing to the network that took its place, and says what and why', () => {
    const warnings: string[] = [];
    const settings = { ...SETTINGS, classLabel: 'apple', directions: 'redness:1', latent: new Float32Array(5), latentDim: 100 };
    const fitted = fitSettings(settings, { info: OTHER, loadedInfo: LOADED }, (_kind, message) => warnings.push(message));
    assert.deepEqual(fitted, SETTINGS);
    assert.lengthOf(warnings, 3);
    for (const warning of warnings) assert.match(warning, /left out while "other" draws in the place of "fake"/);
  });

  it('keeps what fits that network', () => {
    const directions = { mine: { vector: new Float32Array(8).fill(1), size: 2 } };
    const settings = { ...SETTINGS, directions, latent: new Float32Array(8).fill(0.5), latentDim: 3 };
    assert.deepEqual(fitSettings(settings, { info: OTHER, loadedInfo: LOADED }, assert.fail), settings);
  });

  it('draws anew what was asked of the network that had gone by the time', async () => {
    const asked: RenderOptions[] = [];
    const element = createFakeCanvas({ classLabel: 'apple' });
    element.prepare = (generator: FakeGenerator) => {
      generator.loaded = generator.info;
      const draw = generator.renderBitmap.bind(generator);
      generator.renderBitmap = (options = {}) => {
        asked.push(options);
        if (asked.length > 1) return draw(options);
        generator.info = OTHER;
        return Promise.reject(new GanCanvasError('unknown-class', 'There is none called "apple".'));
      };
    };
    element.addEventListener('error', ({ error }) => assert.fail(String(error)));
    const loaded = nextEvent(element, 'load');
    document.body.append(element);
    await loaded;
    assert.deepEqual(
      asked.map(({ classLabel }) => classLabel),
      ['apple', undefined],
    );
    element.remove();
  });
});
