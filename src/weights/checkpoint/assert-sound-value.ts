import { createCheckpointError } from './checkpoint-error.ts';
import { isPickleList, isPickleObject } from './checkpoint-values.ts';
import type { PickleValue } from './checkpoint-values.ts';

/** Networks of checkpoints lie some thirty deep. */
const MAX_DEPTH = 500;

function childrenOf(value: PickleValue): readonly PickleValue[] {
  if (isPickleList(value)) return value;
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return [...value];
  if (!isPickleObject(value)) return [];
  const { args, state, items, members } = value;
  return [args, state, ...(items ? [items] : []), ...(members ? [members] : [])];
}

/**
 * Throws when a value contains itself or is nested too deep, so that whoever walks it comes to an end. Looks at each part once, however
 * often it is shared, and without recursion.
 */
export function assertSoundValue(root: PickleValue): void {
  const done = new Set<PickleValue>();
  const open = new Set<PickleValue>();
  const path: { readonly value: PickleValue; readonly rest: PickleValue[] }[] = [];
  const enter = (value: PickleValue): void => {
    if (typeof value !== 'object' || value === null || done.has(value)) return;
    if (open.has(value)) throw createCheckpointError('it contains itself, as no checkpoint does.');
    if (path.length >= MAX_DEPTH) throw createCheckpointError(`it is nested more than ${MAX_DEPTH} deep.`);
    open.add(value);
    path.push({ value, rest: childrenOf(value).filter((child) => typeof child === 'object' && child !== null) });
  };
  enter(root);
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const next = last.rest.pop();
    if (next !== undefined) {
      enter(next);
      continue;
    }
    path.pop();
    open.delete(last.value);
    done.add(last.value);
  }
}
