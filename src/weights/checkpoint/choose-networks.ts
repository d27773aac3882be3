import type { NetworkRole } from '../architecture.ts';
import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { globalPath, isPickleGlobal, isPickleList, isPickleObject } from './checkpoint-values.ts';
import type { PickleValue } from './checkpoint-values.ts';
import { networkName } from './converted-network.ts';
import type { NetworkFamily } from './converted-network.ts';
import { DCGAN } from './dcgan-family.ts';
import { findNetworks } from './found-network.ts';
import type { FoundNetwork } from './found-network.ts';
import { ROSINALITY } from './rosinality-family.ts';
import { STYLEGAN2_ADA } from './stylegan2-family.ts';

const FAMILIES: readonly NetworkFamily[] = [STYLEGAN2_ADA, ROSINALITY, DCGAN];

export const SUPPORTED =
  'Supported are StyleGAN2-ADA and StyleGAN3-repository pickles (.pkl) with StyleGAN2 networks, ' +
  "rosinality's StyleGAN2 (.pt), the DCGAN of PyTorch's tutorial (.pth) and checkpoints of gan-canvas's own recipe (.pt).";

/** The networks that are imported. */
export interface ChosenNetworks {
  readonly family: NetworkFamily;
  readonly generator: FoundNetwork | null;
  readonly discriminator: FoundNetwork | null;
}

interface Candidate {
  readonly family: NetworkFamily;
  readonly role: NetworkRole;
  readonly network: FoundNetwork;
}

function recognize(network: FoundNetwork): readonly Candidate[] {
  for (const family of FAMILIES) {
    const role = family.recognize(network);
    if (role !== null) return [{ family, role, network }];
  }
  return [];
}

/** TensorFlow's networks are recorded like everything else; their tensors could not be told apart by a state dict's names. */
function isTensorFlow(root: PickleValue): boolean {
  const values = isPickleList(root) ? root : [root];
  return values.some((value) => isPickleObject(value) && /^dnnlib\.tflib(\.|$)/.test(value.type.module));
}

/** What there is instead of a known network, for the message. */
function describeContent(root: PickleValue, networks: readonly FoundNetwork[]): string {
  const [first] = networks;
  if (first !== undefined) {
    const names = [...first.tensors.keys()];
    return `${networkName(first)} with ${names.length} tensors (${names.slice(0, 4).map(quoteName).join(', ')}${names.length > 4 ? ', …' : ''})`;
  }
  if (root instanceof Map) {
    const keys = [...root.keys()].filter((key) => typeof key === 'string');
    return `a dict with the keys ${keys.slice(0, 8).map(quoteName).join(', ') || '(none)'}`;
  }
  if (isPickleObject(root)) return `an instance of ${quoteName(globalPath(root.type))}`;
  if (isPickleGlobal(root)) return `the name ${quoteName(globalPath(root))}`;
  return isPickleList(root) ? `a list of ${root.length}` : 'no network';
}

/** Averaged weights draw better than those of the last step, and are what is shipped. */
const AVERAGED = /(^|[._])(g_)?ema([._]|$)/i;

function choose(candidates: readonly Candidate[], role: NetworkRole): Candidate | null {
  const fitting = candidates.filter((candidate) => candidate.role === role);
  const averaged = fitting.filter(({ network }) => AVERAGED.test(network.path));
  const best = role === 'generator' && averaged.length > 0 ? averaged : fitting;
  if (best.length <= 1) return best[0] ?? null;
  const paths = best.map(({ network }) => quoteName(network.path)).join(', ');
  throw createCheckpointError(`it has ${best.length} ${role}s, ${paths}, and nothing tells which to take; save the one you want alone.`);
}

/**
 * Finds the generator (averaged rather than as last trained) and the discriminator among what checkpoints hold.
 * @throws GanCanvasError `weights-format` naming what there is, when no network is known
 */
export function chooseNetworks(roots: readonly PickleValue[], generatorOnly: boolean): ChosenNetworks {
  if (roots.some(isTensorFlow)) {
    throw createCheckpointError(
      `it is a TensorFlow pickle of StyleGAN. Convert it with legacy.py of the StyleGAN2-ADA PyTorch or StyleGAN3 repository first. ${SUPPORTED}`,
    );
  }
  const networks = roots.flatMap(findNetworks);
  const candidates = networks.flatMap(recognize);
  const generator = choose(candidates, 'generator');
  const family = (generator ?? candidates[0])?.family;
  if (family === undefined || (generator === null && generatorOnly)) {
    const content = roots.map((root) => describeContent(root, networks)).join(' and ');
    throw createCheckpointError(`it holds no ${generatorOnly ? 'generator' : 'network'} that is known, but ${content}. ${SUPPORTED}`);
  }
  const judges = candidates.filter((candidate) => candidate.family === family);
  const discriminator = generatorOnly ? null : choose(judges, 'discriminator');
  return { family, generator: generator?.network ?? null, discriminator: discriminator?.network ?? null };
}
