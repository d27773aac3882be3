import { GanCanvasError } from '../support/errors.ts';
import type { DirectionsInput, DirectionSetting } from './directions-input.ts';

/** What a direction's name looks like. */
export const DIRECTION_NAME = /^[a-z][a-z0-9-]*$/;

/** A direction that a model has: its vector at the length of one standard deviation, and the rows of ws that it moves (null: all). */
export interface KnownDirection {
  readonly vector: Float32Array;
  readonly layers: readonly [number, number] | null;
}

const SETTING_FIELDS = new Set(['size', 'vector', 'layers']);
const PAIR = /([^\s,;:]+)(?:\s*:\s*([^\s,;:]+))?/gy;
const SEPARATORS = /[\s,;]*/gy;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const LAYERS = /^\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?$/;

function malformed(message: string, cause?: unknown): GanCanvasError {
  return new GanCanvasError('bad-vector', message, cause === undefined ? {} : { cause });
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function assertName(name: string, where: string): void {
  if (DIRECTION_NAME.test(name)) return;
  throw new GanCanvasError(
    'unknown-direction',
    `${quote(name)} ${where} is no name of a direction; expected a lower-case letter, then lower-case letters, digits and hyphens.`,
  );
}

function assertVector(name: string, vector: unknown): void {
  const isList = Array.isArray(vector) || (ArrayBuffer.isView(vector) && !(vector instanceof DataView));
  if (!isList) throw malformed(`The vector of direction "${name}" is ${quote(vector)}; expected an array of numbers.`);
  const values = vector as ArrayLike<unknown>;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    // Math.fround: a double beyond the range of float32 would become infinite in the network.
    if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) {
      throw malformed(`Entry ${index} of the vector of direction "${name}" is ${quote(value)}; expected a finite number.`);
    }
  }
}

function assertSize(name: string, size: unknown): void {
  if (typeof size === 'number' && Number.isFinite(Math.fround(size))) return;
  throw malformed(`The size of direction "${name}" is ${quote(size)}; expected a finite number.`);
}

function assertSetting(name: string, setting: unknown): void {
  if (typeof setting === 'number') return assertSize(name, setting);
  if (typeof setting !== 'object' || setting === null || Array.isArray(setting) || ArrayBuffer.isView(setting)) {
    throw malformed(`Direction "${name}" is ${quote(setting)}; expected a size or {"vector": […], "size": 1, "layers": "4-7"}.`);
  }
  for (const field of Object.keys(setting)) {
    if (!SETTING_FIELDS.has(field)) {
      throw malformed(`Direction "${name}" has the unknown field ${quote(field)}; expected vector, size and layers.`);
    }
  }
  const { size, vector, layers } = setting as { size?: unknown; vector?: unknown; layers?: unknown };
  assertSize(name, size);
  if (vector !== undefined) assertVector(name, vector);
  const isPair = Array.isArray(layers) && layers.length === 2 && layers.every((layer) => typeof layer === 'number');
  if (layers !== undefined && layers !== null && typeof layers !== 'string' && !isPair) {
    throw malformed(`The layers of direction "${name}" are ${quote(layers)}; expected "4-7", "5" or [4, 7].`);
  }
}

/**
 * Checks what a page gave as directions, apart from what only the model can tell (names, lengths, number of layers).
 * @throws GanCanvasError `unknown-direction` for a malformed name, `bad-vector` for everything else.
 */
export function assertDirections(input: unknown): asserts input is DirectionsInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw malformed(`Directions are ${quote(input)}; expected an object {"name": size}.`);
  }
  for (const [name, setting] of Object.entries(input)) {
    assertName(name, 'in the directions');
    assertSetting(name, setting);
  }
}

function parseJson(text: string): DirectionsInput {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw malformed(`The directions begin with "{" but are no JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  assertDirections(input);
  return input;
}

/**
 * Parses the `directions` attribute: `name:size` pairs parted by white space, commas or semicolons, or a JSON object.
 * @throws GanCanvasError `unknown-direction` for a malformed name; `bad-vector` for anything else that is malformed, with its position
 * (characters, from 1).
 */
export function parseDirections(text: string): DirectionsInput {
  if (text.trimStart().startsWith('{')) return parseJson(text);
  const sizes = new Map<string, number>();
  let position = 0;
  for (;;) {
    SEPARATORS.lastIndex = position;
    SEPARATORS.exec(text);
    position = SEPARATORS.lastIndex;
    if (position >= text.length) return Object.fromEntries(sizes);
    const where = `at character ${position + 1}`;
    PAIR.lastIndex = position;
    const [, name, size] = PAIR.exec(text) ?? [];
    if (name === undefined) throw malformed(`The directions have a ":" without a name ${where}; expected name:size pairs.`);
    position = PAIR.lastIndex;
    assertName(name, where);
    if (size === undefined) throw malformed(`Direction "${name}" ${where} has no size; expected ${name}:1.`);
    if (!NUMBER.test(size) || !Number.isFinite(Math.fround(Number(size)))) {
      throw malformed(`Direction "${name}" ${where} has the size ${quote(size)}; expected a finite number such as 1.5.`);
    }
    if (sizes.has(name)) throw malformed(`Direction "${name}" is named a second time ${where}; expected each name once.`);
    sizes.set(name, Number(size));
  }
}

function readDirections(input: unknown): DirectionsInput {
  if (typeof input === 'string') return parseDirections(input);
  assertDirections(input);
  return input;
}

/** The attribute that {@link parseDirections} reads back as the same: pairs when all are plain sizes, else JSON. */
export function formatDirections(input: DirectionsInput): string {
  const entries = Object.entries(input);
  if (entries.every(([, setting]) => typeof setting === 'number')) {
    return entries.map(([name, size]) => `${name}:${String(size)}`).join(' ');
  }
  return JSON.stringify(input, (_, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value));
}

/**
 * Reads a range of rows of ws: `"4-7"`, `"5"` or `[4, 7]`, from 0, ends included.
 * @throws GanCanvasError `bad-vector` when it is malformed or not within 0…numWs − 1.
 */
export function parseLayers(layers: string | readonly [number, number], numWs: number): [number, number] {
  const text = Array.isArray(layers) ? layers.join('-') : String(layers);
  const match = LAYERS.exec(text);
  const first = Number(match?.[1]);
  const last = match?.[2] === undefined ? first : Number(match[2]);
  if (match === null || first > last || last >= numWs) {
    throw malformed(
      `The layers ${quote(text)} are no range within 0-${numWs - 1}; expected for example "${numWs > 1 ? `0-${numWs - 1}` : '0'}".`,
    );
  }
  return [first, last];
}

function resolve(
  name: string,
  setting: DirectionSetting,
  known: ReadonlyMap<string, KnownDirection>,
  numWs: number,
): { vector: ArrayLike<number>; first: number; last: number } {
  const own = known.get(name);
  const vector = setting.vector ?? own?.vector;
  if (vector === undefined) {
    const names = [...known.keys()].join(', ');
    throw new GanCanvasError(
      'unknown-direction',
      `The model has no direction "${name}"; it has ${names === '' ? 'none' : names}. Name one of those, or give a vector of your own.`,
    );
  }
  const all: readonly [number, number] = [0, numWs - 1];
  const fallback = setting.vector === undefined ? (own?.layers ?? all) : all;
  const [first, last] = setting.layers == null ? fallback : parseLayers(setting.layers, numWs);
  return { vector, first, last };
}

/**
 * What directions, an object or the attribute's text, add to ws after truncation (a DCGAN: to z): (numWs, dim), row by row, the sum over
 * directions of size · vector in each of their layers. Null when there are none.
 * @throws GanCanvasError as {@link parseDirections} and {@link assertDirections} do; `unknown-direction` naming those there are;
 * `bad-vector` for a wrong length, values that are not finite, or malformed layers.
 */
export function directionOffsets(
  input: DirectionsInput | string,
  known: ReadonlyMap<string, KnownDirection>,
  numWs: number,
  dim: number,
): Float32Array | null {
  const directions = Object.entries(readDirections(input));
  if (directions.length === 0) return null;
  const sums = new Float64Array(numWs * dim);
  for (const [name, given] of directions) {
    const setting: DirectionSetting = typeof given === 'number' ? { size: given } : given;
    const { vector, first, last } = resolve(name, setting, known, numWs);
    if (vector.length !== dim) throw malformed(`The vector of direction "${name}" has ${vector.length} entries; expected ${dim}.`);
    for (let row = first; row <= last; row++) {
      for (let column = 0; column < dim; column++)
        sums[row * dim + column] = (sums[row * dim + column] ?? 0) + setting.size * (vector[column] ?? 0);
    }
  }
  const offsets = Float32Array.from(sums);
  if (!offsets.every(Number.isFinite)) throw malformed('The directions add up to values beyond the range of float32; use smaller sizes.');
  return offsets;
}
