import { assert } from 'chai';
import { createGenerator } from '../../src/engine/create-generator.ts';
import { openGenerator } from '../../src/engine/engine-client.ts';
import type { DiscoveredDirection, DiscoverOptions, Generator, Picture } from '../../src/engine/generator.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { DISCOVERY_HASHES, discoverHashes, loadDiscoveryWeights } from '../support/discovery-golden.ts';
import { loadFixtureFile, loadFixtureWeights, type FixtureNetwork } from '../support/fixture-weights.ts';
import { assertAborts } from '../support/tiny-source.ts';
import { encodeWeights } from '../../src/weights/weights-file.ts';

interface Golden {
  readonly network: FixtureNetwork;
  readonly options: DiscoverOptions;
  /** By index: share of the whole, length of the vector, its first entries. */
  readonly found: Readonly<Record<number, readonly [share: number, deviation: number, first: readonly number[]]>>;
}

/** Printed by: python3 test/engine/golden-directions.py */
const GOLDEN: readonly Golden[] = [
  {
    network: 'stylegan2-tiny',
    options: { method: 'pca', count: 16 },
    found: {
      0: [0.26773986, 1.7915441, [0.50473166, 0.01124275, -0.25452178, -0.0049459]],
      1: [0.20278769, 1.55916395, [-0.2374355, 0.07051907, -0.08749427, -0.29382559]],
      15: [0.00368532, 0.21018831, [0.0414766, 0.02954857, 0.0401763, 0.00368727]],
    },
  },
  {
    network: 'stylegan2-tiny',
    options: { method: 'sefa', count: 16 },
    found: {
      0: [0.11115037, 0.90136176, [0.19568748, 0.22083106, 0.23882538, 0.20706511]],
      1: [0.10300725, 0.9560996, [0.08649997, -0.03906492, -0.13628587, -0.13013747]],
      15: [0.02477921, 0.77390231, [0.28833333, -0.10112612, 0.25402127, 0.31268716]],
    },
  },
  {
    network: 'stylegan2-tiny',
    options: { method: 'sefa', count: 16, layers: '2-3' },
    found: {
      0: [0.17714636, 0.73525167, [0.1594832, 0.14300496, 0.21848888, 0.1993864]],
      1: [0.14615169, 0.89305249, [-0.12154789, 0.25546239, -0.21911607, 0.52601797]],
      15: [0.00782632, 0.61305297, [0.04720183, 0.09172566, 0.19721236, 0.19205624]],
    },
  },
  {
    network: 'stylegan2-tiny-classes',
    options: { method: 'pca', count: 16 },
    found: {
      0: [0.39510966, 1.84606322, [0.17841035, -0.42997965, -0.3256921, -0.11816521]],
      1: [0.15794922, 1.16720324, [0.14979086, 0.13850076, 0.1409742, 0.06007273]],
      15: [0.00298624, 0.16049074, [-0.01252683, -0.00030361, -0.0308537, 0.11649454]],
    },
  },
  {
    network: 'tiny-stylegan2-ada',
    options: { method: 'sefa', count: 32 },
    found: {
      0: [0.07463886, 0.78502439, [0.12480931, 0.03731209, -0.13210023, 0.29220453]],
      31: [0.00648717, 0.78482286, [-0.03088874, -0.01971992, 0.1531106, -0.14820272]],
    },
  },
  {
    network: 'tiny-dcgan',
    options: { method: 'sefa', count: 16 },
    found: {
      0: [0.09398685, 1, [-0.17486428, -0.35544027, -0.09739436, -0.18028686]],
      1: [0.08819426, 1, [0.42670541, -0.3053611, 0.15877565, -0.21555603]],
      15: [0.03612356, 1, [0.04815775, -0.26080607, -0.26375462, -0.0116857]],
    },
  },
];

const length = (vector: Float32Array): number => Math.sqrt(vector.reduce((sum, entry) => sum + entry * entry, 0));
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, entry, index) => sum + entry * (b[index] ?? NaN), 0);

function meanDifference(a: Picture, b: Picture): number {
  return a.data.reduce((sum, value, index) => sum + Math.abs(value - (b.data[index] ?? NaN)), 0) / a.data.length;
}

describe('engine/discover-directions', () => {
  const opened: Generator[] = [];
  const open = async (network: FixtureNetwork): Promise<Generator> => {
    const generator = await createGenerator({ bytes: await loadFixtureWeights(network), backend: 'wasm' });
    opened.push(generator);
    return generator;
  };
  afterEach(() => {
    for (const generator of opened.splice(0)) generator.dispose();
  });

  for (const { network, options, found: golden } of GOLDEN) {
    it(`agrees with NumPy: ${network}, ${options.method}${options.layers == null ? '' : ` of layers ${String(options.layers)}`}`, async () => {
      const found = await (await open(network)).discoverDirections(options);
      assert.lengthOf(found, options.count ?? NaN);
      for (const [index, [share, deviation, first]] of Object.entries(golden)) {
        const { name, kind, range, vector, validation } = found[Number(index)] as DiscoveredDirection;
        assert.deepEqual([name, kind, range], [`${options.method}-${String(Number(index) + 1)}`, options.method, [-3, 3]]);
        assert.closeTo(validation[options.method === 'pca' ? 'explainedVariance' : 'explainedStyle'] as number, share, 2e-6);
        assert.closeTo(validation.standardDeviation as number, deviation, 1e-5);
        assert.closeTo(length(vector), deviation, 1e-5);
        first.forEach((entry, at) => assert.closeTo(vector[at] ?? NaN, entry, 1e-4));
      }
    });
  }

  it('gives the same bits on every machine', async () => {
    const generator = await createGenerator({ bytes: await loadDiscoveryWeights(), backend: 'cpu' });
    opened.push(generator);
    assert.deepEqual(await discoverHashes(generator), DISCOVERY_HASHES);
  });

  it('gives through a worker what it gives in the page, vectors included', async () => {
    const there = await openGenerator({ bytes: await loadDiscoveryWeights(), backend: 'wasm' });
    opened.push(there);
    const here = await open('stylegan2-tiny-classes');
    for (const options of [{ method: 'pca' }, { method: 'sefa', count: 3, layers: [1, 2] }] as const) {
      assert.deepEqual(await there.discoverDirections(options), await here.discoverDirections(options));
    }
    assert.equal(there.backendReport[0]?.name, 'worker');
    assert.deepEqual(await discoverHashes(there), DISCOVERY_HASHES);
  });

  it('gives ten when no number is asked for, orthogonal, with their entry of largest magnitude positive', async () => {
    const generator = await open('stylegan2-tiny');
    for (const method of ['pca', 'sefa'] as const) {
      const found = await generator.discoverDirections({ method });
      assert.lengthOf(found, 10);
      for (const [index, { vector, layers }] of found.entries()) {
        assert.isNull(layers);
        assert.equal(Math.max(...vector), Math.max(...vector.map(Math.abs)));
        for (const other of found.slice(0, index)) assert.closeTo(dot(vector, other.vector), 0, 1e-6);
      }
      const share = (direction: DiscoveredDirection): number =>
        (direction.validation.explainedVariance ?? direction.validation.explainedStyle) as number;
      assert.deepEqual(
        found.map(share),
        found.map(share).sort((a, b) => b - a),
      );
    }
  });

  it('moves a picture when it goes into directions as it is, more the further it goes', async () => {
    const generator = await open('stylegan2-tiny');
    const [first] = await generator.discoverDirections({ method: 'pca', count: 1, layers: '0-3' });
    const { vector, layers } = first as DiscoveredDirection;
    assert.deepEqual(layers, [0, 3]);
    const still = await generator.generate({ truncation: 1 });
    const moved = async (size: number): Promise<number> =>
      meanDifference(await generator.generate({ truncation: 1, directions: { mine: { vector, layers, size } } }), still);
    const distances = [await moved(0), await moved(0.5), await moved(2)] as const;
    assert.equal(distances[0], 0);
    assert.isAbove(distances[1], 0.5);
    assert.isAbove(distances[2], 1.5 * distances[1]);
  });

  it('looks within one class when one is named: what parts the classes counts no more', async () => {
    const generator = await open('stylegan2-tiny-classes');
    const all = await generator.discoverDirections({ method: 'pca', count: 16 });
    const one = await generator.discoverDirections({ method: 'pca', count: 16, classLabel: 2 });
    const variance = (found: readonly DiscoveredDirection[]): number => found.reduce((sum, { vector }) => sum + dot(vector, vector), 0);
    assert.isBelow(variance(one), variance(all));
    assert.equal(one[0]?.validation.classIndex, 2);
    assert.notProperty(all[0]?.validation, 'classIndex');
    assert.deepEqual(await generator.discoverDirections({ method: 'pca', count: 16, classLabel: '2' }), one);
  });

  it('finds the live weights’ directions, and the file’s again after a reset', async () => {
    const generator = await open('stylegan2-tiny');
    const before = await generator.discoverDirections({ method: 'pca' });
    const file = await loadFixtureFile('stylegan2-tiny');
    const tensors = new Map(file.tensors);
    const weight = tensors.get('mapping.fc1.weight');
    assert.exists(weight);
    if (weight) tensors.set('mapping.fc1.weight', { ...weight, values: weight.values.map((value) => 2 * value) });
    await generator.importWeights(encodeWeights({ ...file, tensors }));
    const [after] = await generator.discoverDirections({ method: 'pca' });
    assert.isAbove(length(after?.vector ?? new Float32Array()), 1.5 * length(before[0]?.vector ?? new Float32Array()));
    await generator.resetWeights();
    assert.deepEqual(await generator.discoverDirections({ method: 'pca' }), before);
  });

  it('finds fewer where w varies in fewer dimensions', async () => {
    const file = await loadFixtureFile('stylegan2-tiny');
    const tensors = new Map(file.tensors);
    const weight = tensors.get('mapping.fc1.weight');
    assert.exists(weight);
    // Only the first three outputs of the last layer depend on z.
    if (weight) tensors.set('mapping.fc1.weight', { ...weight, values: weight.values.map((value, index) => (index < 48 ? value : 0)) });
    const generator = await createGenerator({ bytes: encodeWeights({ ...file, tensors }), backend: 'wasm' });
    opened.push(generator);
    assert.lengthOf(await generator.discoverDirections({ method: 'pca' }), 3);
  });

  it('names what is wrong with arguments', async () => {
    const generator = await open('stylegan2-tiny');
    const find = (options: Record<string, unknown>) => generator.discoverDirections(options as unknown as DiscoverOptions);
    await assertRejectsCode(find({}), 'invalid-argument', 'method is undefined', 'pca, sefa');
    await assertRejectsCode(find({ method: 'ica' }), 'invalid-argument', 'method is ica');
    for (const count of [0, -1, 17, 1.5, NaN, '3', Infinity]) {
      await assertRejectsCode(find({ method: 'pca', count }), 'invalid-argument', 'count', '1 to 16');
    }
    for (const layers of ['7-2', '0-8', '', [2, 1], [0, 99]]) {
      await assertRejectsCode(find({ method: 'sefa', layers }), 'bad-vector', 'layers', '0-7');
    }
    await assertRejectsCode(find({ method: 'pca', classLabel: 0 }), 'unknown-class', 'no classes');
    const conditional = await open('stylegan2-tiny-classes');
    await assertRejectsCode(conditional.discoverDirections({ method: 'sefa', classLabel: 'pear' }), 'unknown-class', 'pear');
  });

  it('moves z of a DCGAN, one deviation long, and says why PCA has nothing to find there', async () => {
    const generator = await open('tiny-dcgan');
    const found = await generator.discoverDirections({ method: 'sefa', layers: '0' });
    assert.lengthOf(found, 10);
    for (const { vector, layers, validation } of found) {
      assert.isNull(layers);
      assert.closeTo(length(vector), 1, 1e-6);
      assert.notProperty(validation, 'samples');
    }
    await assertRejectsCode(generator.discoverDirections({ method: 'pca' }), 'invalid-argument', 'DCGAN', "'sefa'");
  });

  for (const [where, create] of [
    ['in the page', createGenerator],
    ['in a worker', openGenerator],
  ] as const) {
    it(`stops when it is aborted or the generator is disposed, ${where}`, async () => {
      const generator = await create({ bytes: await loadFixtureWeights('tiny-stylegan2-ada'), backend: 'wasm' });
      opened.push(generator);
      await assertAborts(generator.discoverDirections({ method: 'pca', signal: AbortSignal.abort() }));
      const controller = new AbortController();
      const aborted = generator.discoverDirections({ method: 'pca', signal: controller.signal });
      controller.abort();
      await assertAborts(aborted);
      assert.lengthOf(await generator.discoverDirections({ method: 'pca', count: 2 }), 2);
      const pending = generator.discoverDirections({ method: 'pca' });
      generator.dispose();
      await assertAborts(pending);
      await assertRejectsCode(generator.discoverDirections({ method: 'pca' }), 'disposed');
    });
  }

  it('lets others draw meanwhile', async () => {
    const generator = await open('tiny-stylegan2-ada');
    let isFound = false;
    const finding = generator.discoverDirections({ method: 'pca' }).then(() => (isFound = true));
    await generator.generate();
    assert.isFalse(isFound);
    await finding;
  });
});
