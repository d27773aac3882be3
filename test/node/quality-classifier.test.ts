import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { decodeSafetensors } from '../../src/weights/safetensors.ts';
import {
  classifyRows,
  decodeClassifier,
  decodeTensor,
  openClassifier,
  shrinkPicture,
  type ClassifierFile,
} from '../bench/quality/classifier.ts';
import { createFeatureMatrix } from '../bench/quality/feature-matrix.ts';
import { decodeRealFeatures } from '../bench/quality/real-features.ts';
import { loadFixtureBytes } from '../support/fixture-weights.ts';
import { encodeRandomClassifier, encodeRealFeatures, type RandomClassifier } from '../support/random-classifier.ts';

const SMALL: RandomClassifier = {
  resolution: 9,
  layers: [
    { filters: 5, stride: 1 },
    { filters: 7, stride: 2 },
    { filters: 4, stride: 2 },
  ],
  features: 6,
  heads: { fruits: ['a', 'b', 'c'] },
};

function randomPictures(count: number, resolution: number): Uint8ClampedArray[] {
  return Array.from({ length: count }, (_, index) =>
    Uint8ClampedArray.from(createNormalStream(String(index), 'pixels')(resolution * resolution * 4), (value) => 128 + 60 * value),
  );
}

/** The classifier's definition, loop by loop: x as [channel][row][column]. */
function embedPlainly({ resolution, layers, features, tensors }: ClassifierFile, picture: Uint8ClampedArray): number[] {
  const valuesOf = (name: string): Float32Array => tensors.get(name)?.values ?? new Float32Array();
  let size = resolution;
  let x = [0, 1, 2].map((channel) => Array.from({ length: size * size }, (_, pixel) => (picture[pixel * 4 + channel] ?? NaN) / 127.5 - 1));
  layers.forEach(({ filters, stride }, layer) => {
    const [weight, bias] = [valuesOf(`conv${String(layer)}.weight`), valuesOf(`conv${String(layer)}.bias`)];
    const next = Math.floor((size - 1) / stride) + 1;
    const inputs = x;
    const side = size;
    x = Array.from({ length: filters }, (_, filter) =>
      Array.from({ length: next * next }, (__, pixel) => {
        let sum = bias[filter] ?? NaN;
        for (let tap = 0; tap < 9 * inputs.length; tap += 1) {
          const channel = Math.floor(tap / 9);
          const row = Math.floor(pixel / next) * stride + Math.floor((tap % 9) / 3) - 1;
          const column = (pixel % next) * stride + (tap % 3) - 1;
          if (row < 0 || column < 0 || row >= side || column >= side) continue;
          sum += (weight[filter * 9 * inputs.length + tap] ?? NaN) * (inputs[channel]?.[row * side + column] ?? NaN);
        }
        return Math.max(0, sum);
      }),
    );
    size = next;
  });
  const means = x.map((map) => map.reduce((sum, value) => sum + value, 0) / map.length);
  const [weight, bias] = [valuesOf('features.weight'), valuesOf('features.bias')];
  return Array.from({ length: features }, (_, row) =>
    means.reduce((sum, value, column) => sum + value * (weight[row * means.length + column] ?? NaN), bias[row] ?? NaN),
  );
}

describe('bench/quality classifier', () => {
  it('computes on WASM what its definition says, odd sizes and strides included', async () => {
    const file = decodeClassifier(encodeRandomClassifier(SMALL));
    const classifier = await openClassifier(file);
    const pictures = randomPictures(3, SMALL.resolution);
    const features = await classifier.embed(pictures);
    const expected = pictures.flatMap((picture) => embedPlainly(file, picture));
    assert.equal(features.length, expected.length);
    features.forEach((value, index) => assert.ok(Math.abs(value - (expected[index] ?? NaN)) < 1e-4, `feature ${String(index)}`));
    classifier.dispose();
  });

  it('gives the features that PyTorch gives within 1e-3, and its classes', async () => {
    const file = decodeClassifier(new Uint8Array(await readFile('weights/training/classifier.safetensors')));
    const recorded = decodeSafetensors(await loadFixtureBytes('classifier-case.safetensors'));
    const [bytes, features, logits] = ['pictures', 'features', 'logits'].map((name) => {
      const tensor = recorded.tensors.get(name);
      assert.ok(tensor);
      return decodeTensor(tensor);
    });
    assert.ok(bytes && features && logits);
    const pixels = file.resolution * file.resolution;
    const pictures = Array.from({ length: bytes.shape[0] ?? 0 }, (_, index) => {
      const rgb = bytes.values.subarray(index * pixels * 3, (index + 1) * pixels * 3);
      return Uint8ClampedArray.from({ length: pixels * 4 }, (__, at) =>
        at % 4 === 3 ? 255 : (rgb[Math.floor(at / 4) * 3 + (at % 4)] ?? NaN),
      );
    });
    const classifier = await openClassifier(file);
    const ours = await classifier.embed(pictures);
    classifier.dispose();
    assert.equal(ours.length, features.values.length);
    ours.forEach((value, index) => assert.ok(Math.abs(value - (features.values[index] ?? NaN)) < 1e-3, `feature ${String(index)}`));
    const head = file.heads.get(recorded.metadata.head ?? '');
    assert.ok(head);
    const rows = createFeatureMatrix(ours, file.features);
    const theirs = Array.from({ length: rows.count }, (_, row) =>
      logits.values.subarray(row * head.names.length, (row + 1) * head.names.length),
    );
    assert.deepEqual(
      classifyRows(rows, head),
      theirs.map((row) => row.indexOf(Math.max(...row))),
    );
  });

  it('refuses pictures of another size', async () => {
    const classifier = await openClassifier(decodeClassifier(encodeRandomClassifier(SMALL)));
    await assert.rejects(async () => classifier.embed(randomPictures(1, 8)), /takes 9×9/);
    classifier.dispose();
  });

  it('gives each row the class of its largest logit', () => {
    const head = { names: ['a', 'b'], weight: Float32Array.of(1, 0, 0, 1), bias: Float32Array.of(0, 0.5) };
    assert.deepEqual(classifyRows(createFeatureMatrix([1, 0, 0, 0, 2, 3], 2), head), [0, 1, 1]);
  });

  it('refuses a file that lacks a tensor or is no classifier', () => {
    const wrong = encodeRandomClassifier({ ...SMALL, heads: {} });
    assert.throws(() => decodeClassifier(encodeRealFeatures('x', [1, 2], [0, 0], wrong)), /no classifier of format 1/);
    const text = new TextDecoder('latin1').decode(wrong).replace('filters\\":7', 'filters\\":8');
    assert.throws(
      () => decodeClassifier(Uint8Array.from(text, (character) => character.charCodeAt(0))),
      /conv1\.weight has the shape \[7, 5, 3, 3\]/,
    );
  });
});

describe('bench/quality real features', () => {
  const classifier = encodeRandomClassifier(SMALL);

  it('are parted into their halves, with the first label of each', () => {
    const { set, head, halfA, halfB } = decodeRealFeatures(
      encodeRealFeatures('fruits', [0, 1, 2, 3, 4, 5, 6, 7], [2, 0, 1, 1], classifier),
      classifier,
    );
    assert.deepEqual([set, head], ['fruits', 'fruits']);
    assert.deepEqual(
      [[...halfA.features.values], halfA.labels],
      [
        [0, 1, 4, 5],
        [2, 1],
      ],
    );
    assert.deepEqual(
      [[...halfB.features.values], halfB.labels],
      [
        [2, 3, 6, 7],
        [0, 1],
      ],
    );
  });

  it('are refused when another classifier made them', () => {
    const other = encodeRandomClassifier({ ...SMALL, features: 5 });
    assert.throws(
      () => decodeRealFeatures(encodeRealFeatures('fruits', [0, 1], [2, 0], classifier), other),
      /made with another classifier/,
    );
  });
});

describe('a picture larger than the classifier takes', () => {
  it('becomes the mean of its squares of pixels', () => {
    const picture = Uint8ClampedArray.from({ length: 4 * 4 * 4 }, (_, index) => (index % 4) * 10 + Math.floor(index / 4));
    // The upper left square has the pixels 0, 1, 4 and 5, the lower right one 10, 11, 14 and 15.
    const shrunk = shrinkPicture(picture, 2);
    assert.deepEqual([...shrunk.slice(0, 4)], [2, 12, 22, 32]);
    assert.deepEqual([...shrunk.slice(12)], [12, 22, 32, 42]);
    assert.equal(shrinkPicture(picture, 4), picture);
  });

  it('is refused when its side is no multiple', () => {
    assert.throws(() => shrinkPicture(new Uint8ClampedArray(3 * 3 * 4), 2), /36 bytes; the classifier takes 2×2 RGBA, or a multiple/);
    assert.throws(() => shrinkPicture(new Uint8ClampedArray(4), 2), /or a multiple/);
  });
});
