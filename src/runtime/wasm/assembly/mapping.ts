// The mapping network of a StyleGAN2, one z at a time.
import { addRows } from './add-rows';
import { sumLanes, up4 } from './vector';

/** Scales x [length] to second moment 1; zeros follow it up to a multiple of 4. */
function normalise(x: usize, length: i32): void {
  const bytes = <usize>up4(length) << 2;
  let squares = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const value = v128.load(x + at);
    squares = f32x4.add(squares, f32x4.mul(value, value));
  }
  const scale = f32x4.splat(<f32>1 / sqrt(sumLanes(squares) / <f32>length + <f32>1e-8));
  for (let at: usize = 0; at < bytes; at += 16) v128.store(x + at, f32x4.mul(v128.load(x + at), scale));
}

/** y [columns, zeros after it up to a multiple of 4] = x [inputs] · weight [inputs, columns] + bias [columns], which follows the weight. */
function dense(x: usize, weight: usize, y: usize, inputs: i32, columns: i32): void {
  memory.fill(y, 0, <usize>up4(columns) << 2);
  memory.copy(y, weight + (<usize>(inputs * columns) << 2), <usize>columns << 2);
  addRows(x, weight, y, inputs, columns, false);
}

function activate(x: usize, length: i32, slope: f32): void {
  const end = x + (<usize>length << 2);
  for (; x < end; x += 16) {
    const value = v128.load(x);
    v128.store(x, v128.bitselect(value, f32x4.mul(value, f32x4.splat(slope)), f32x4.gt(value, f32x4.splat(0))));
  }
}

/**
 * z [zDim] and, if there are classes, oneHot [classes] to w [wDim] through layers as `MappingInputs` has them. `work` has room for two vectors of the
 * widest's length, each rounded up to a multiple of 4 and with 4 to spare.
 */
export function mapRow(
  z: usize,
  oneHot: usize,
  layers: usize,
  w: usize,
  work: usize,
  zDim: i32,
  classes: i32,
  wDim: i32,
  count: i32,
  slope: f32,
): void {
  let inputs = classes ? zDim + wDim : zDim;
  let x = work;
  let y = work + (<usize>(up4(max(inputs, wDim)) + 4) << 2);
  memory.fill(x, 0, <usize>up4(zDim) << 2);
  memory.copy(x, z, <usize>zDim << 2);
  normalise(x, zDim);
  if (classes) {
    dense(oneHot, layers, y, classes, wDim);
    normalise(y, wDim);
    memory.copy(x + (<usize>zDim << 2), y, <usize>wDim << 2);
    layers += <usize>((classes + 1) * wDim) << 2;
  }
  for (let layer = 0; layer < count; layer++) {
    dense(x, layers, y, inputs, wDim);
    activate(y, wDim, slope);
    layers += <usize>((inputs + 1) * wDim) << 2;
    inputs = wDim;
    const last = x;
    x = y;
    y = last;
  }
  memory.copy(w, x, <usize>wDim << 2);
}
