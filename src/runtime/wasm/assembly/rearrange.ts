// What TF.js's own WASM kernels do slowly in training: transposes of high rank, and sums along leading axes.
import { loadLanes, storeLanes, sumLanes } from './vector';

/**
 * x [outer, rows, inner] to y [outer, inner], the sums along the rows; 4-byte floats. Rows are added up in blocks, so that the error does not grow
 * with their number.
 */
export function sumRows(x: usize, y: usize, outer: i32, rows: i32, inner: i32): void {
  const BLOCK = 128;
  const row = <usize>inner << 2;
  memory.fill(y, 0, <usize>outer * row);
  for (let n = 0; n < outer; n++) {
    for (let first = 0; first < rows; first += BLOCK) {
      const count = min(BLOCK, rows - first);
      for (let i = 0; i < inner; i += 4) {
        const lanes = inner - i;
        let from = x + (<usize>i << 2);
        let sum = f32x4.splat(0);
        for (let r = 0; r < count; r++) {
          sum = f32x4.add(sum, loadLanes(from, lanes));
          from += row;
        }
        const to = y + (<usize>i << 2);
        storeLanes(to, f32x4.add(loadLanes(to, lanes), sum), lanes);
      }
      x += <usize>count * row;
    }
    y += row;
  }
}

/** x [rows, length] to y [rows], the sums of the rows. */
export function sumColumns(x: usize, y: usize, rows: i32, length: i32): void {
  const BLOCK = 512;
  for (let r = 0; r < rows; r++) {
    let total: f32 = 0;
    for (let first = 0; first < length; first += BLOCK) {
      const count = min(BLOCK, length - first);
      let sum = f32x4.splat(0);
      for (let i = 0; i < count; i += 4) {
        sum = f32x4.add(sum, loadLanes(x, count - i));
        x += <usize>min(4, count - i) << 2;
      }
      total += sumLanes(sum);
    }
    store<f32>(y, total);
    y += 4;
  }
}

/**
 * y = x with its axes in another order; 4-byte values. `axes`: `rank` pairs of the length of an axis of y and the stride of it in x, in elements;
 * the last axis comes last. `at`: room for `rank` counters.
 */
export function transposeAxes(x: usize, y: usize, rank: i32, axes: usize, at: usize): void {
  const last = axes + (<usize>(rank - 1) << 3);
  const length = load<i32>(last);
  const stride = <usize>load<i32>(last, 4) << 2;
  let runs = 1;
  for (let axis = 0; axis + 1 < rank; axis++) runs *= load<i32>(axes + (<usize>axis << 3));
  memory.fill(at, 0, <usize>rank << 2);
  let from = x;
  for (let run = 0; run < runs; run++) {
    if (stride == 4) {
      const wide = length & ~3;
      for (let i = 0; i < wide; i += 4) v128.store(y + (<usize>i << 2), v128.load(from + (<usize>i << 2)));
      for (let i = wide; i < length; i++) store<u32>(y + (<usize>i << 2), load<u32>(from + (<usize>i << 2)));
    } else {
      let p = from;
      for (let i = 0; i < length; i++) {
        store<u32>(y + (<usize>i << 2), load<u32>(p));
        p += stride;
      }
    }
    y += <usize>length << 2;
    // The next index of the axes before the last.
    for (let axis = rank - 2; axis >= 0; axis--) {
      const counter = at + (<usize>axis << 2);
      const size = load<i32>(axes + (<usize>axis << 3));
      const step = <usize>load<i32>(axes + (<usize>axis << 3), 4) << 2;
      const next = load<i32>(counter) + 1;
      from += step;
      if (next < size) {
        store<i32>(counter, next);
        break;
      }
      store<i32>(counter, 0);
      from -= <usize>size * step;
    }
  }
}
