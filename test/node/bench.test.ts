import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import * as ort from 'onnxruntime-web';
import { createGenerator } from '../../src/engine/create-generator.ts';
import { sampleClass, sampleLatent } from '../../src/latent/seeded-random.ts';
import { decodeWeights, type WeightsFile } from '../../src/weights/weights-file.ts';
import { formatTable, median, summarize } from '../bench/figures.ts';
import { encodeOnnxModel } from '../bench/onnx/encode-model.ts';
import { buildStyleGan2Graph, MODULATIONS, UPSAMPLING_FORMS, type GraphOptions } from '../bench/onnx/stylegan2-graph.ts';

const SEEDS = ['42', 'a', ''];

/** RGBA of one seed by onnxruntime-web, in the way of the startup benchmark. */
async function drawByPeer(
  { info, tensors }: WeightsFile,
  options: Omit<GraphOptions, 'truncation'>,
  seeds: readonly string[],
): Promise<Uint8ClampedArray[]> {
  const { architecture, truncation } = info;
  assert.equal(architecture.kind, 'stylegan2');
  ort.env.wasm.numThreads = 1;
  const model = encodeOnnxModel(buildStyleGan2Graph(architecture, tensors, { ...options, truncation }));
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const pictures: Uint8ClampedArray[] = [];
  for (const seed of seeds) {
    const z = new ort.Tensor('float32', sampleLatent(seed, info.zDim), [1, info.zDim]);
    const oneHot = new Float32Array(architecture.classes).fill(1, sampleClass(seed, architecture.classes));
    oneHot.fill(0, sampleClass(seed, architecture.classes) + 1);
    const { image } = await session.run({ z, one_hot: new ort.Tensor('float32', oneHot, [1, architecture.classes]) });
    const planes = image?.data as Float32Array;
    const pixels = planes.length / 3;
    pictures.push(
      Uint8ClampedArray.from({ length: pixels * 4 }, (_, index) =>
        index % 4 === 3 ? 255 : ((planes[(index % 4) * pixels + (index >> 2)] ?? NaN) + 1) * 127.5,
      ),
    );
  }
  await session.release();
  return pictures;
}

describe('bench/onnx', () => {
  for (const options of UPSAMPLING_FORMS.flatMap((form) => MODULATIONS.map((modulation) => ({ form, modulation })))) {
    it(`draws what the engine draws, with ${options.form} upsampling and modulated ${options.modulation}`, async () => {
      const weights = decodeWeights(new Uint8Array(await readFile('weights/pomona.safetensors')));
      const peer = await drawByPeer(weights, options, SEEDS);
      const generator = await createGenerator({ backend: 'wasm' });
      for (const [index, seed] of SEEDS.entries()) {
        const { data } = await generator.generate({ seed, noise: 'none' });
        const worst = data.reduce((most, value, at) => Math.max(most, Math.abs(value - (peer[index]?.[at] ?? NaN))), 0);
        assert.ok(worst <= 1, `seed "${seed}" differs by ${worst.toString()}/255`);
      }
      generator.dispose();
    });
  }
});

describe('bench/figures', () => {
  it('takes the median and the interquartile range of the runs', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([1, 2, 3, 4]), 2.5);
    assert.deepEqual(summarize('a', [5, 1, 2, 3, 4], 'why'), { name: 'a', value: 3, unit: 'ms', runs: 5, spread: 2, note: 'why' });
  });

  it('aligns the figures of a table', () => {
    const table = formatTable([
      { name: 'size.a', value: 1234, unit: 'bytes', runs: 1, spread: 0 },
      { name: 'time.bb', value: 1.25, unit: 'ms', runs: 9, spread: 0.5, note: 'so' },
    ]);
    assert.equal(table, 'size.a   1,234  bytes\ntime.bb    1.3  ms     9 runs, spread 0.5  so');
  });
});
