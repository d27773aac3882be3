import { GanCanvasError } from '../support/errors.ts';

/** A second seed, and the layers of a picture that take their style from it. */
export interface StyleMix {
  /** Any string. */
  readonly seed: string;
  /** Indices of ws, inclusive: `"4-7"`, `"5"`, `[4, 7]`. */
  readonly layers: string | readonly [number, number];
}

const TEXT = /^(.*)@([^@]*)$/s;

function malformed(found: string): GanCanvasError {
  return new GanCanvasError('invalid-argument', `mix is ${found}; expected seed@layers such as "7@4-7", or {seed, layers}.`);
}

/**
 * A mix as a page gives it: `seed@4-7` (a seed may hold an @ itself: the last one counts) or an object. Whether the layers are a range of the
 * model is for `parseLayers` to tell.
 * @throws GanCanvasError `invalid-argument`
 */
export function readStyleMix(input: StyleMix | string): StyleMix {
  const given: unknown = input;
  if (typeof given === 'string') {
    const [, seed, layers] = TEXT.exec(given) ?? [];
    if (seed === undefined || layers === undefined) throw malformed(`"${given}"`);
    return { seed, layers };
  }
  if (typeof given !== 'object' || given === null) throw malformed(String(given));
  const { seed, layers } = given as { seed?: unknown; layers?: unknown };
  if (typeof seed !== 'string' && typeof seed !== 'number') throw malformed(`an object whose seed is ${String(seed)}`);
  const isPair = Array.isArray(layers) && layers.length === 2 && layers.every((layer) => typeof layer === 'number');
  if (typeof layers !== 'string' && !isPair) throw malformed(`an object whose layers are ${String(layers)}`);
  return { seed: String(seed), layers: layers as StyleMix['layers'] };
}
