import type { Architecture, NetworkRole } from '../architecture.ts';
import { optionalTensors, tensorShapes } from '../tensor-shapes.ts';
import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { STORAGE_BYTES } from './checkpoint-values.ts';
import type { TensorStorage, TensorView } from './checkpoint-values.ts';
import type { FoundNetwork } from './found-network.ts';
import { countElements } from './tensor-view.ts';

/** Where a tensor's values come from. */
export interface TensorSource {
  /** Null: it is all 0. */
  readonly view: TensorView | null;
  /** A factor on the values. */
  readonly scale: number;
}

/** A network in our terms, its values still in the checkpoint. */
export interface ConvertedNetwork {
  readonly role: NetworkRole;
  readonly architecture: Architecture;
  /** By our tensors' names. */
  readonly sources: ReadonlyMap<string, TensorSource>;
}

/** What a family makes of the networks of a checkpoint, or of two. */
export interface ConvertedPair {
  readonly generator: ConvertedNetwork | null;
  readonly discriminator: ConvertedNetwork | null;
  /** What was taken for granted or left out, in sentences. */
  readonly notes: readonly string[];
}

/** What a checkpoint says beside its networks. */
export interface CheckpointFacts {
  readonly channelBase: number | null;
  readonly channelMax: number | null;
  /** The mean of w, where it lies beside the generator. */
  readonly latentAverage: TensorView | null;
}

/** A kind of checkpoint's networks: how its tensors are named. */
export interface NetworkFamily {
  /** As messages call it. */
  readonly title: string;
  recognize(network: FoundNetwork): NetworkRole | null;
  /** At least one of the two is given. @throws GanCanvasError `weights-format` for variants that gan-canvas lacks */
  convert(generator: FoundNetwork | null, discriminator: FoundNetwork | null, facts: CheckpointFacts): ConvertedPair;
}

/** What messages call a network by where it was. */
export function networkName({ path, modules }: FoundNetwork): string {
  const className = modules.get('')?.className;
  const name = path === '' ? 'the network' : quoteName(path);
  return className === undefined ? name : `${name} (class ${quoteName(className)})`;
}

/** The tensor of that name and rank. */
export function requireTensor(network: FoundNetwork, name: string, rank: number): TensorView {
  const tensor = network.tensors.get(name);
  if (tensor === undefined) throw createCheckpointError(`${networkName(network)} lacks the tensor ${quoteName(name)}.`);
  if (tensor.shape.length === rank) return tensor;
  throw createCheckpointError(
    `${networkName(network)} has the tensor ${quoteName(name)} of the shape [${tensor.shape.join(', ')}]; expected ${rank} dimensions.`,
  );
}

const isSameRun = (a: readonly number[], b: readonly number[]): boolean => {
  const [left, right] = [a, b].map((shape) => shape.filter((count) => count !== 1).join());
  return left === right;
};

/** Each tensor must be one that its architecture asks for, of that shape but for dimensions of 1; of those that must be there none may be missing. */
function assertShapes({ role, architecture, sources }: ConvertedNetwork): void {
  const shapes = tensorShapes(architecture, role);
  const optional = optionalTensors(architecture, role);
  const missing = [...shapes.keys()].find((name) => !sources.has(name) && !optional.has(name));
  if (missing !== undefined) throw createCheckpointError(`its ${role} lacks the tensor ${quoteName(missing)}.`);
  for (const [name, { view }] of sources) {
    const shape = shapes.get(name);
    if (shape === undefined) throw createCheckpointError(`its ${role} has the tensor ${quoteName(name)}, which is not known.`);
    if (view === null || isSameRun(view.shape, shape)) continue;
    throw createCheckpointError(
      `its ${role} has the tensor ${quoteName(name)} of the shape [${view.shape.join(', ')}]; expected [${shape.join(', ')}].`,
    );
  }
}

/** Tensors of a network lie apart: sharing one storage over and over would make a small file a large one. */
function assertOwnNumbers({ role, sources }: ConvertedNetwork): void {
  const storages = new Set<TensorStorage>();
  let needed = 0;
  let present = 0;
  for (const { view } of sources.values()) {
    if (view === null) continue;
    needed += countElements(view.shape) * STORAGE_BYTES[view.storage.type];
    if (!storages.has(view.storage)) present += view.storage.bytes?.length ?? 0;
    storages.add(view.storage);
  }
  if (needed > present) throw createCheckpointError(`the tensors of its ${role} take ${needed} bytes, but its storages have ${present}.`);
}

/** @throws GanCanvasError `weights-format` when tensors are missing, unknown, of other shapes, or larger than the file */
export function assertConverted(network: ConvertedNetwork): ConvertedNetwork {
  assertShapes(network);
  assertOwnNumbers(network);
  return network;
}
