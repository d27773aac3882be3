import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { createPickleObject, globalPath, isPickleGlobal, isPickleList, isPickleObject } from './checkpoint-values.ts';
import type { PickleGlobal, PickleMap, PickleObject, PickleValue } from './checkpoint-values.ts';
import { REFUSED_OPCODES } from './pickle-opcodes.ts';
import { PickleSource } from './pickle-source.ts';

/** What gives meaning to what a pickle names. Every function makes data of data, or throws. */
export interface PickleHost {
  /** Refuses names that no checkpoint has any business with. */
  assertHarmless(global: PickleGlobal): void;
  /** What a persistent id stands for. */
  resolve(id: PickleValue): PickleValue;
  /** The result that a call of a known function would have. */
  rebuild(callee: PickleGlobal, args: readonly PickleValue[]): PickleValue;
  /** The container that an instance of a known class would be; null: record it. */
  construct(type: PickleGlobal, args: readonly PickleValue[]): PickleValue;
}

/** What may still be spent on a file, nested pickles included, so that a small one cannot make a large amount of work. */
export interface ReadingBudget {
  /** Instructions, and members that known calls copy from one container to another. */
  steps: number;
  /** Characters of text that known calls turn into bytes. */
  characters: number;
}

/** A checkpoint takes some twenty thousand; each can make the reader hold some hundred bytes. */
const MAX_STEPS = 1_000_000;
const MAX_PROTOCOL = 5;

/** What a file of so many bytes may take; no text is longer than the file, and each is turned into bytes at most once. */
export function createReadingBudget(sizeBytes: number): ReadingBudget {
  return { steps: MAX_STEPS, characters: sizeBytes };
}

/** @throws GanCanvasError `weights-format` when the budget is spent */
export function spendSteps(budget: ReadingBudget, count: number): void {
  budget.steps -= count;
  if (budget.steps < 0) throw createCheckpointError(`its pickle takes more than ${MAX_STEPS} steps, more than any checkpoint needs.`);
}

function isList(value: PickleValue | undefined): value is PickleValue[] {
  return Array.isArray(value) && !Object.isFrozen(value);
}

function isTuple(value: PickleValue): value is readonly PickleValue[] {
  return isPickleList(value) && Object.isFrozen(value);
}

/** The stack machine that a pickle is a program for, less everything that could have an effect. Reads without recursion. */
class PickleMachine {
  readonly source: PickleSource;
  readonly #host: PickleHost;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(source: PickleSource, host: PickleHost) {
    this.source = source;
    this.#host = host;
  }

  fail(reason: string): Error {
    return createCheckpointError(`its pickle ${reason} (before byte ${this.source.position}).`);
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.pop() : undefined;
    if (value === undefined) throw this.fail('takes from an empty stack');
    return value;
  }

  top(): PickleValue {
    const value = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.at(-1) : undefined;
    if (value === undefined) throw this.fail('takes from an empty stack');
    return value;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.fail('goes back to a mark that is not there');
    return this.#stack.splice(mark);
  }

  /** Takes POP's item, or the mark if that is the last. */
  discard(): void {
    if (this.#marks.at(-1) === this.#stack.length && this.#marks.length > 0) this.#marks.pop();
    else this.pop();
  }

  tuple(count: number): void {
    const items: PickleValue[] = [];
    for (let index = 0; index < count; index++) items.push(this.pop());
    this.push(Object.freeze(items.reverse()));
  }

  memoize(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.fail(`recalls the memo's place ${index}, which is empty`);
    this.push(value);
  }

  append(values: readonly PickleValue[]): void {
    const target = this.top();
    let list: PickleValue[] | null = null;
    if (isPickleObject(target)) list = target.members ??= [];
    else if (isList(target)) list = target;
    if (list === null) throw this.fail('appends to what is no list');
    for (const value of values) list.push(value);
  }

  setItems(pairs: readonly PickleValue[]): void {
    const target = this.top();
    let map: PickleMap | null = null;
    if (isPickleObject(target)) map = target.items ??= new Map();
    else if (target instanceof Map) map = target;
    if (map === null || pairs.length % 2 !== 0) throw this.fail('sets items of what is no dict');
    for (let index = 0; index < pairs.length; index += 2) map.set(pairs[index] ?? null, pairs[index + 1] ?? null);
  }

  addItems(values: readonly PickleValue[]): void {
    const target = this.top();
    if (!(target instanceof Set)) throw this.fail('adds to what is no set');
    for (const value of values) target.add(value);
  }

  global(module: PickleValue, name: PickleValue): void {
    const isName = (text: PickleValue): text is string => typeof text === 'string' && text !== '' && text.length <= 400;
    if (!isName(module) || !isName(name)) throw this.fail('names a class without a proper name');
    const global: PickleGlobal = Object.freeze({ kind: 'global', module, name });
    this.#host.assertHarmless(global);
    this.push(global);
  }

  persistent(): void {
    this.push(this.#host.resolve(this.pop()));
  }

  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!isPickleGlobal(callee) || !isTuple(args)) throw this.fail('calls what is no function by its name');
    this.push(this.#host.rebuild(callee, args));
  }

  instantiate(args: PickleValue): void {
    const type = this.pop();
    if (!isPickleGlobal(type) || !isTuple(args)) throw this.fail('makes an instance of what is no class by its name');
    this.push(this.#host.construct(type, args) ?? createPickleObject(type, args));
  }

  build(): void {
    const state = this.pop();
    const target = this.top();
    if (isPickleObject(target)) this.#setState(target, state);
    // What a container has beside its entries, such as an OrderedDict's _metadata, changes no tensor.
    else if (!(target instanceof Map || target instanceof Set)) throw this.fail('sets the attributes of what has none');
  }

  #setState(target: PickleObject, state: PickleValue): void {
    if (target.state !== null) throw this.fail(`sets the attributes of an instance of ${quoteName(globalPath(target.type))} twice`);
    target.state = state;
  }

  finish(): PickleValue {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) throw this.fail('ends with more than one value');
    return value;
  }
}

type Instruction = (machine: PickleMachine, source: PickleSource) => void;

const text = (machine: PickleMachine, count: number) => machine.push(machine.source.text(count));
const bytes = (machine: PickleMachine, count: number) => machine.push(machine.source.bytes(count));

/** What torch.save, PyTorch's old format and StyleGAN2-ADA's pickles use of protocols 0 to 5, by opcode; STOP is the loop's. */
const INSTRUCTIONS: Readonly<Record<number, Instruction>> = {
  /* ( MARK */ 0x28: (m) => m.mark(),
  /* ) EMPTY_TUPLE */ 0x29: (m) => m.tuple(0),
  /* 0 POP */ 0x30: (m) => m.discard(),
  /* 1 POP_MARK */ 0x31: (m) => m.popToMark(),
  /* B BINBYTES */ 0x42: (m, s) => bytes(m, s.uint32()),
  /* C SHORT_BINBYTES */ 0x43: (m, s) => bytes(m, s.uint8()),
  /* G BINFLOAT */ 0x47: (m, s) => m.push(s.float64()),
  /* J BININT */ 0x4a: (m, s) => m.push(s.int32()),
  /* K BININT1 */ 0x4b: (m, s) => m.push(s.uint8()),
  /* M BININT2 */ 0x4d: (m, s) => m.push(s.uint16()),
  /* N NONE */ 0x4e: (m) => m.push(null),
  /* Q BINPERSID */ 0x51: (m) => m.persistent(),
  /* R REDUCE */ 0x52: (m) => m.reduce(),
  // Python 2's strings; those of names are ASCII.
  /* T BINSTRING */ 0x54: (m, s) => text(m, s.uint32()),
  /* U SHORT_BINSTRING */ 0x55: (m, s) => text(m, s.uint8()),
  /* X BINUNICODE */ 0x58: (m, s) => text(m, s.uint32()),
  /* ] EMPTY_LIST */ 0x5d: (m) => m.push([]),
  /* a APPEND */ 0x61: (m) => {
    const value = m.pop();
    m.append([value]);
  },
  /* b BUILD */ 0x62: (m) => m.build(),
  /* c GLOBAL */ 0x63: (m, s) => m.global(s.line(), s.line()),
  /* e APPENDS */ 0x65: (m) => m.append(m.popToMark()),
  /* h BINGET */ 0x68: (m, s) => m.recall(s.uint8()),
  /* j LONG_BINGET */ 0x6a: (m, s) => m.recall(s.uint32()),
  /* q BINPUT */ 0x71: (m, s) => m.memoize(s.uint8()),
  /* r LONG_BINPUT */ 0x72: (m, s) => m.memoize(s.uint32()),
  /* s SETITEM */ 0x73: (m) => {
    const value = m.pop();
    const key = m.pop();
    m.setItems([key, value]);
  },
  /* t TUPLE */ 0x74: (m) => m.push(Object.freeze(m.popToMark())),
  /* u SETITEMS */ 0x75: (m) => m.setItems(m.popToMark()),
  /* } EMPTY_DICT */ 0x7d: (m) => m.push(new Map()),
  /* PROTO */ 0x80: (m, s) => {
    const protocol = s.uint8();
    if (protocol > MAX_PROTOCOL) throw m.fail(`has the protocol ${protocol}; expected 0 to ${MAX_PROTOCOL}`);
  },
  /* NEWOBJ */ 0x81: (m) => m.instantiate(m.pop()),
  /* TUPLE1 */ 0x85: (m) => m.tuple(1),
  /* TUPLE2 */ 0x86: (m) => m.tuple(2),
  /* TUPLE3 */ 0x87: (m) => m.tuple(3),
  /* NEWTRUE */ 0x88: (m) => m.push(true),
  /* NEWFALSE */ 0x89: (m) => m.push(false),
  /* LONG1 */ 0x8a: (m, s) => m.push(s.integer(s.uint8())),
  /* SHORT_BINUNICODE */ 0x8c: (m, s) => text(m, s.uint8()),
  /* BINUNICODE8 */ 0x8d: (m, s) => text(m, s.uint64()),
  /* BINBYTES8 */ 0x8e: (m, s) => bytes(m, s.uint64()),
  /* EMPTY_SET */ 0x8f: (m) => m.push(new Set()),
  /* ADDITEMS */ 0x90: (m) => m.addItems(m.popToMark()),
  /* FROZENSET */ 0x91: (m) => m.push(new Set(m.popToMark())),
  /* NEWOBJ_EX */ 0x92: (m) => {
    const named = m.pop();
    const args = m.pop();
    if (!(named instanceof Map) || named.size > 0) throw m.fail('makes an instance with named arguments, which no checkpoint needs');
    m.instantiate(args);
  },
  /* STACK_GLOBAL */ 0x93: (m) => {
    const name = m.pop();
    m.global(m.pop(), name);
  },
  /* MEMOIZE */ 0x94: (m) => m.memoize(),
  // Frames only help reading ahead.
  /* FRAME */ 0x95: (_m, s) => s.assertLeft(s.uint64()),
  /* BYTEARRAY8 */ 0x96: (m, s) => bytes(m, s.uint64()),
};

const STOP = 0x2e;

/**
 * Reads one pickle from `start` on, without calling, importing or evaluating anything. Gives its value and where it ended. Values may share
 * parts, and contain themselves: see `assertSoundValue`.
 * @throws GanCanvasError `weights-format`
 */
export function readPickle(
  file: Uint8Array,
  start: number,
  host: PickleHost,
  budget: ReadingBudget,
): { readonly value: PickleValue; readonly end: number } {
  const source = new PickleSource(file, start);
  const machine = new PickleMachine(source, host);
  for (;;) {
    const opcode = source.uint8();
    if (opcode === STOP) return { value: machine.finish(), end: source.position };
    spendSteps(budget, 1);
    const instruction = INSTRUCTIONS[opcode];
    if (instruction === undefined) throw machine.fail(describeOpcode(opcode));
    instruction(machine, source);
  }
}

function describeOpcode(opcode: number): string {
  const name = REFUSED_OPCODES[opcode];
  if (name === undefined) return `has the unknown instruction 0x${opcode.toString(16).padStart(2, '0')}`;
  return `has the instruction ${name}, which no checkpoint needs; save it again with torch.save`;
}
