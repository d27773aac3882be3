import { importCheckpoint } from '../../src/engine/import-checkpoint.ts';
import { decodeSafetensors, encodeSafetensors, isRecord, type StoredTensor } from '../../src/weights/safetensors.ts';
import { decodeWeights, encodeWeights } from '../../src/weights/weights-file.ts';
import type { WeightsFile, WeightsTensor } from '../../src/weights/weights-file.ts';

/** The small networks in test/fixtures, by the beginning of their file names. */
export const FIXTURE_NETWORKS = ['stylegan2-tiny', 'stylegan2-tiny-classes', 'tiny-dcgan', 'tiny-stylegan2-ada'] as const;
export type FixtureNetwork = (typeof FIXTURE_NETWORKS)[number];
/** What has cases of the reference; the first other one is tested by its import alone, the second has what tiny-dcgan gives in training. */
export type FixtureCases = FixtureNetwork | 'tiny-dcgan-whole' | 'tiny-dcgan-training';

/** Those that are PyTorch's checkpoints, read as visitors' are. */
const CHECKPOINTS: Readonly<Partial<Record<FixtureNetwork, readonly [checkpoint: string, discriminator?: string]>>> = {
  'tiny-dcgan': ['tiny-dcgan-generator.pth', 'tiny-dcgan-discriminator.pth'],
  'tiny-stylegan2-ada': ['tiny-stylegan2-ada.pkl'],
};

/** The bytes of a file in test/fixtures, in the browser and in Node. */
export async function loadFixtureBytes(name: string): Promise<Uint8Array> {
  const url = new URL(`../fixtures/${name}`, import.meta.url);
  if (url.protocol === 'file:') return new Uint8Array(await process.getBuiltinModule('node:fs/promises').readFile(url));
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

export interface FixtureParts {
  readonly architecture: unknown;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** A fixture's network: its architecture, not yet parsed, and its tensors by our names. */
export async function loadFixtureParts(network: FixtureNetwork, role: 'generator' | 'discriminator'): Promise<FixtureParts> {
  const [checkpoint, discriminator] = CHECKPOINTS[network] ?? [];
  if (checkpoint === undefined) {
    const { metadata, tensors } = decodeSafetensors(await loadFixtureBytes(`${network}-${role}.safetensors`));
    return { architecture: JSON.parse(metadata.architecture ?? 'null'), tensors };
  }
  const more = discriminator === undefined ? {} : { discriminator: await loadFixtureBytes(discriminator) };
  const { [role]: bytes } = await importCheckpoint(await loadFixtureBytes(checkpoint), more);
  if (bytes === null) throw new Error(`${checkpoint} has no ${role}.`);
  const { metadata, tensors } = decodeSafetensors(bytes);
  const about: unknown = JSON.parse(metadata.gan_canvas ?? 'null');
  return { architecture: isRecord(about) ? about['architecture'] : null, tensors };
}

/**
 * A fixture's network as a file of our format, F32. The reference's files have the metadata `architecture` where ours have
 * `gan_canvas`; `metadata` are fields of the latter to add (labels, truncation, …).
 */
export async function loadFixtureWeights(
  network: FixtureNetwork,
  role: 'generator' | 'discriminator' = 'generator',
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<Uint8Array> {
  const { architecture, tensors } = await loadFixtureParts(network, role);
  const ganCanvas = JSON.stringify({ format: 1, name: network, architecture, ...metadata });
  // Through our own writer, so that the bytes are what an export gives.
  return encodeWeights(decodeWeights(encodeSafetensors({ metadata: { gan_canvas: ganCanvas }, tensors })));
}

/** {@link loadFixtureWeights}, decoded. */
export async function loadFixtureFile(
  network: FixtureNetwork,
  role: 'generator' | 'discriminator' = 'generator',
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<WeightsFile> {
  return decodeWeights(await loadFixtureWeights(network, role, metadata));
}

/** The reference's inputs, outputs and gradients of a fixture, by name. Images are NHWC. */
export async function loadFixtureCases(network: FixtureCases): Promise<ReadonlyMap<string, WeightsTensor>> {
  const { tensors } = decodeSafetensors(await loadFixtureBytes(`${network}-cases.safetensors`));
  const cases = new Map<string, WeightsTensor>();
  for (const [name, { dtype, shape, bytes }] of tensors) {
    if (dtype !== 'F32') throw new Error(`Case ${name} is ${dtype}; expected F32.`);
    cases.set(name, { dtype, shape, values: new Float32Array(new Uint8Array(bytes).buffer) });
  }
  return cases;
}
