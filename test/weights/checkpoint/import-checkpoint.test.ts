import { assert } from 'chai';
import { createGenerator } from '../../../src/engine/create-generator.ts';
import { importCheckpoint } from '../../../src/engine/import-checkpoint.ts';
import { decodeWeights, type WeightsFile } from '../../../src/weights/weights-file.ts';
import { assertRejectsCode } from '../../support/assert-error.ts';
import { joinBytes, pickled, writePickle, writeStateDict, writeTorchFile, type Part } from '../../support/checkpoint-bytes.ts';
import { loadFixtureBytes, loadFixtureFile } from '../../support/fixture-weights.ts';
import { maxMagnitude } from '../../support/tensor-fixture.ts';

const { call, dict, global, integer, list, module, storage, tensor, text, tuple } = pickled;

function decode(bytes: Uint8Array | null): WeightsFile {
  if (bytes === null) throw new Error('This network was not imported.');
  return decodeWeights(bytes);
}

function assertSameNetwork(imported: WeightsFile, expected: WeightsFile): void {
  assert.deepEqual(imported.info.architecture, expected.info.architecture);
  assert.deepEqual([...imported.tensors.keys()].sort(), [...expected.tensors.keys()].sort());
  for (const [name, { values, shape }] of expected.tensors) {
    assert.deepEqual(imported.tensors.get(name)?.shape, shape, name);
    assert.deepEqual(imported.tensors.get(name)?.values, values, name);
  }
}

/** The file with a text in place of another of the same length, wherever it stands. */
function replaceText(file: Uint8Array, from: string, to: string): Uint8Array {
  assert.lengthOf(to, from.length);
  const changed = file.slice();
  const old = joinBytes(from);
  for (let at = 0; at <= file.length - old.length; at++)
    if (old.every((byte, index) => file[at + index] === byte)) changed.set(joinBytes(to), at);
  assert.notDeepEqual(changed, file, from);
  return changed;
}

const DCGAN_SHAPES = { 'main.0.weight': [8, 4, 4, 4], 'main.2.weight': [4, 4, 4, 4], 'main.4.weight': [4, 3, 4, 4] };

describe('weights/checkpoint/import-checkpoint', () => {
  describe('networks', () => {
    for (const [file, network, paths] of [
      ['tiny-rosinality.pt', 'stylegan2-tiny', ['g_ema', 'd']],
      ['tiny-recipe.pt', 'stylegan2-tiny-classes', ['ema', 'd']],
    ] as const) {
      it(`takes the averaged generator and the discriminator of ${file}, bit for bit`, async () => {
        const { generator, discriminator, summary } = await importCheckpoint(await loadFixtureBytes(file));
        assertSameNetwork(decode(generator), await loadFixtureFile(network));
        assertSameNetwork(decode(discriminator), await loadFixtureFile(network, 'discriminator'));
        assert.deepEqual([summary.generatorPath, summary.discriminatorPath], [...paths]);
        const sizes = [generator, discriminator].map((bytes) =>
          [...decode(bytes).tensors.values()].reduce((sum, { values }) => sum + values.length, 0),
        );
        assert.equal(
          summary.parameters,
          sizes.reduce((a, b) => a + b),
        );
      });
    }

    it('reads the old format of torch.save as the new one', async () => {
      const [old, current] = await Promise.all(
        ['tiny-dcgan-generator-legacy.pth', 'tiny-dcgan-generator.pth'].map(async (name) => importCheckpoint(await loadFixtureBytes(name))),
      );
      assert.deepEqual(old?.generator, current?.generator);
    });

    it('takes strides, paddings and activations of a network that was saved whole, through what wraps it', async () => {
      const { generator, summary } = await importCheckpoint(await loadFixtureBytes('tiny-dcgan-whole.pth'));
      const { architecture } = decode(generator).info;
      if (architecture.kind !== 'dcgan') throw new Error(architecture.kind);
      const plain = { filters: 8, kernel: 5, bias: false };
      assert.deepInclude(architecture.generator[0], { ...plain, stride: 1, padding: 0, activation: 'leaky_relu', slope: 0.1 });
      assert.deepInclude(architecture.generator[1], { stride: 3, padding: 2, bias: true, batch_norm: false, activation: 'relu' });
      assert.deepInclude(architecture.discriminator[1], { kernel: 3, stride: 2, padding: 1, batch_norm: true });
      assert.equal(architecture.discriminator[2]?.activation, 'none');
      assert.deepEqual(summary.notes, []);
    });

    it('says what it took for granted of a state dict', async () => {
      const { summary } = await importCheckpoint(await loadFixtureBytes('tiny-dcgan-generator.pth'));
      assert.lengthOf(summary.notes, 1);
      assert.include(summary.notes[0], 'DCGAN tutorial');
    });

    it('takes a generator or a discriminator alone; such a generator draws', async () => {
      const { generator: bytes, discriminator } = await importCheckpoint(await loadFixtureBytes('tiny-dcgan-generator.pth'));
      assert.isNull(discriminator);
      if (bytes === null) throw new Error('No generator was imported.');
      const generator = await createGenerator({ bytes, backend: 'wasm' });
      assert.equal((await generator.generate({ seed: 'alone' })).width, 32);
      generator.dispose();
      const judge = await importCheckpoint(await loadFixtureBytes('tiny-dcgan-discriminator.pth'));
      assert.isNull(judge.generator);
      assert.equal(decode(judge.discriminator).role, 'discriminator');
      assert.deepInclude(judge.summary, { generatorPath: null, discriminatorPath: '' });
    });

    it('takes away what wrappers put before the names', async () => {
      const plain = await importCheckpoint(writeStateDict(DCGAN_SHAPES));
      for (const prefix of ['module.', '_orig_mod.', 'module._orig_mod.', 'netG.', 'module.generator.']) {
        const named = Object.fromEntries(Object.entries(DCGAN_SHAPES).map(([name, shape]) => [prefix + name, shape]));
        assert.deepEqual((await importCheckpoint(writeStateDict(named))).generator, plain.generator, prefix);
      }
    });
  });

  describe('numbers', () => {
    const generator = (type: string, offset: number, shape: readonly number[], strides: readonly number[]): Part =>
      dict({
        '0.weight': tensor(storage('0', 8, type), offset, shape, strides),
        '1.weight': tensor(storage('1', 48), 0, [1, 3, 4, 4], [48, 16, 4, 1]),
      });
    const read = async (type: string, bytes: Uint8Array, offset = 0, strides: readonly number[] = [1, 1, 1, 1]): Promise<number[]> => {
      const pickle = writePickle(generator(type, offset, [4, 1, 1, 1], strides));
      const { generator: weights } = await importCheckpoint(writeTorchFile(pickle, { 0: bytes, 1: new Uint8Array(192) }));
      return [...(decode(weights).tensors.get('generator.0.weight')?.values ?? [])];
    };
    const bytesOf = (array: { readonly buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(array.buffer);
    const values = [1, 2, 3, 4, 5, 6, 7, 8];

    for (const [type, array] of [
      ['DoubleStorage', Float64Array.from(values)],
      ['FloatStorage', Float32Array.from(values)],
      ['HalfStorage', Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700, 0x4800)],
      ['BFloat16Storage', Uint16Array.of(0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0, 0x40c0, 0x40e0, 0x4100)],
      ['LongStorage', BigInt64Array.from(values, BigInt)],
      ['IntStorage', Int32Array.from(values)],
      ['ShortStorage', Int16Array.from(values)],
      ['CharStorage', Int8Array.from(values)],
      ['ByteStorage', Uint8Array.from(values)],
    ] as const) {
      it(`are read from a ${type}, from an offset and by strides`, async () => {
        assert.deepEqual(await read(type, bytesOf(array)), [1, 2, 3, 4]);
        assert.deepEqual(await read(type, bytesOf(array), 4), [5, 6, 7, 8]);
        assert.deepEqual(await read(type, bytesOf(array), 1, [2, 1, 1, 1]), [2, 4, 6, 8]);
      });
    }

    it('are transposed where the strides say so', async () => {
      const counting = Float32Array.from({ length: 4 * 3 * 16 }, (_, index) => index);
      const pickle = writePickle(
        dict({
          '0.weight': tensor(storage('0', 512), 0, [8, 4, 4, 4], [64, 16, 4, 1]),
          // Channels last.
          '1.weight': tensor(storage('1', 192), 0, [4, 3, 4, 4], [48, 1, 12, 3]),
        }),
      );
      const { generator: bytes } = await importCheckpoint(writeTorchFile(pickle, { 0: new Uint8Array(2048), 1: bytesOf(counting) }));
      const found = decode(bytes).tensors.get('generator.1.weight')?.values ?? [];
      assert.deepEqual([...found].slice(0, 5), [0, 3, 6, 9, 12]);
      assert.deepEqual([...found].slice(16, 18), [1, 4]);
      assert.deepEqual([...found].slice(48, 50), [48, 51]);
    });

    it('beyond the range of half precision stay in single', async () => {
      const bytes = bytesOf(Float32Array.of(1e6, 0, 0, 0, 0, 0, 0, 0));
      const pickle = writePickle(generator('FloatStorage', 0, [8, 1, 1, 1], [1, 1, 1, 1]));
      const file = writeTorchFile(pickle, { 0: bytes, 1: new Uint8Array(192) });
      const { tensors } = decode((await importCheckpoint(file, { dtype: 'f16' })).generator);
      assert.deepEqual([tensors.get('generator.0.weight')?.dtype, tensors.get('generator.1.weight')?.dtype], ['F32', 'F16']);
    });
  });

  describe('the mean of w', () => {
    it('is measured where the checkpoint has none, the same each time', async () => {
      const file = replaceText(await loadFixtureBytes('tiny-rosinality.pt'), 'latent_avg', 'latent_xyz');
      const { generator, summary } = await importCheckpoint(file);
      assert.include(summary.notes.join(' '), 'mean of w');
      assert.deepEqual((await importCheckpoint(file)).generator, generator);
      const measured = decode(generator).tensors.get('mapping.w_avg')?.values ?? [];
      assert.isAbove(maxMagnitude(measured), 0.1);
      assert.lengthOf(measured, 16);
    });
  });
});

describe('weights/checkpoint: refusals by name', () => {
  const refuse = async (file: Uint8Array, ...parts: readonly string[]): Promise<void> =>
    assertRejectsCode(importCheckpoint(file), 'weights-format', 'The checkpoint cannot be imported: ', ...parts);

  /** As torch_utils.persistence saves a network of that class, in the file of a training run. */
  const persisted = (className: string, names: readonly string[]): Uint8Array => {
    const zero = (index: number): Part => tensor(storage(String(index), 1), 0, [1], [1]);
    const parameters = dict(Object.fromEntries(names.map((name, index) => [name, zero(index)])));
    const meta = {
      type: text('class'),
      version: integer(6),
      module_src: text('import os'),
      class_name: text(className),
      state: dict({ _parameters: parameters, _buffers: '}', _modules: '}' }),
    };
    const network = call('torch_utils.persistence', '_reconstruct_persistent_obj', dict(meta));
    const storages = Object.fromEntries(names.map((_, index) => [index, new Uint8Array(4)]));
    return writeTorchFile(writePickle(dict({ training_set_kwargs: '}', G: 'N', G_ema: network })), storages);
  };

  const SUPPORTED = 'Supported are StyleGAN2';
  const GENERATOR = {
    'synthesis.b4.conv1.weight': [8, 8, 3, 3],
    'synthesis.b4.torgb.weight': [3, 8, 1, 1],
    'synthesis.b8.conv1.weight': [8, 8, 3, 3],
  };

  it('a StyleGAN3', async () => {
    const file = persisted('Generator', ['synthesis.input.freqs', 'synthesis.L0_36_512.weight']);
    await refuse(file, '"G_ema" (class "Generator") is a StyleGAN3 generator', SUPPORTED, 'skip', 'residual');
    await refuse(writeStateDict({ 'synthesis.L0_36_512.weight': [1, 1], 'mapping.w_avg': [1] }), 'is a StyleGAN3 generator');
  });

  it('a StyleGAN2 of a variant that we lack', async () => {
    const orig = Object.entries(GENERATOR).filter(([name]) => !name.includes('torgb'));
    await refuse(writeStateDict(Object.fromEntries(orig)), 'a StyleGAN2 generator of the variant "orig"', SUPPORTED);
    await refuse(
      writeStateDict({ ...GENERATOR, 'synthesis.b8.skip.weight': [8, 8, 1, 1] }),
      'generator of the variant "resnet"',
      SUPPORTED,
    );
    const recorded = replaceText(await loadFixtureBytes('tiny-stylegan2-ada.pkl'), '\x8c\x04skip', '\x8c\x04orig');
    await refuse(recorded, '"G_ema" (class "Generator") is a StyleGAN2 generator of the variant "orig"', SUPPORTED);
    const other = replaceText(await loadFixtureBytes('tiny-stylegan2-ada.pkl'), '\x8c\x06resnet', '\x8c\x06orig__');
    await refuse(other, '"D" (class "Discriminator") is a StyleGAN2 discriminator of the variant "orig__"');
    await refuse(replaceText(recorded, 'lrelu', 'swish'), 'variant "orig"');
    const activation = replaceText(await loadFixtureBytes('tiny-stylegan2-ada.pkl'), 'lrelu', 'swish');
    await refuse(activation, 'the activation "swish"', 'only lrelu');
  });

  it('a discriminator of a variant that we lack is left out when only the generator is asked for', async () => {
    const file = replaceText(await loadFixtureBytes('tiny-stylegan2-ada.pkl'), '\x8c\x06resnet', '\x8c\x06orig__');
    const { generator, discriminator } = await importCheckpoint(file, { generatorOnly: true });
    assert.equal(decode(generator).role, 'generator');
    assert.isNull(discriminator);
  });

  it('a StyleGAN2 whose layers are otherwise', async () => {
    await refuse(writeStateDict({ ...GENERATOR, 'synthesis.b4.torgb.weight': [1, 8, 1, 1] }), 'pictures of 1 channels');
    await refuse(writeStateDict({ ...GENERATOR, 'synthesis.b32.conv1.weight': [8, 8, 3, 3] }), 'resolutions 4, 8, 32; expected 4, 8, 16');
    await refuse(writeStateDict(GENERATOR), 'lacks the tensor "synthesis.b4.conv1.affine.weight"');
    await refuse(writeStateDict({ 'b4.conv.weight': [8, 9, 3, 3], 'b4.fc.weight': [8, 128] }), 'discriminator without a generator');
  });

  it("a variant of rosinality's StyleGAN2", async () => {
    const names = { 'input.input': [1, 8, 4, 4], 'conv1.conv.weight': [1, 8, 8, 3, 3] };
    await refuse(
      writeStateDict({ ...names, 'convs.0.conv.blur.kernel': [4, 4] }),
      'the resampling filter "convs.0.conv.blur.kernel"',
      '[1, 3, 3, 1]',
    );
    await refuse(
      writeStateDict({ ...names, 'attention.query.weight': [8, 8] }),
      '"attention.query.weight',
      'variants of it are not supported',
    );
  });

  it('a DCGAN that we cannot draw', async () => {
    await refuse(writeStateDict({ ...DCGAN_SHAPES, 'main.4.weight': [4, 1, 4, 4] }), 'a DCGAN for pictures of 1 channels', 'in RGB');
    const layer = (name: string, attributes: Readonly<Record<string, Part>>, weight: Part): Part =>
      module(name, { _parameters: dict({ weight, bias: 'N' }), _buffers: '}', _modules: '}', ...attributes });
    const plain = { stride: tuple(integer(1), integer(1)), padding: tuple(integer(0), integer(0)) };
    const whole = (first: Readonly<Record<string, Part>>, more: Readonly<Record<string, Part>> = {}): Uint8Array => {
      const modules = {
        a: layer('ConvTranspose2d', { ...plain, ...first }, tensor(storage('0', 512), 0, [8, 4, 4, 4], [64, 16, 4, 1])),
        b: layer('ConvTranspose2d', plain, tensor(storage('1', 192), 0, [4, 3, 4, 4], [48, 16, 4, 1])),
        ...more,
      };
      const network = module('Net', { _parameters: '}', _buffers: '}', _modules: dict(modules) });
      return writeTorchFile(writePickle(network), { 0: new Uint8Array(2048), 1: new Uint8Array(768) });
    };
    const { generator } = await importCheckpoint(whole({}));
    assert.equal(decode(generator).info.resolution, 7);
    await refuse(whole({ dilation: tuple(integer(2), integer(2)) }), '(class "Net") has the dilation 2 in "a"', 'only 1 is supported');
    await refuse(whole({ groups: integer(4) }), 'the groups 4');
    await refuse(whole({ padding: text('same') }), 'stride and padding in "a"');
    await refuse(whole({ padding_mode: text('reflect') }), 'pads "a" with something else than zeros');
    const leaf = { _parameters: '}', _buffers: '}', _modules: '}' } as const;
    await refuse(whole({}, { c: module('PixelShuffle', leaf) }), 'the module "c" of the class "PixelShuffle"');
    await refuse(whole({}, { c: module('Sigmoid', leaf) }), 'ends in the activation sigmoid; expected tanh');
  });

  it('networks that are none of ours', async () => {
    const classifier = { 'conv1.weight': [8, 3, 7, 7], 'bn1.weight': [8], 'bn1.bias': [8], 'fc.weight': [10, 8], 'fc.bias': [10] };
    await refuse(
      writeStateDict(classifier),
      'no network that is known, but the network with 5 tensors ("conv1.weight", "bn1.weight"',
      SUPPORTED,
    );
    const unet = module('UNet', { _parameters: dict({ weight: tensor(storage('0', 1), 0, [1], [1]) }), _buffers: '}', _modules: '}' });
    await refuse(
      writeTorchFile(writePickle(dict({ netG: unet })), { 0: new Uint8Array(4) }),
      '"netG" (class "UNet") with 1 tensors',
      SUPPORTED,
    );
    await refuse(writePickle(dict({ epoch: integer(3), optimizer: '}' })), 'a dict with the keys "epoch", "optimizer"', SUPPORTED);
    await refuse(writePickle(list(integer(1))), 'a list of 1');
    await refuse(writePickle(global('a', 'B')), 'the name "a.B"');
    const network = [global('dnnlib.tflib.network', 'Network'), ')\x81'];
    await refuse(writePickle(tuple(network, network, network)), 'a TensorFlow pickle of StyleGAN', 'legacy.py');
  });

  it('two generators of which nothing tells which to take', async () => {
    const named = Object.entries(DCGAN_SHAPES).flatMap(([name, shape]) => [
      [`netG.${name}`, shape] as const,
      [`generator.${name}`, shape] as const,
    ]);
    await refuse(writeStateDict(Object.fromEntries(named)), 'it has 2 generators, "netG", "generator"', 'save the one you want alone');
  });

  for (const [what, start, part] of [
    ['an HTML page', '<!DOCTYPE html>', 'HTML page'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1', 'git lfs pull'],
    ['an HDF5 file', '\x89HDF\r\n', 'HDF5'],
    ['a packed file', '\x1f\x8b\x08', 'gzip'],
    ['a tar archive', `${'\0'.repeat(257)}ustar`, 'tar archive'],
    ['a weights file', `\x10\0\0\0\0\0\0\0{"__metadata__":`, 'safetensors file already'],
    ['an empty file', '', 'neither a file of torch.save'],
  ] as const) {
    it(`${what} in place of a checkpoint`, async () => {
      await refuse(joinBytes(start), 'neither a file of torch.save', part);
    });
  }
});
