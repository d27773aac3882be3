// Matrix products of any layout. TF.js's own are scalar where a matrix is transposed, which they are in every gradient of a dense layer.
import { loadLanes, madd, storeLanes } from './vector';

/** Columns [first, first + 8) of b [depth, columns] to `panel` [depth, 8], with zeros where there are none. */
function packColumns(b: usize, panel: usize, depth: i32, columns: i32, first: i32): void {
  const row = <usize>columns << 2;
  const left = columns - first;
  const right = left - 4;
  let from = b + (<usize>first << 2);
  for (let p = 0; p < depth; p++) {
    v128.store(panel, loadLanes(from, left));
    v128.store(panel, right > 0 ? loadLanes(from + 16, right) : f32x4.splat(0), 16);
    from += row;
    panel += 32;
  }
}

/** Four rows of b [columns, depth] from `from` on, of which `count` are there, to four columns at `to`, 32 bytes from row to row. */
function turnRows(from: usize, to: usize, depth: i32, count: i32): void {
  const row = <usize>depth << 2;
  // A row that is not there is read from the first one and multiplied into columns that nobody reads.
  const b = count > 1 ? from + row : from;
  const c = count > 2 ? from + 2 * row : from;
  const d = count > 3 ? from + 3 * row : from;
  let p = 0;
  for (; p + 4 <= depth; p += 4) {
    const at = <usize>p << 2;
    const r0 = v128.load(from + at);
    const r1 = v128.load(b + at);
    const r2 = v128.load(c + at);
    const r3 = v128.load(d + at);
    const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
    const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
    const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
    v128.store(to, i32x4.shuffle(low01, low23, 0, 1, 4, 5));
    v128.store(to, i32x4.shuffle(low01, low23, 2, 3, 6, 7), 32);
    v128.store(to, i32x4.shuffle(high01, high23, 0, 1, 4, 5), 64);
    v128.store(to, i32x4.shuffle(high01, high23, 2, 3, 6, 7), 96);
    to += 128;
  }
  for (; p < depth; p++) {
    const at = <usize>p << 2;
    store<f32>(to, load<f32>(from + at));
    store<f32>(to, load<f32>(b + at), 4);
    store<f32>(to, load<f32>(c + at), 8);
    store<f32>(to, load<f32>(d + at), 12);
    to += 32;
  }
}

/** 4 rows times 8 columns: y = rows · panel; the rows begin at a, a1, a2 and a3, with `aStep` bytes from one entry to the next. */
// @ts-ignore: decorator
@inline
function block4x8(a: usize, a1: usize, a2: usize, a3: usize, aStep: usize, panel: usize, depth: i32, y: usize, yRow: usize): void {
  let s0 = f32x4.splat(0);
  let t0 = s0;
  let s1 = s0;
  let t1 = s0;
  let s2 = s0;
  let t2 = s0;
  let s3 = s0;
  let t3 = s0;
  let at: usize = 0;
  for (let p = 0; p < depth; p++) {
    const left = v128.load(panel);
    const right = v128.load(panel, 16);
    const x0 = v128.load32_splat(a + at);
    s0 = madd(x0, left, s0);
    t0 = madd(x0, right, t0);
    const x1 = v128.load32_splat(a1 + at);
    s1 = madd(x1, left, s1);
    t1 = madd(x1, right, t1);
    const x2 = v128.load32_splat(a2 + at);
    s2 = madd(x2, left, s2);
    t2 = madd(x2, right, t2);
    const x3 = v128.load32_splat(a3 + at);
    s3 = madd(x3, left, s3);
    t3 = madd(x3, right, t3);
    at += aStep;
    panel += 32;
  }
  v128.store(y, s0);
  v128.store(y, t0, 16);
  v128.store(y + yRow, s1);
  v128.store(y + yRow, t1, 16);
  v128.store(y + 2 * yRow, s2);
  v128.store(y + 2 * yRow, t2, 16);
  v128.store(y + 3 * yRow, s3);
  v128.store(y + 3 * yRow, t3, 16);
}

/** A panel's columns of all rows of y. `edge`: 128 bytes for blocks that reach beyond y. */
function multiplyPanel(a: usize, aRow: usize, aStep: usize, panel: usize, y: usize, rows: i32, depth: i32, columns: i32, first: i32, edge: usize): void {
  const yRow = <usize>columns << 2;
  const wide = columns - first;
  let to = y + (<usize>first << 2);
  for (let r = 0; r < rows; r += 4) {
    const high = rows - r;
    const whole = high >= 4 && wide >= 8;
    const a1 = high > 1 ? a + aRow : a;
    const a2 = high > 2 ? a + 2 * aRow : a;
    const a3 = high > 3 ? a + 3 * aRow : a;
    block4x8(a, a1, a2, a3, aStep, panel, depth, whole ? to : edge, whole ? yRow : 32);
    if (!whole) {
      for (let i = 0; i < min(4, high); i++) {
        const from = edge + (<usize>i << 5);
        storeLanes(to + <usize>i * yRow, v128.load(from), wide);
        if (wide > 4) storeLanes(to + <usize>i * yRow + 16, v128.load(from, 16), wide - 4);
      }
    }
    a += 4 * aRow;
    to += 4 * yRow;
  }
}

/**
 * y [rows, columns] = a · b. `aRow`, `aStep`: bytes from row to row of a and from one entry of a row to the next, so that it may lie as [rows, depth] or
 * as [depth, rows]; b is [depth, columns], or with `turned`
 * [columns, depth]. `work`: 128 bytes and 32 for each of the depth.
 */
export function multiplyMatrices(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  turned: bool,
  y: usize,
  rows: i32,
  depth: i32,
  columns: i32,
  work: usize,
): void {
  const panel = work + 128;
  for (let first = 0; first < columns; first += 8) {
    if (turned) {
      const from = b + ((<usize>first * <usize>depth) << 2);
      turnRows(from, panel, depth, min(4, columns - first));
      if (columns - first > 4) turnRows(from + (<usize>depth << 4), panel + 16, depth, min(4, columns - first - 4));
    } else {
      packColumns(b, panel, depth, columns, first);
    }
    multiplyPanel(a, aRow, aStep, panel, y, rows, depth, columns, first, work);
  }
}
