import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { createPickleObject, globalPath, isPickleList, isPickleObject, isTensorView } from './checkpoint-values.ts';
import type { PickleGlobal, PickleMap, PickleValue } from './checkpoint-values.ts';
import { spendSteps } from './read-pickle.ts';
import type { ReadingBudget } from './read-pickle.ts';
import { createTensorView } from './tensor-view.ts';

type Rebuild = (args: readonly PickleValue[], budget: ReadingBudget, callee: PickleGlobal) => PickleValue;

const record: Rebuild = (args, _budget, callee) => createPickleObject(callee, args);

function members([value = []]: readonly PickleValue[], budget: ReadingBudget, what: string): readonly PickleValue[] {
  if (!(value instanceof Set) && !isPickleList(value)) throw createCheckpointError(`a ${what} is made of what has no members.`);
  const list = value instanceof Set ? [...value] : value;
  spendSteps(budget, list.length);
  return list;
}

/** OrderedDict() or OrderedDict([(key, value), …]). */
function createMap(args: readonly PickleValue[], budget: ReadingBudget): PickleMap {
  const map: PickleMap = new Map();
  for (const pair of members(args, budget, 'dict')) {
    if (!isPickleList(pair) || pair.length !== 2) throw createCheckpointError('a dict is made of what are no pairs.');
    map.set(pair[0] ?? null, pair[1] ?? null);
  }
  return map;
}

function rebuildParameter([tensor]: readonly PickleValue[]): PickleValue {
  if (isTensorView(tensor)) return tensor;
  throw createCheckpointError('a parameter is made of what is no tensor.');
}

/** What torch_utils.persistence makes of {type, class_name, module_src, state}: a record of that class. The source in it is never looked at. */
function recordPersistent([meta]: readonly PickleValue[], _budget: ReadingBudget, callee: PickleGlobal): PickleValue {
  const name = meta instanceof Map ? meta.get('class_name') : undefined;
  const state = meta instanceof Map ? meta.get('state') : undefined;
  if (typeof name !== 'string' || !(state instanceof Map))
    throw createCheckpointError('a persistent object has no class_name or no state.');
  return createPickleObject({ kind: 'global', module: callee.module, name }, [], state);
}

/** Protocol 2 writes bytes as Latin-1 text: _codecs.encode(text, "latin1"). */
function encodeLatin1([text, encoding]: readonly PickleValue[], budget: ReadingBudget): PickleValue {
  if (typeof text !== 'string' || encoding !== 'latin1') throw createCheckpointError('bytes are made of what is no Latin-1 text.');
  budget.characters -= text.length;
  if (budget.characters < 0) throw createCheckpointError('its texts become more bytes than the file has.');
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    if (code < 256 && character.length === 1) return code;
    throw createCheckpointError('bytes are made of what is no Latin-1 text.');
  });
}

const SCALARS: Readonly<Record<string, (view: DataView) => number>> = {
  f8: (view) => view.getFloat64(0, true),
  f4: (view) => view.getFloat32(0, true),
  i8: (view) => Number(view.getBigInt64(0, true)),
  i4: (view) => view.getInt32(0, true),
  u1: (view) => view.getUint8(0),
  b1: (view) => view.getUint8(0),
};

/** numpy.core.multiarray.scalar(dtype, bytes): a number where the type is a usual one, else a record. */
function readScalar(args: readonly PickleValue[], budget: ReadingBudget, callee: PickleGlobal): PickleValue {
  const [dtype, bytes] = args;
  const name = isPickleObject(dtype) ? dtype.args[0] : null;
  const order = isPickleObject(dtype) && isPickleList(dtype.state) ? dtype.state[1] : null;
  const read = typeof name === 'string' && Object.hasOwn(SCALARS, name) ? SCALARS[name] : undefined;
  if (read === undefined || order === '>' || !(bytes instanceof Uint8Array) || bytes.length !== Number(String(name).slice(1)))
    return record(args, budget, callee);
  return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

const set: Rebuild = (args, budget) => new Set(members(args, budget, 'set'));
const list: Rebuild = (args, budget) => [...members(args, budget, 'list')];

/** Every function whose result is known, as data of data; the first argument of the last three tells what the instance is of. */
const CALLS: Readonly<Record<string, Rebuild>> = {
  'collections.OrderedDict': createMap,
  // (default factory, …): the factory makes entries that nobody asks for here.
  'collections.defaultdict': ([, entries = []], budget) => createMap([entries], budget),
  'builtins.set': set,
  'builtins.frozenset': set,
  'builtins.list': list,
  '__builtin__.set': set,
  '__builtin__.frozenset': set,
  '__builtin__.list': list,
  '_codecs.encode': encodeLatin1,
  'torch._utils._rebuild_tensor': createTensorView,
  'torch._utils._rebuild_tensor_v2': createTensorView,
  'torch._utils._rebuild_parameter': rebuildParameter,
  'torch._utils._rebuild_parameter_with_state': rebuildParameter,
  'torch.Size': list,
  'torch.device': record,
  'torch_utils.persistence._reconstruct_persistent_obj': recordPersistent,
  'numpy.dtype': record,
  'numpy.core.multiarray.scalar': readScalar,
  'numpy._core.multiarray.scalar': readScalar,
  'numpy.core.multiarray._reconstruct': record,
  'numpy._core.multiarray._reconstruct': record,
  'pathlib.PosixPath': record,
  'pathlib.WindowsPath': record,
  'pathlib.PurePosixPath': record,
  'pathlib.PureWindowsPath': record,
  'datetime.datetime': record,
  'datetime.date': record,
  'datetime.timedelta': record,
};

/** Of these modules only what {@link CALLS} lists is ever named by a checkpoint; anything else in them can only be meant as an attack. */
const HARMFUL =
  /^(builtins|__builtin__|_codecs|os|posix|nt|sys|subprocess|importlib|runpy|code|codeop|shutil|socket|ctypes|_?operator|pickle|_pickle|cPickle|marshal|types|functools|pty|commands|multiprocessing|asyncio|webbrowser|pip|timeit|cProfile|pdb|bdb)(\.|$)/;
/** Types that are named without being called. */
const HARMLESS = /^(builtins|__builtin__)\.(object|dict|tuple|str|int|float|bool|bytes|complex|type|slice|NoneType)$/;

/** @throws GanCanvasError `weights-format` for a name that no checkpoint has any business with */
export function assertHarmless(global: PickleGlobal): void {
  const path = globalPath(global);
  if (Object.hasOwn(CALLS, path) || HARMLESS.test(path) || !HARMFUL.test(global.module)) return;
  throw createCheckpointError(
    `it names ${quoteName(path)}, which no checkpoint needs: the file may be an attack. Nothing of it was run; do not load it in Python.`,
  );
}

/** What a call would give, as data. @throws GanCanvasError `weights-format` when the function is not among the known ones */
export function rebuildCall(callee: PickleGlobal, args: readonly PickleValue[], budget: ReadingBudget): PickleValue {
  const path = globalPath(callee);
  const rebuild = Object.hasOwn(CALLS, path) ? CALLS[path] : undefined;
  if (rebuild !== undefined) return rebuild(args, budget, callee);
  throw createCheckpointError(
    `it calls ${quoteName(path)}, and only the rebuilding of tensors and plain containers is known; nothing is ever called. ` +
      'If you trust the file, load it in PyTorch and save the state dicts of its networks alone: torch.save({"g_ema": g_ema.state_dict()}, …).',
  );
}

/** The container that an instance of a known class is; null for any other class. */
export function constructContainer(type: PickleGlobal, args: readonly PickleValue[], budget: ReadingBudget): PickleValue {
  const path = globalPath(type);
  if (path === 'collections.OrderedDict') return createMap(args, budget);
  if (path === 'torch.Size') return list(args, budget, type);
  return null;
}
