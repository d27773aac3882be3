/**
 * Entry of folder `checkpoint`: other people's checkpoints into our format. It is loaded only when something is imported.
 */
import { throwIfAborted } from '../../support/errors.ts';
import type { NetworkRole } from '../architecture.ts';
import { canVerifyIntegrity } from '../can-verify-integrity.ts';
import { hashIntegrity } from '../integrity.ts';
import { parseMetadata } from '../parse-metadata.ts';
import { assertLittleEndian } from '../safetensors.ts';
import type { Dtype } from '../safetensors.ts';
import { tensorShapes } from '../tensor-shapes.ts';
import { encodeWeights } from '../weights-file.ts';
import type { WeightsTensor } from '../weights-file.ts';
import { readCheckpointFacts, readModelFacts } from './checkpoint-facts.ts';
import { chooseNetworks } from './choose-networks.ts';
import { assertConverted } from './converted-network.ts';
import type { ConvertedNetwork } from './converted-network.ts';
import type { ImportedCheckpoint, ImportSettings } from './imported-checkpoint.ts';
import { asCheckpointError } from './parse-imported-architecture.ts';
import { readCheckpoint } from './read-checkpoint.ts';
import { countElements, readTensor } from './tensor-view.ts';

const MEAN_LATENT = 'mapping.w_avg';

/** Counts tensors aloud, from none to `total`. */
function createCounter(total: number, { signal, onProgress }: ImportSettings): () => void {
  let loaded = 0;
  onProgress?.({ loaded, total });
  return () => {
    loaded += 1;
    onProgress?.({ loaded, total });
    throwIfAborted(signal);
  };
}

/** Takes the values out of the checkpoint, into our names and layout. */
function* unpackNetwork(network: ConvertedNetwork, dtype: Dtype, count: () => void): Generator<void, ReadonlyMap<string, WeightsTensor>> {
  const tensors = new Map<string, WeightsTensor>();
  for (const [name, shape] of tensorShapes(network.architecture, network.role)) {
    const source = network.sources.get(name);
    if (source === undefined) continue;
    const values = source.view === null ? new Float32Array(countElements(shape)) : readTensor(source.view);
    if (source.scale !== 1) for (let index = 0; index < values.length; index++) values[index] = (values[index] ?? 0) * source.scale;
    tensors.set(name, { shape, dtype, values });
    count();
    yield;
  }
  return tensors;
}

/** A generator without a mean of w gets one that is measured. */
async function completeGenerator(
  { architecture, sources }: ConvertedNetwork,
  tensors: ReadonlyMap<string, WeightsTensor>,
  settings: ImportSettings,
): Promise<ReadonlyMap<string, WeightsTensor>> {
  if (architecture.kind !== 'stylegan2' || sources.get(MEAN_LATENT)?.view !== null) return tensors;
  const values = await settings.runInSlices(settings.measureMeanLatent(architecture, tensors));
  return new Map([...tensors, [MEAN_LATENT, { shape: [values.length], dtype: settings.dtype, values }]]);
}

function encodeNetwork(
  { role, architecture }: ConvertedNetwork,
  tensors: ReadonlyMap<string, WeightsTensor>,
  metadata: Readonly<Record<string, unknown>>,
  { dtype }: ImportSettings,
): Uint8Array {
  return asCheckpointError(() => {
    const parsed = parseMetadata(JSON.stringify({ format: 1, role, architecture, ...metadata }));
    return encodeWeights({ info: parsed.info, role, tensors, directions: new Map(), metadata: parsed.raw }, { dtype });
  });
}

/** Files beside each other: a relative URL, and the hash where there is one to be had. */
async function linkDiscriminator(name: string, bytes: Uint8Array): Promise<Readonly<Record<string, unknown>>> {
  const url = `./${encodeURIComponent(name)}.discriminator.safetensors`;
  return { url, integrity: canVerifyIntegrity() ? await hashIntegrity(bytes) : null };
}

/** Whatever averages of w there are none of, is measured later; here it is a tensor that is all 0. */
function withMeanLatent(network: ConvertedNetwork | null): ConvertedNetwork | null {
  if (network?.architecture.kind !== 'stylegan2' || network.sources.has(MEAN_LATENT)) return network;
  return { ...network, sources: new Map([...network.sources, [MEAN_LATENT, { view: null, scale: 1 }]]) };
}

function countParameters(network: ConvertedNetwork | null, role: NetworkRole): number {
  if (network === null) return 0;
  return [...tensorShapes(network.architecture, role).values()].reduce((sum, shape) => sum + countElements(shape), 0);
}

/**
 * Converts a checkpoint, or a generator's and a discriminator's, into weights files. `files` are borrowed.
 * @throws GanCanvasError `weights-format` for what is no checkpoint, is damaged or harmful, or holds networks that gan-canvas lacks; `AbortError`
 */
export async function importCheckpointFiles(files: readonly Uint8Array[], settings: ImportSettings): Promise<ImportedCheckpoint> {
  assertLittleEndian();
  const roots = [];
  for (const file of files) roots.push(await readCheckpoint(file));
  const chosen = chooseNetworks(roots, settings.generatorOnly);
  const [root = null] = roots;
  const pair = chosen.family.convert(chosen.generator, chosen.discriminator, readCheckpointFacts(root, chosen.generator));
  const generator = withMeanLatent(pair.generator);
  const { discriminator } = pair;
  const networks = [generator, discriminator].filter((network) => network !== null).map(assertConverted);
  const count = createCounter(
    networks.reduce((sum, { sources }) => sum + sources.size, 0),
    settings,
  );

  const unpack = (network: ConvertedNetwork): Promise<ReadonlyMap<string, WeightsTensor>> =>
    settings.runInSlices(unpackNetwork(network, settings.dtype, count));
  const judge = discriminator && encodeNetwork(discriminator, await unpack(discriminator), { name: settings.name }, settings);
  const architecture = (generator ?? discriminator)?.architecture;
  const { imagesSeen, labels, nested } = readModelFacts(root, architecture?.classes ?? 0);
  let drawing: Uint8Array | null = null;
  const notes = [...pair.notes];
  if (generator !== null) {
    const tensors = await completeGenerator(generator, await unpack(generator), settings);
    if (generator.sources.get(MEAN_LATENT)?.view === null)
      notes.push('The checkpoint has no mean of w; it was measured over random z, for truncation.');
    const metadata = {
      name: settings.name,
      labels,
      nested,
      images_seen: imagesSeen,
      discriminator: judge && (await linkDiscriminator(settings.name, judge)),
    };
    drawing = encodeNetwork(generator, tensors, metadata, settings);
  }
  if (architecture === undefined) throw new TypeError('A family made neither network.');
  return {
    generator: drawing,
    discriminator: judge,
    summary: {
      family: chosen.family.title,
      architecture,
      generatorPath: chosen.generator?.path ?? null,
      discriminatorPath: chosen.discriminator?.path ?? null,
      parameters: countParameters(generator, 'generator') + countParameters(discriminator, 'discriminator'),
      notes,
    },
  };
}
