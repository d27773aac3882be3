import { assert } from 'chai';
import type { FineTuneOptions } from '../../../src/engine/fine-tune/fine-tune.ts';
import { readFineTuneSettings } from '../../../src/engine/fine-tune/fine-tune-settings.ts';
import type { GanCanvasError } from '../../../src/support/errors.ts';
import { fakeInfo } from '../../element/fake-generator.ts';

const ARCHITECTURE = { kind: 'stylegan2', resolution: 8, z_dim: 4, w_dim: 4, mapping_layers: 2, channel_base: 64, channel_max: 8, classes: 2, conv_clamp: null } as const; // prettier-ignore
const INFO = fakeInfo({ architecture: ARCHITECTURE, labels: ['apple', 'pear'], discriminator: { url: 'd.safetensors', integrity: null } });

describe('engine/fine-tune/fine-tune-settings', () => {
  it('has a default for everything', () => {
    const { method, steps, batch, classIndex, moving, background } = readFineTuneSettings({}, INFO, 50);
    assert.deepEqual(
      { method, steps, batch, classIndex, moving, background },
      {
        ...{ method: 'adversarial', steps: 300, batch: 8, classIndex: null, moving: 'all' },
        background: [255, 255, 255],
      },
    );
  });

  it('reconstructs few pictures, and where there is no discriminator', () => {
    assert.strictEqual(readFineTuneSettings({}, INFO, 9).method, 'reconstruction');
    assert.strictEqual(readFineTuneSettings({}, fakeInfo({ architecture: ARCHITECTURE }), 50).method, 'reconstruction');
    assert.strictEqual(readFineTuneSettings({ method: 'adversarial' }, INFO, 3).method, 'adversarial');
  });

  it('knows a class by name and by index', () => {
    assert.strictEqual(readFineTuneSettings({ classLabel: 'pear' }, INFO, 50).classIndex, 1);
    assert.strictEqual(readFineTuneSettings({ classLabel: 0 }, INFO, 50).classIndex, 0);
  });

  it('begins from nothing with a network and defaults of its own, whatever the model has', () => {
    const { steps, batch, learningRate, classIndex, network } = readFineTuneSettings({ method: 'vae', classLabel: 'plum' }, INFO, 50);
    assert.deepEqual([steps, batch, learningRate, classIndex], [2000, 16, 0.001, null]);
    assert.deepEqual(network, {
      ...{ latentDim: 32, resolution: 32, width: 16, filterSize: 4, stride: 2, depth: null, activation: null },
      normalization: 'batch',
    });
    const chosen = { latentDim: 2, resolution: 27, filterSize: 3, stride: 3, depth: 2, activation: 'tanh', normalization: 'none' } as const;
    assert.deepEqual(readFineTuneSettings({ method: 'textbook-gan', network: chosen }, INFO, 1).network, { width: 16, ...chosen });
    assert.isNull(readFineTuneSettings({ network: chosen }, INFO, 50).network);
  });

  for (const [options, code, message] of [
    [{ steps: 0 }, 'invalid-argument', /steps is 0; expected a whole number from 1 to 100000/],
    [{ steps: 1.5 }, 'invalid-argument', /steps is 1\.5/],
    [{ batch: 65 }, 'invalid-argument', /batch is 65/],
    [{ learningRate: NaN }, 'invalid-argument', /learningRate/],
    [{ method: 'magic' as 'adversarial' }, 'invalid-argument', /"magic"; expected one of adversarial, reconstruction/],
    [{ moving: 'some' as 'all' }, 'invalid-argument', /styles, late-layers, all/],
    [{ background: [0, 0, 300] }, 'invalid-argument', /background/],
    [{ gradientLimit: { kind: 'clip', norm: 0 } }, 'invalid-argument', /gradientLimit\.norm/],
    [{ classLabel: 'plum' }, 'unknown-class', /"plum".*apple, pear/],
    [{ method: 'vae', network: { latentDim: 0 } }, 'invalid-argument', /network\.latentDim is 0; expected a whole number from 1 to 2048/],
    [{ method: 'vae', network: { resolution: 512 } }, 'invalid-argument', /network\.resolution is 512/],
    [{ method: 'textbook-gan', network: { resolution: 33 } }, 'invalid-argument', /resolution is 33 and stride 2/],
    [
      { method: 'textbook-gan', network: { depth: 9 } },
      'invalid-argument',
      /depth is 9, resolution 32.*possible here: depth 1, 2, 3, 4, 5/,
    ],
    [
      { method: 'vae', network: { activation: 'swish' as 'relu' } },
      'invalid-argument',
      /network\.activation is "swish"; expected one of relu/,
    ],
    [{ method: 'vae', network: { zDim: 4 } as object }, 'invalid-argument', /no "zDim"; there is latentDim/],
    [{ method: 'textbook-gan', loss: 'wasserstein' as 'hinge' }, 'invalid-argument', /loss is "wasserstein"/],
    [{ classLabel: 2 }, 'unknown-class', /apple, pear/],
  ] as readonly (readonly [FineTuneOptions, string, RegExp])[]) {
    it(`refuses ${JSON.stringify(options)} with ${code}`, () => {
      try {
        readFineTuneSettings(options, INFO, 50);
        assert.fail('It was taken.');
      } catch (error) {
        assert.strictEqual((error as GanCanvasError).code, code, String(error));
        assert.match((error as Error).message, message);
      }
    });
  }
});
