/** The whole quality benchmark on a small network, with a random classifier and random real features. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { decodeWeights, encodeWeights } from '../../src/weights/weights-file.ts';
import type { Figure } from '../bench/figures.ts';
import { measureQuality } from '../bench/quality.ts';
import type { QualityOptions } from '../bench/quality/quality-run.ts';
import { loadFixtureWeights } from '../support/fixture-weights.ts';
import { encodeRandomClassifier, encodeRealFeatures } from '../support/random-classifier.ts';
import { compactMetrics } from '../tools/compact-metrics.ts';

const LABELS = ['red one', 'green', 'blue'];
const REALS = 72;

/** A folder in the form of `weights/`: a classifier, and the features of real pictures of that name. */
async function makeFolder(name: string, resolution: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gan-canvas-quality-'));
  await mkdir(`${folder}/training/features`, { recursive: true });
  const layers = [
    { filters: 8, stride: 2 },
    { filters: 12, stride: 2 },
  ];
  const classifier = encodeRandomClassifier({ resolution, layers, features: 10, heads: { [name]: LABELS } });
  await writeFile(`${folder}/training/classifier.safetensors`, classifier);
  const labels = Array.from({ length: REALS }, (_, index) => index % LABELS.length);
  const features = createNormalStream('real', 'features')(REALS * 10);
  await writeFile(`${folder}/training/features/${name}.safetensors`, encodeRealFeatures(name, features, labels, classifier));
  return folder;
}

describe('bench quality', () => {
  let folder = '';
  let options: QualityOptions = { quick: true, model: 'tiny', folder };
  let figures: readonly Figure[] = [];
  const valueOf = (name: string): number => figures.find((figure) => figure.name === name)?.value ?? NaN;

  before(async () => {
    folder = await makeFolder('tiny', 16);
    const weights = decodeWeights(await loadFixtureWeights('stylegan2-tiny-classes', 'generator', { labels: LABELS }));
    await writeFile(`${folder}/tiny.safetensors`, encodeWeights(weights, { dtype: 'F16' }));
    await writeFile(`${folder}/tiny-f32.safetensors`, encodeWeights(weights));
    const [f32, baseline] = [`${folder}/tiny-f32.safetensors`, `${folder}/tiny.safetensors`];
    options = { quick: true, model: 'tiny', folder, f32, baseline, plot: `${folder}/plot.svg` };
    figures = await measureQuality(options);
  });
  after(() => rm(folder, { recursive: true }));

  it('takes equal numbers of generated and real pictures', () => {
    assert.equal(valueOf('quality.tiny.samples'), REALS / 2);
    assert.equal(valueOf('quality.tiny.table.samples'), REALS / 2);
  });

  it('gives every metric with its floor beside it, and the recall of every class', () => {
    const metrics = ['kernel_distance', 'frechet_distance', 'precision', 'recall', 'density', 'coverage', 'sliced_wasserstein'];
    const named = [
      ...metrics,
      'class_accuracy',
      'memorising.median_distance',
      ...['red-one', 'green', 'blue'].map((name) => `recall.class.${name}`),
    ];
    for (const name of named) {
      assert.ok(Number.isFinite(valueOf(`quality.tiny.${name}`)), name);
      assert.ok(Number.isFinite(valueOf(`quality.tiny.floor.${name}`)), `floor.${name}`);
    }
  });

  it('gives kernel distances times 1000, and says so in the unit', () => {
    const distances = figures.filter(({ name }) => name.endsWith('kernel_distance'));
    assert.ok(distances.length > 10);
    for (const { name, unit } of distances) assert.equal(unit, 'x1000', name);
  });

  it('has the whole z and truncation 1 in the tables as in the headline', () => {
    // All rows of half B are in the table of so small a set.
    assert.equal(valueOf('quality.tiny.truncation.1.kernel_distance'), valueOf('quality.tiny.kernel_distance'));
    assert.notEqual(valueOf('quality.tiny.truncation.0.5.kernel_distance'), valueOf('quality.tiny.kernel_distance'));
    for (const size of [1, 2, 4, 8, 16])
      assert.ok(Number.isFinite(valueOf(`quality.tiny.latent-dim.${String(size)}.recall`)), String(size));
    assert.ok(Number.isNaN(valueOf('quality.tiny.latent-dim.32.recall')), 'z_dim is 24');
  });

  it('compares F16 with F32 and the model with a baseline', () => {
    assert.ok(valueOf('quality.tiny.f16.worst_difference') <= 2);
    const [f16, f32] = [valueOf('quality.tiny.f16.kernel_distance'), valueOf('quality.tiny.f32.kernel_distance')];
    assert.ok(Math.abs(f16 - f32) < 0.01 * Math.abs(f32));
    assert.equal(valueOf('quality.tiny.baseline.ratio'), 1);
  });

  it('gives the same figures in a second run, but for times', async () => {
    const exact = (list: readonly Figure[]): Figure[] => list.filter(({ unit }) => unit !== 'ms');
    assert.deepEqual(exact(await measureQuality(options)), exact(figures));
  });

  it('draws with the noise of the file, unless told otherwise, and says with which', async () => {
    const other = await measureQuality({ ...options, noise: 'none' });
    const noteOf = (list: readonly Figure[]): string => list.find(({ name }) => name === 'quality.tiny.samples')?.note ?? '';
    assert.match(noteOf(figures), /noise const;/);
    assert.match(noteOf(other), /noise none;/);
    const distances = [figures, other].map((list) => list.find(({ name }) => name === 'quality.tiny.kernel_distance')?.value);
    assert.notEqual(distances[0], distances[1]);
    // The baseline is the same file: equal when drawn alike, and as before with the noise that it names itself.
    const baselines = ['baseline.kernel_distance', 'baseline.own_noise.kernel_distance'].map(
      (name) => other.find((figure) => figure.name === `quality.tiny.${name}`)?.value,
    );
    assert.deepEqual(baselines, [distances[1], distances[0]]);
    assert.ok(Number.isNaN(valueOf('quality.tiny.baseline.own_noise.kernel_distance')));
  });

  it('measures the time of a picture', () => {
    assert.ok(valueOf('quality.tiny.ms') > 0);
  });

  it('measures the milliseconds of an earlier run anew, and nothing else', async () => {
    const retime = `${folder}/earlier.json`;
    const earlier = figures.map((figure) => (figure.name === 'quality.tiny.ms' ? { ...figure, value: -1 } : figure));
    await writeFile(retime, JSON.stringify({ figures: earlier }));
    const again = await measureQuality({ ...options, retime });
    const changed = again.filter((_, index) => JSON.stringify(again[index]) !== JSON.stringify(earlier[index]));
    assert.deepEqual(
      changed.map(({ name }) => name),
      ['quality.tiny.ms'],
    );
    assert.ok((changed[0]?.value ?? 0) > 0);
    await writeFile(retime, JSON.stringify({ figures: [] }));
    await assert.rejects(measureQuality({ ...options, retime }), /has no figures of/);
  });

  it('plots the latent-dim table', async () => {
    const svg = await readFile(`${folder}/plot.svg`, 'utf8');
    assert.match(svg, /^<svg [^]*prefers-color-scheme: dark[^]*<\/svg>\n$/);
    assert.equal(svg.match(/<circle/g)?.length, 3 * 5, 'a mark for each size in each of three lines');
  });

  it('refuses to publish figures of --quick', () => {
    assert.throws(() => compactMetrics('tiny', figures), /of --quick/);
    assert.equal(compactMetrics('tiny', figures, { acceptQuick: true }).samples, REALS / 2);
  });

  it('names a file to compare with that is not there before it measures', async () => {
    await assert.rejects(measureQuality({ ...options, baseline: `${folder}/none.safetensors` }), /none\.safetensors/);
  });

  it('names what is missing when there is no classifier', async () => {
    await assert.rejects(
      measureQuality({ ...options, folder: `${folder}/none` }),
      /classifier\.safetensors cannot be read.*classifier\.py/,
    );
  });

  it('refuses a model whose classes are not those of the classifier', async () => {
    const weights = await loadFixtureWeights('stylegan2-tiny-classes', 'generator', { labels: ['x', 'y', 'z'] });
    await writeFile(`${folder}/other.safetensors`, weights);
    await assert.rejects(measureQuality({ ...options, src: `${folder}/other.safetensors` }), /or names other classes/);
  });
});

describe('bench quality of a model without classes, beside DCGANs', () => {
  let folder = '';
  let figures: readonly Figure[] = [];
  const valueOf = (name: string): number => figures.find((figure) => figure.name === name)?.value ?? NaN;

  before(async () => {
    folder = await makeFolder('pomona', 32);
    await writeFile(`${folder}/pomona.safetensors`, await loadFixtureWeights('stylegan2-tiny'));
    await mkdir(`${folder}/training/dcgan`);
    await writeFile(`${folder}/training/dcgan/dcgan-8.safetensors`, await loadFixtureWeights('tiny-dcgan'));
    figures = await measureQuality({ quick: true, model: 'pomona', folder });
  });
  after(() => rm(folder, { recursive: true }));

  it('has no class accuracy, and tells its pictures apart by the classifier for the recall by kind', () => {
    assert.ok(Number.isFinite(valueOf('quality.pomona.kernel_distance')));
    assert.ok(!figures.some(({ name }) => name.includes('class_accuracy')));
    assert.ok(figures.some(({ name }) => name.startsWith('quality.pomona.recall.class.')));
  });

  it('gives quality, bytes and time of the DCGANs that there are, and leaves out the others', () => {
    for (const name of ['kernel_distance', 'precision', 'recall', 'bytes', 'ms'])
      assert.ok(Number.isFinite(valueOf(`quality.dcgan.8.${name}`)), name);
    assert.ok(!figures.some(({ name }) => name.startsWith('quality.dcgan.16.')));
  });
});
