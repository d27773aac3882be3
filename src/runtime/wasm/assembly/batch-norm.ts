// Batch normalisation by the batch's own statistics (Ioffe and Szegedy, 2015), and its gradient. x and y are [rows, channels]: every channel is
// normalised over all pixels of all pictures. Sums are added up in blocks of rows, so that their error does not grow with the number of rows.
import { loadLanes, madd, storeLanes } from './vector';

/** Rows of a block: no more bytes than stay in a first-level cache while the channels are gone through, four at a time. */
// @ts-ignore: decorator
@inline
function blockOf(row: usize): i32 {
  return max(8, min(128, <i32>(16384 / row)));
}

// @ts-ignore: decorator
@inline
function addTo(p: usize, x: v128, lanes: i32): void {
  storeLanes(p, f32x4.add(loadLanes(p, lanes), x), lanes);
}

/** values · factor, in place. */
function scaleBy(values: usize, count: i32, factor: f32): void {
  for (let i = 0; i < count; i++) {
    store<f32>(values, load<f32>(values) * factor);
    values += 4;
  }
}

/** Σ x [channels], or Σ (x − mean)² where `mean` is not 0. */
function sumChannels(x: usize, mean: usize, sums: usize, rows: i32, channels: i32): void {
  const row = <usize>channels << 2;
  const block = blockOf(row);
  memory.fill(sums, 0, row);
  for (let first = 0; first < rows; first += block) {
    const count = min(block, rows - first);
    for (let i = 0; i < channels; i += 4) {
      const at = <usize>i << 2;
      const lanes = channels - i;
      let from = x + at;
      let even = f32x4.splat(0);
      let odd = f32x4.splat(0);
      const centre = mean ? loadLanes(mean + at, lanes) : f32x4.splat(0);
      for (let r = 0; r < count; r += 2) {
        const a = f32x4.sub(loadLanes(from, lanes), centre);
        even = mean ? madd(a, a, even) : f32x4.add(even, a);
        if (r + 1 < count) {
          const b = f32x4.sub(loadLanes(from + row, lanes), centre);
          odd = mean ? madd(b, b, odd) : f32x4.add(odd, b);
        }
        from += 2 * row;
      }
      addTo(sums + at, f32x4.add(even, odd), lanes);
    }
    x += <usize>count * row;
  }
}

/** scale / √(variance + epsilon), to `out` [channels]. */
function factors(scale: usize, variance: usize, out: usize, channels: i32, epsilon: f32): void {
  for (let i = 0; i < channels; i++) {
    const at = <usize>i << 2;
    store<f32>(out + at, load<f32>(scale + at) / sqrt<f32>(load<f32>(variance + at) + epsilon));
  }
}

/**
 * y = (x − mean) / √(variance + epsilon) · scale + offset; `mean` and `variance` (divided by the number of rows), both [channels], are written.
 * `work`: room for `channels` floats.
 */
export function batchNorm(
  x: usize,
  scale: usize,
  offset: usize,
  y: usize,
  mean: usize,
  variance: usize,
  work: usize,
  rows: i32,
  channels: i32,
  epsilon: f32,
): void {
  sumChannels(x, 0, mean, rows, channels);
  scaleBy(mean, channels, <f32>1 / <f32>rows);
  sumChannels(x, mean, variance, rows, channels);
  scaleBy(variance, channels, <f32>1 / <f32>rows);
  factors(scale, variance, work, channels, epsilon);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < channels; i += 4) {
      const at = <usize>i << 2;
      const lanes = channels - i;
      const centred = f32x4.sub(loadLanes(x + at, lanes), loadLanes(mean + at, lanes));
      storeLanes(y + at, madd(centred, loadLanes(work + at, lanes), loadLanes(offset + at, lanes)), lanes);
    }
    x += <usize>channels << 2;
    y += <usize>channels << 2;
  }
}

/** Σ dy to `plain` and Σ dy · (x − mean) to `weighted`, both [channels]. */
function sumGradients(dy: usize, x: usize, mean: usize, plain: usize, weighted: usize, rows: i32, channels: i32): void {
  const row = <usize>channels << 2;
  const block = blockOf(2 * row);
  memory.fill(plain, 0, row);
  memory.fill(weighted, 0, row);
  for (let first = 0; first < rows; first += block) {
    const count = min(block, rows - first);
    for (let i = 0; i < channels; i += 4) {
      let at = <usize>i << 2;
      const lanes = channels - i;
      const centre = loadLanes(mean + at, lanes);
      const toPlain = plain + at;
      const toWeighted = weighted + at;
      let sum = f32x4.splat(0);
      let product = f32x4.splat(0);
      for (let r = 0; r < count; r++) {
        const d = loadLanes(dy + at, lanes);
        sum = f32x4.add(sum, d);
        product = madd(d, f32x4.sub(loadLanes(x + at, lanes), centre), product);
        at += row;
      }
      addTo(toPlain, sum, lanes);
      addTo(toWeighted, product, lanes);
    }
    dy += <usize>count * row;
    x += <usize>count * row;
  }
}

/**
 * The gradients of {@link batchNorm}, by x (`dx`), scale and offset, given those by y (`dy`), mean and variance. `work`: room for 3 · `channels`
 * floats.
 */
export function batchNormGradient(
  dy: usize,
  dMean: usize,
  dVariance: usize,
  x: usize,
  mean: usize,
  variance: usize,
  scale: usize,
  dx: usize,
  dScale: usize,
  dOffset: usize,
  work: usize,
  rows: i32,
  channels: i32,
  epsilon: f32,
): void {
  const row = <usize>channels << 2;
  sumGradients(dy, x, mean, dOffset, dScale, rows, channels);
  // dx = first · dy + second · (x − mean) + third.
  const second = work + row;
  const third = second + row;
  factors(scale, variance, work, channels, epsilon);
  const share = <f32>1 / <f32>rows;
  for (let i = 0; i < channels; i++) {
    const at = <usize>i << 2;
    const factor = load<f32>(work + at);
    const spread = load<f32>(variance + at) + epsilon;
    const weighted = load<f32>(dScale + at);
    store<f32>(second + at, share * (2 * load<f32>(dVariance + at) - (factor / spread) * weighted));
    store<f32>(third + at, share * (load<f32>(dMean + at) - factor * load<f32>(dOffset + at)));
    store<f32>(dScale + at, weighted / sqrt<f32>(spread));
  }
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < channels; i += 4) {
      const at = <usize>i << 2;
      const lanes = channels - i;
      const centred = f32x4.sub(loadLanes(x + at, lanes), loadLanes(mean + at, lanes));
      const rest = madd(centred, loadLanes(second + at, lanes), loadLanes(third + at, lanes));
      storeLanes(dx + at, madd(loadLanes(dy + at, lanes), loadLanes(work + at, lanes), rest), lanes);
    }
    dy += row;
    x += row;
    dx += row;
  }
}
