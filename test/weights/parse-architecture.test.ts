import { assert } from 'chai';
import { parseArchitecture } from '../../src/weights/parse-architecture.ts';
import { tensorShapes } from '../../src/weights/tensor-shapes.ts';
import type { StyleGan2Architecture } from '../../src/weights/architecture.ts';
import { assertThrowsCode } from '../support/assert-error.ts';

const STYLEGAN2 = {
  kind: 'stylegan2',
  resolution: 32,
  z_dim: 16,
  w_dim: 8,
  mapping_layers: 2,
  channel_base: 256,
  channel_max: 16,
  classes: 0,
};

const conv = (type: string, filters: number, stride: number, padding: number, activation: string) => ({
  type,
  filters,
  kernel: 4,
  stride,
  padding,
  bias: false,
  batch_norm: true,
  activation,
});

const DCGAN = {
  kind: 'dcgan',
  resolution: 16,
  z_dim: 10,
  classes: 0,
  generator: [
    conv('conv_transpose', 8, 1, 0, 'relu'),
    conv('conv_transpose', 4, 2, 1, 'leaky_relu'),
    conv('conv_transpose', 3, 2, 1, 'tanh'),
  ],
  discriminator: [conv('conv', 4, 2, 1, 'leaky_relu'), conv('conv', 8, 2, 1, 'leaky_relu'), conv('conv', 1, 1, 0, 'sigmoid')],
};

function withLayer(role: 'generator' | 'discriminator', index: number, change: object): object {
  return { ...DCGAN, [role]: DCGAN[role].map((layer, position) => (position === index ? { ...layer, ...change } : layer)) };
}

function assertRefused(json: unknown, ...parts: readonly string[]): void {
  assertThrowsCode(() => parseArchitecture(json), 'weights-format', ...parts);
}

describe('weights/parse-architecture: StyleGAN2', () => {
  it('reads every field, frozen', () => {
    const architecture = parseArchitecture({ ...STYLEGAN2, conv_clamp: 256 });
    assert.deepEqual(architecture, { ...STYLEGAN2, conv_clamp: 256 } as StyleGan2Architecture);
    assert.isFrozen(architecture);
    assert.deepEqual(parseArchitecture(STYLEGAN2), { ...STYLEGAN2, conv_clamp: null } as StyleGan2Architecture);
  });

  for (const [field, ...values] of [
    ['resolution', 4, 24, 2048, -8, '32', null, 31.5],
    ['z_dim', 0, 2049, 1.5, NaN, '16', undefined],
    ['w_dim', 0, 2049, true],
    ['mapping_layers', 0, 17],
    ['channel_base', 0, 31, 2 ** 40],
    ['channel_max', 0, 8193],
    ['classes', -1, 65537, 0.5],
    ['conv_clamp', 0, -1, '256', Infinity],
  ] as const) {
    it(`refuses ${field} out of its range`, () => {
      for (const value of values) assertRefused({ ...STYLEGAN2, [field]: value }, `architecture.${field}`);
    });
  }

  it('refuses fields that it does not know, because they could change the maths', () => {
    assertRefused({ ...STYLEGAN2, resample_filter: [1, 2, 1] }, '"resample_filter"');
  });

  it('refuses kinds that it does not know, and what is no object', () => {
    for (const json of [null, undefined, 'stylegan2', [STYLEGAN2]]) assertRefused(json, 'no architecture');
    assertRefused({ ...STYLEGAN2, kind: 'stylegan3' }, '"stylegan3"', 'stylegan2 or dcgan');
  });
});

describe('weights/parse-architecture: DCGAN', () => {
  it('reads every layer', () => {
    assert.deepEqual(parseArchitecture(DCGAN) as unknown, DCGAN);
    const slope = withLayer('generator', 1, { slope: 0.1 });
    assert.deepEqual(parseArchitecture(slope) as unknown, slope);
  });

  it('reads a dense start and upsampling', () => {
    const architecture = {
      ...DCGAN,
      generator: [
        { type: 'dense', filters: 8, size: 4, bias: true, batch_norm: true, activation: 'relu' },
        { ...conv('upsample_conv', 4, 2, 1, 'relu'), kernel: 3 },
        { ...conv('upsample_conv', 3, 2, 2, 'tanh'), kernel: 5, bias: true, batch_norm: false },
      ],
    };
    const shapes = tensorShapes(parseArchitecture(architecture), 'generator');
    assert.deepEqual(
      [...shapes],
      [
        ['generator.0.weight', [128, 10]],
        ['generator.0.bias', [128]],
        ['generator.0.norm.weight', [8]],
        ['generator.0.norm.bias', [8]],
        ['generator.0.norm.running_mean', [8]],
        ['generator.0.norm.running_var', [8]],
        ['generator.1.weight', [4, 8, 3, 3]],
        ['generator.1.norm.weight', [4]],
        ['generator.1.norm.bias', [4]],
        ['generator.1.norm.running_mean', [4]],
        ['generator.1.norm.running_var', [4]],
        ['generator.2.weight', [3, 4, 5, 5]],
        ['generator.2.bias', [3]],
      ],
    );
  });

  it('refuses layers that do not lead to the picture, or to one number', () => {
    assertRefused({ ...DCGAN, resolution: 32 }, 'architecture.generator ends in a map of 16×16×3; expected 32×32×3');
    assertRefused(withLayer('generator', 2, { filters: 1 }), '16×16×1', '16×16×3');
    assertRefused(withLayer('generator', 1, { padding: 0 }), 'architecture.generator ends');
    assertRefused(withLayer('discriminator', 2, { filters: 2 }), '1×1×2', '1×1×1');
    assertRefused(withLayer('discriminator', 2, { kernel: 3 }), 'architecture.discriminator ends in a map of 2×2×1');
  });

  it('refuses maps without a size, or far too large', () => {
    assertRefused(withLayer('generator', 0, { kernel: 1, padding: 1 }), 'architecture.generator[0]', 'side -1');
    assertRefused(withLayer('discriminator', 2, { kernel: 9 }), 'architecture.discriminator[2]');
    const growing = { ...DCGAN, generator: Array.from({ length: 32 }, () => conv('conv_transpose', 3, 16, 0, 'relu')) };
    assertRefused(growing, 'expected 1 to 2048');
  });

  it('refuses layers where they cannot be', () => {
    const dense = { type: 'dense', filters: 3, size: 16, bias: true, batch_norm: false, activation: 'tanh' };
    assertRefused({ ...DCGAN, generator: [...DCGAN.generator, dense] }, 'generator[3] is dense');
    assertRefused({ ...DCGAN, discriminator: [{ ...dense, size: 1, filters: 1 }] }, 'discriminator[0] is dense', 'expected conv');
    assertRefused(withLayer('discriminator', 0, { type: 'conv_transpose' }), 'discriminator[0] is conv_transpose');
  });

  for (const [change, part] of [
    [{ type: 'pool' }, 'type'],
    [{ filters: 0 }, 'filters'],
    [{ kernel: 65 }, 'kernel'],
    [{ kernel: undefined }, 'kernel'],
    [{ stride: 0 }, 'stride'],
    [{ padding: -1 }, 'padding'],
    [{ bias: 0 }, 'bias'],
    [{ batch_norm: 'yes' }, 'batch_norm'],
    [{ activation: 'gelu' }, 'activation'],
    [{ size: 4 }, '"size"'],
    [{ slope: 0.2 }, '"slope"'],
    [{ activation: 'leaky_relu', slope: 1 }, 'slope'],
    [{ dilation: 2 }, '"dilation"'],
  ] as const) {
    it(`refuses a layer with ${JSON.stringify(change)}`, () => {
      assertRefused(withLayer('generator', 0, change), 'architecture.generator[0]', part);
    });
  }

  it('refuses lists of layers that are none or endless', () => {
    for (const generator of [undefined, {}, Array.from({ length: 33 }, () => DCGAN.generator[0])]) {
      assertRefused({ ...DCGAN, generator }, 'architecture.generator', 'up to 32');
    }
    assertRefused({ ...DCGAN, generator: [null] }, 'architecture.generator[0]');
  });

  it('reads a generator or a discriminator alone, which has no z, but not neither', () => {
    assert.deepEqual(parseArchitecture({ ...DCGAN, discriminator: [] }) as unknown, { ...DCGAN, discriminator: [] });
    assert.deepEqual(parseArchitecture({ ...DCGAN, z_dim: 0, generator: [] }) as unknown, { ...DCGAN, z_dim: 0, generator: [] });
    assertRefused({ ...DCGAN, generator: [] }, 'architecture.z_dim');
    assertRefused({ ...DCGAN, z_dim: 0 }, 'architecture.z_dim');
    assertRefused({ ...DCGAN, z_dim: 0, generator: [], discriminator: [] }, 'neither of a generator nor of a discriminator');
  });

  it('refuses classes', () => {
    assertRefused({ ...DCGAN, classes: 2 }, 'architecture.classes');
  });
});
