import type { PixelArea, PixelRows } from './pixel-rows.ts';

/** A square of a picture, in whole pixels inside it. */
export interface SquareArea {
  readonly left: number;
  readonly top: number;
  readonly size: number;
}

/** How many pixels are read at once: 256 KB of them, a few milliseconds of work. */
const PIXELS_AT_ONCE = 1 << 16;

/** The source pixels, from `first` on, that make one target pixel; the weights sum to 1. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * Scales a square of a picture to `side` pixels a side; gives RGB. Smaller: each pixel is the mean, in linear light, of the area it
 * covers, parts of pixels included, so that bright and dark detail keeps its brightness. Larger: Catmull-Rom interpolation of the
 * sRGB values, in which its overshoot shows least. At its own size a picture comes out as it is. A step is a few rows; the memory
 * is theirs and the result's, however large the picture is.
 */
export function* scaleSquare(rows: PixelRows, square: SquareArea, side: number): Generator<void, Uint8Array> {
  const isSmaller = square.size >= side;
  const tapsOf = isSmaller ? coverArea : interpolate;
  const across = createTaps(side, (index) => tapsOf(square.left, square.size / side, index, rows.width));
  const down = createTaps(side, (index) => tapsOf(square.top, square.size / side, index, rows.height));
  const [left, right] = spanOf(across);
  const [top, bottom] = spanOf(down);
  const levels = isSmaller ? LINEAR_LIGHT : SRGB_VALUE;

  const sums = new Float64Array(3 * side * side);
  const line = new Float64Array(3 * side);
  const width = right - left;
  const rowsAtOnce = Math.max(1, Math.floor(PIXELS_AT_ONCE / width));
  for (let start = top; start < bottom; start += rowsAtOnce) {
    const area: PixelArea = { left, top: start, width, height: Math.min(rowsAtOnce, bottom - start) };
    const pixels = rows.read(area);
    for (let row = 0; row < area.height; row += 1) {
      scaleLine(line, pixels.subarray(4 * row * width, 4 * (row + 1) * width), across, left, levels);
      addLine(sums, line, down, start + row);
    }
    yield;
  }
  return Uint8Array.from(sums, isSmaller ? encodeLinearLight : encodeSrgbValue);
}

/** Light of each sRGB value, 0…1. */
const LINEAR_LIGHT = Float64Array.from({ length: 256 }, (_, value) => {
  const level = value / 255;
  return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
});
const SRGB_VALUE = Float64Array.from({ length: 256 }, (_, value) => value);

function encodeLinearLight(light: number): number {
  const level = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.min(255, Math.round(level * 255));
}

function encodeSrgbValue(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}

function createTaps(side: number, create: (index: number) => Taps): readonly Taps[] {
  return Array.from({ length: side }, (_, index) => create(index));
}

/** The source pixels from the first used to after the last. */
function spanOf(taps: readonly Taps[]): [start: number, end: number] {
  const start = Math.min(...taps.map(({ first }) => first));
  return [start, Math.max(...taps.map(({ first, weights }) => first + weights.length))];
}

/** The pixels that target pixel `index` covers, each by how much of it. `extent` is how many pixels there are. */
function coverArea(origin: number, ratio: number, index: number, extent: number): Taps {
  const start = origin + index * ratio;
  const end = Math.min(extent, start + ratio);
  const first = Math.min(extent - 1, Math.floor(start));
  const weights: number[] = [];
  for (let pixel = first; pixel < end; pixel += 1) weights.push(Math.min(end, pixel + 1) - Math.max(start, pixel));
  return { first, weights: normalize(weights) };
}

/** The four pixels around the middle of target pixel `index`; beyond the picture its edge goes on. */
function interpolate(origin: number, ratio: number, index: number, extent: number): Taps {
  const middle = origin + (index + 0.5) * ratio - 0.5;
  const first = Math.min(extent - 1, Math.max(0, Math.floor(middle) - 1));
  const last = Math.min(extent - 1, Math.max(0, Math.floor(middle) + 2));
  const weights = Array.from({ length: last - first + 1 }, () => 0);
  for (let tap = -1; tap <= 2; tap += 1) {
    const pixel = Math.floor(middle) + tap;
    const place = Math.min(last, Math.max(first, pixel)) - first;
    weights[place] = (weights[place] ?? 0) + catmullRom(Math.abs(middle - pixel));
  }
  return { first, weights: normalize(weights) };
}

function catmullRom(distance: number): number {
  if (distance >= 2) return 0;
  return distance < 1 ? 1 + distance ** 2 * (1.5 * distance - 2.5) : 2 + distance * (-4 + distance * (2.5 - 0.5 * distance));
}

function normalize(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Scales one row of RGBA, whose first pixel is number `left`, to RGB levels. */
function scaleLine(line: Float64Array, row: Uint8ClampedArray, across: readonly Taps[], left: number, levels: Float64Array): void {
  across.forEach(({ first, weights }, index) => {
    let [red, green, blue] = [0, 0, 0];
    let at = 4 * (first - left);
    for (const weight of weights) {
      red += weight * (levels[row[at] ?? 0] ?? 0);
      green += weight * (levels[row[at + 1] ?? 0] ?? 0);
      blue += weight * (levels[row[at + 2] ?? 0] ?? 0);
      at += 4;
    }
    line[3 * index] = red;
    line[3 * index + 1] = green;
    line[3 * index + 2] = blue;
  });
}

/** Adds source row `row`, scaled across, to every target row that it is part of. */
function addLine(sums: Float64Array, line: Float64Array, down: readonly Taps[], row: number): void {
  down.forEach(({ first, weights }, index) => {
    const weight = weights[row - first];
    if (weight === undefined || weight === 0) return;
    const start = index * line.length;
    for (let i = 0; i < line.length; i += 1) sums[start + i] = (sums[start + i] ?? 0) + weight * (line[i] ?? 0);
  });
}
