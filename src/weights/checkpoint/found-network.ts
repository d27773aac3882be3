import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { isPickleObject, isTensorView } from './checkpoint-values.ts';
import type { PickleMap, PickleObject, PickleValue, TensorView } from './checkpoint-values.ts';

/** A torch.nn.Module as the file records it. */
export interface FoundModule {
  readonly className: string;
  readonly attributes: PickleMap;
  /** False for those that hold others. */
  readonly isLeaf: boolean;
}

/** Tensors and modules by their dotted names, as a state dict has them. */
export interface FoundNetwork {
  /** Where it was: the keys that lead to it, joined by dots; empty for the whole file. */
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorView>;
  /** Where a whole network was saved, all its modules in their order, itself by the name ''; empty for a state dict. */
  readonly modules: ReadonlyMap<string, FoundModule>;
}

const MAX_DEPTH = 16;
/** Entries of all dicts and modules that are looked at; a checkpoint has some thousands. */
const MAX_ENTRIES = 200_000;
const MAX_NAME = 300;
/** How deep in dicts a network is looked for: {"epoch": 5, "models": {"netG": {…}}}. */
const MAX_NESTING = 4;
/** Wrappers in wrappers. */
const MAX_WRAPPERS = 4;

const asMap = (value: PickleValue | undefined): PickleMap | null => (value instanceof Map ? value : null);

function assertName(name: string): string {
  if (name.length <= MAX_NAME) return name;
  throw createCheckpointError(`the name ${quoteName(name)} has ${name.length} characters; expected at most ${MAX_NAME}.`);
}

/** The attributes of a record of a torch.nn.Module; null for anything else. */
function moduleAttributes(value: PickleValue): PickleMap | null {
  const state = isPickleObject(value) ? asMap(value.state) : null;
  return state?.get('_modules') instanceof Map && state.get('_parameters') instanceof Map ? state : null;
}

/** Counts what is looked at: parts that are shared over and over could make the walk endless. */
type CountEntries = (count: number) => void;

function createEntryCounter(): CountEntries {
  let left = MAX_ENTRIES;
  return (count) => {
    left -= count + 1;
    if (left < 0) throw createCheckpointError(`its dicts and modules have more than ${MAX_ENTRIES} entries, more than any checkpoint has.`);
  };
}

/** All tensors of a module and of those in it. */
function flattenModule(network: PickleObject, path: string, countEntries: CountEntries): FoundNetwork {
  const tensors = new Map<string, TensorView>();
  const modules = new Map<string, FoundModule>();
  const visit = (module: PickleObject, attributes: PickleMap, name: string, depth: number): void => {
    if (depth > MAX_DEPTH)
      throw createCheckpointError(`the network ${quoteName(path)} has modules in modules more than ${MAX_DEPTH} deep.`);
    const children = asMap(attributes.get('_modules')) ?? new Map<PickleValue, PickleValue>();
    countEntries(children.size);
    modules.set(assertName(name), { className: module.type.name, attributes, isLeaf: children.size === 0 });
    const prefix = name === '' ? '' : `${name}.`;
    for (const part of ['_parameters', '_buffers']) {
      const own = asMap(attributes.get(part)) ?? new Map<PickleValue, PickleValue>();
      countEntries(own.size);
      for (const [key, tensor] of own) if (typeof key === 'string' && isTensorView(tensor)) tensors.set(assertName(prefix + key), tensor);
    }
    for (const [key, child] of children) {
      const inner = moduleAttributes(child);
      if (typeof key === 'string' && inner !== null && isPickleObject(child)) visit(child, inner, prefix + key, depth + 1);
    }
  };
  visit(network, asMap(network.state) ?? new Map(), '', 0);
  return { path, tensors, modules };
}

/** What wrappers put before every name: DataParallel, torch.compile, averaged models. */
const WRAPPER = /^(module|_orig_mod|ema_model)(\.|$)/;
/** What training frameworks that keep both networks in one put before their names. */
const OWNER = /^(g_ema|netG|netD|generator|discriminator|gen|disc|G_ema|G|D)\./;

function renamed<T>(map: ReadonlyMap<string, T>, pattern: RegExp): Map<string, T> {
  return new Map([...map].filter(([name]) => pattern.test(name)).map(([name, value]) => [name.replace(pattern, ''), value]));
}

function unwrap(network: FoundNetwork): FoundNetwork {
  let { tensors, modules } = network;
  for (let count = 0; count < MAX_WRAPPERS && [...tensors.keys()].every((name) => WRAPPER.test(name)); count++) {
    tensors = renamed(tensors, WRAPPER);
    modules = renamed(modules, WRAPPER);
  }
  return { ...network, tensors, modules };
}

/** Takes wrappers' prefixes away, and tells apart the networks of different owners. */
function splitNetwork(found: FoundNetwork): readonly FoundNetwork[] {
  const network = unwrap(found);
  const owners = new Map<string, Map<string, TensorView>>();
  for (const [name, tensor] of network.tensors) {
    const owner = OWNER.exec(name)?.[1] ?? '';
    const tensors = owners.get(owner) ?? new Map<string, TensorView>();
    owners.set(owner, tensors.set(name.replace(OWNER, ''), tensor));
  }
  if (owners.has('')) return [network];
  return [...owners].map(([owner, tensors]) => {
    const path = network.path === '' ? owner : `${network.path}.${owner}`;
    const modules = renamed(network.modules, new RegExp(`^${owner}(\\.|$)`));
    return unwrap({ path, tensors, modules });
  });
}

function toStateDict(map: PickleMap, path: string): FoundNetwork | null {
  const tensors = new Map<string, TensorView>();
  for (const [name, value] of map) if (typeof name === 'string' && isTensorView(value)) tensors.set(assertName(name), value);
  return tensors.size > 1 ? { path, tensors, modules: new Map() } : null;
}

/**
 * Everything in a checkpoint that may be a network: state dicts and whole modules, in dicts of dicts. The value has passed `assertSoundValue`.
 * @throws GanCanvasError `weights-format` when there is more of it than any checkpoint has
 */
export function findNetworks(root: PickleValue): readonly FoundNetwork[] {
  const found: FoundNetwork[] = [];
  // One network may lie there under two names, as G and G_ema.
  const known = new Map<PickleObject, FoundNetwork>();
  const countEntries = createEntryCounter();
  const visit = (value: PickleValue, path: string, depth: number): void => {
    if (isPickleObject(value) && moduleAttributes(value) !== null) {
      const network = known.get(value) ?? flattenModule(value, path, countEntries);
      known.set(value, network);
      countEntries(network.tensors.size);
      found.push(...splitNetwork({ ...network, path }));
      return;
    }
    const map = isPickleObject(value) ? value.items : asMap(value);
    if (map === null) return;
    countEntries(map.size);
    const dict = toStateDict(map, path);
    if (dict !== null) found.push(...splitNetwork(dict));
    if (depth >= MAX_NESTING) return;
    for (const [key, child] of map) {
      if (typeof key !== 'string' || !(child instanceof Map || isPickleObject(child))) continue;
      visit(child, path === '' ? assertName(key) : assertName(`${path}.${key}`), depth + 1);
    }
  };
  visit(root, '', 0);
  return found;
}
