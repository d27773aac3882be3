/** Cards, metadata and files say the same. After a change of weights, directions or sets.json: `npx tsx test/tools/publish-model.ts NAME`. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { BUNDLED_MODELS } from '../../src/weights/bundled-models.ts';
import { hashIntegrity } from '../../src/weights/integrity.ts';
import { checksumTensors } from '../../src/weights/weights-delta.ts';
import { decodeWeights, encodeWeights } from '../../src/weights/weights-file.ts';
import { exactFigure, type Figure } from '../bench/figures.ts';
import { loadFixtureWeights } from '../support/fixture-weights.ts';
import { createCard } from '../tools/card-template.ts';
import { compactMetrics } from '../tools/compact-metrics.ts';
import { fillCard, formatSections, type CardSection, type ModelFiles } from '../tools/model-card.ts';
import { setBundledModel } from '../tools/set-bundled-model.ts';
import { readSetInfo } from '../tools/set-info.ts';

const MAX_METRICS_BYTES = 8 * 1024;
const read = async (path: string): Promise<Uint8Array> => new Uint8Array(await readFile(path));

async function readModel(name: string): Promise<ModelFiles> {
  const [generator, discriminator] = [await read(`weights/${name}.safetensors`), await read(`weights/${name}.discriminator.safetensors`)];
  return { name, generator, discriminator };
}

for (const [name, { integrity, sizeBytes }] of Object.entries(BUNDLED_MODELS)) {
  describe(`the card of ${name}`, () => {
    it('has the figures, hashes, sizes and directions that its files have', async () => {
      const card = await readFile(`weights/${name}.md`, 'utf8');
      assert.equal(fillCard(card, await formatSections(await readModel(name))), card);
    });

    it('gives the hash and size that the element checks, and the discriminator that lies beside', async () => {
      const { generator, discriminator } = await readModel(name);
      const card = await readFile(`weights/${name}.md`, 'utf8');
      assert.equal(await hashIntegrity(generator), integrity);
      assert.equal(generator.length, sizeBytes);
      const { info } = decodeWeights(generator);
      assert.deepEqual(info.discriminator, { url: `${name}.discriminator.safetensors`, integrity: await hashIntegrity(discriminator) });
      for (const text of [integrity, sizeBytes.toLocaleString('en-US'), info.imagesSeen.toLocaleString('en-US')])
        assert.ok(card.includes(text), text);
      assert.ok(info.imagesSeen > 0);
    });

    it('has the licence and credit that the recipe gives, and the names that the credit speaks of beside it', async () => {
      const { info } = decodeWeights((await readModel(name)).generator);
      const wanted = await readSetInfo(name);
      for (const key of ['licence', 'attribution', 'trainingData'] as const) assert.equal(info[key], wanted[key], key);
      const photographers = /\w+\.photographers\.txt/.exec(info.attribution)?.[0];
      if (photographers !== undefined) assert.ok(existsSync(`weights/${photographers}`), photographers);
    });

    it('leaves room in the file for the picture: the metrics are small', async () => {
      const { info } = decodeWeights((await readModel(name)).generator);
      assert.ok(JSON.stringify(info.metrics).length <= MAX_METRICS_BYTES);
    });
  });
}

/** The figures of a full run, but for most metrics. */
const FIGURES: readonly Figure[] = [
  exactFigure('quality.tiny.samples', 500, 'samples', 'full; truncation 1; noise const; weights 0123456789abcdef'),
  exactFigure('quality.tiny.kernel_distance', 12.34567, 'x1000'),
  exactFigure('quality.tiny.floor.kernel_distance', 1.25, 'x1000'),
  exactFigure('quality.tiny.recall.class.red', 0.5, 'share'),
  exactFigure('quality.tiny.floor.recall.class.red', 0.75, 'share'),
  exactFigure('quality.tiny.memorising.near_share', 0.01, 'share'),
  exactFigure('quality.tiny.floor.memorising.median_distance', 4, 'distance'),
  exactFigure('quality.tiny.baseline.kernel_distance', 40, 'x1000'),
  exactFigure('quality.tiny.baseline.ratio', 0.3086, 'ratio'),
  exactFigure('quality.tiny.baseline.own_noise.kernel_distance', 145, 'x1000'),
  exactFigure('quality.tiny.baseline.own_noise.ratio', 0.0851, 'ratio'),
  exactFigure('quality.tiny.f16.recall', 0.3, 'share'),
  exactFigure('quality.tiny.f16.worst_difference', 2, 'levels'),
  exactFigure('quality.tiny.f32.recall', 0.31, 'share'),
  exactFigure('quality.tiny.table.samples', 100, 'samples'),
  exactFigure('quality.tiny.table.floor.recall', 0.9, 'share'),
  exactFigure('quality.tiny.latent-dim.16.recall', 0.3, 'share'),
  exactFigure('quality.tiny.latent-dim.8.recall', 0.2, 'share'),
  exactFigure('quality.tiny.truncation.0.7.recall', 0.1, 'share'),
  exactFigure('quality.tiny.truncation.1.recall', 0.3, 'share'),
  exactFigure('quality.dcgan.8.kernel_distance', 99, 'x1000'),
  exactFigure('quality.dcgan.8.bytes', 54321, 'bytes'),
  exactFigure('quality.dcgan.8.ms', 1.5, 'ms'),
  exactFigure('quality.tiny.ms', 20, 'ms'),
];

describe('compact metrics', () => {
  it('keep headline, floor, classes and tables, rounded to four digits', () => {
    assert.deepEqual(compactMetrics('tiny', FIGURES), {
      format: 1,
      weights: '0123456789abcdef',
      noise: 'const',
      samples: 500,
      headline: { kernel_distance: 12.35, memorising_near_share: 0.01 },
      floor: { kernel_distance: 1.25, memorising_median_distance: 4 },
      class_recall: { red: 0.5 },
      floor_class_recall: { red: 0.75 },
      table_samples: 100,
      table_floor: { recall: 0.9 },
      latent_dim: { '8': { recall: 0.2 }, '16': { recall: 0.3 } },
      truncation: { '0.7': { recall: 0.1 }, '1': { recall: 0.3 } },
      storage: { f16: { recall: 0.3, worst_difference: 2 }, f32: { recall: 0.31 } },
      baseline: { kernel_distance: 40, ratio: 0.3086 },
      baseline_own_noise: { kernel_distance: 145, ratio: 0.0851 },
      dcgan: { '8': { kernel_distance: 99, bytes: 54321, ms: 1.5 } },
      ms: 20,
    });
  });

  it('are refused for a model that was not measured', () => {
    assert.throws(() => compactMetrics('cats', FIGURES), /no quality figures of cats/);
  });
});

describe('a card', () => {
  const direction = {
    ...{ name: 'redness', kind: 'named', layers: [0, 3], range: [-3, 3] },
    validation: { attribute: 'redness', effect: 4.2, sideEffects: { size: 0.1, brightness: -0.9 }, ratio: 4.67 },
  };

  async function makeFiles(metrics: object): Promise<ModelFiles> {
    const file = decodeWeights(await loadFixtureWeights('stylegan2-tiny-classes', 'generator', { metrics }));
    const directions = new Map([['redness', new Float32Array(file.info.directionDim)]]);
    const info = { ...file.info, directions: [{ ...direction, layers: [0, 3] as const, range: [-3, 3] as const }] };
    return { name: 'tiny', generator: encodeWeights({ ...file, info, directions }), discriminator: new Uint8Array(3) };
  }

  it('lists directions with effect, largest side effect and ratio', async () => {
    const sections = await formatSections(await makeFiles({}));
    assert.match(sections.get('directions') ?? '', /\| `redness` \| 0-3 \| -3…3 \| 4\.20 \| -0\.900 \(brightness\) \| 4\.67 \|/);
    assert.equal(sections.get('quality'), 'Not measured yet.');
  });

  /** The figures above, as if they were of the files that {@link makeFiles} makes. */
  async function ownMetrics(): Promise<object> {
    const file = decodeWeights((await makeFiles({})).generator);
    return { ...compactMetrics('tiny', FIGURES), weights: checksumTensors(file), noise: file.info.noise };
  }

  it('fills every section from the metrics, floors, baseline and DCGANs included', async () => {
    const sections = await formatSections(await makeFiles(await ownMetrics()));
    for (const [name, text] of sections) assert.doesNotMatch(text, /Not measured|NaN|undefined/, name);
    const has = (name: CardSection, pattern: RegExp): void => assert.match(sections.get(name) ?? '', pattern);
    has('quality', /^\| 500 pictures, truncation 1, noise `\w+` \| generated \| real \(floor\) \|$/m);
    has('quality', /^\| kernel distance ×1000 \| 12\.3 \| 1\.25 \|$/m);
    has('quality', /1000 40\.0 with noise `\w+` \(this one's is 0\.309 times that\), 145 with .* itself \(this one's is 0\.085 times/);
    has('quality', /^A picture takes 20\.0 ms/m);
    has('classes', /^\| red \| 0\.500 \| 0\.750 \|$/m);
    has('latent-dim', /^\| 8 \| 0\.200 \|\n\| 16 \| 0\.300 \|\n\| real \(floor\) \| 0\.900 \|$/m);
    has('truncation', /^\| 0\.7 \| 0\.100 \|\n\| 1 \| 0\.300 \|$/m);
    has('storage', /^\| F16 \(shipped\) \| 0\.300 \|\n\| F32 \| 0\.310 \|$/m);
    has('size', /^\| 8 \| 99\.0 \| +\| +\| 54,321 \| 1\.50 \|$/m);
  });

  it('refuses metrics of other weights, and of another noise', async () => {
    await assert.rejects(async () => formatSections(await makeFiles({ ...compactMetrics('tiny', FIGURES) })), /those of other weights/);
    const other = { ...(await ownMetrics()), noise: 'random' };
    await assert.rejects(async () => formatSections(await makeFiles(other)), /with noise random, not/);
  });

  it('is made for a new model, with its classes, credit and photographers, and every section that can be filled', async () => {
    const files = await makeFiles(await ownMetrics());
    const { info } = decodeWeights(files.generator);
    const card = createCard({ ...info, name: 'tiny', attribution: 'By A and B', trainingData: 'Pictures' }, 'tiny.photographers.txt');
    for (const text of ['# tiny', 'Credit: **By A and B**', '(tiny.photographers.txt)', 'a class (z', 'tiny-latent-dim.svg'])
      assert.ok(card.includes(text), text);
    const filled = fillCard(card, await formatSections(files));
    assert.doesNotMatch(filled, /Not measured/);
    assert.equal(filled.match(/<!-- figures/g)?.length, 7, 'all but the DCGANs');
    const plain = createCard({ ...info, architecture: { ...info.architecture, classes: 0 } }, null);
    assert.doesNotMatch(plain, /photographers|a class|classes\./i);
  });

  it('keeps its prose and needs its sections', async () => {
    const sections = await formatSections(await makeFiles({}));
    const card = (['files', 'quality', 'latent-dim', 'truncation', 'directions'] as const)
      .map((name) => `Prose of ${name}.\n\n<!-- figures ${name} -->\n<!-- /figures -->\n`)
      .join('\n');
    const filled = fillCard(card, sections);
    assert.match(
      filled,
      /Prose of quality\.\n\n<!-- figures quality -->\n\nNot measured yet\.\n\n<!-- \/figures -->\n\nProse of latent-dim/,
    );
    assert.equal(fillCard(filled, sections), filled);
    assert.throws(() => fillCard('No sections.', sections), /lacks .* for files, quality/);
    assert.throws(() => fillCard(`${card}<!-- figures weather -->\n<!-- /figures -->`, sections), /"weather"/);
  });
});

describe('the list of bundled models', () => {
  it('takes new hashes and new models as one entry each', async () => {
    const source = await readFile('src/weights/bundled-models.ts', 'utf8');
    const pomona = { name: 'pomona', integrity: BUNDLED_MODELS.pomona?.integrity ?? '', sizeBytes: BUNDLED_MODELS.pomona?.sizeBytes ?? 0 };
    assert.equal(setBundledModel(source, pomona), source);
    const added = setBundledModel(source, { name: 'birds', integrity: 'sha256-$&', sizeBytes: 7 });
    assert.ok(
      added.includes(
        "  birds: Object.freeze({\n    url: () => new URL('../../weights/birds.safetensors', import.meta.url).href,\n    discriminatorUrl: () => new URL('../../weights/birds.discriminator.safetensors', import.meta.url).href,\n    integrity: 'sha256-$&',\n    sizeBytes: 7,\n  }),\n});",
      ),
    );
    assert.equal(setBundledModel(added, { name: 'birds', integrity: 'sha256-x', sizeBytes: 8 }).length, added.length - 1);
    assert.throws(() => setBundledModel('const x = 1;', pomona), /not found/);
  });
});
