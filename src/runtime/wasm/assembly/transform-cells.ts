// Kernels of training in Winograd's form, packed for multiplyPacked, and gradients back from it.
import { loadLanes, storeLanes, up4, up8 } from './vector';

/** G of F(4×4, 3×3) down three taps: six vectors at `out`, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function expand(a: v128, b: v128, c: v128, out: usize, step: usize): void {
  const sum = f32x4.mul(f32x4.add(a, c), f32x4.splat(-1.0 / 6.0));
  const odd = f32x4.mul(b, f32x4.splat(-1.0 / 6.0));
  const far = f32x4.add(f32x4.mul(a, f32x4.splat(1.0 / 24.0)), f32x4.mul(c, f32x4.splat(1.0 / 6.0)));
  const half = f32x4.mul(b, f32x4.splat(1.0 / 12.0));
  v128.store(out, f32x4.mul(a, f32x4.splat(0.25)));
  v128.store(out + step, f32x4.add(sum, odd));
  v128.store(out + 2 * step, f32x4.sub(sum, odd));
  v128.store(out + 3 * step, f32x4.add(far, half));
  v128.store(out + 4 * step, f32x4.sub(far, half));
  v128.store(out + 5 * step, c);
}

/** Gᵀ: six vectors `from` apart by `step` to three at `out`, `outStep` apart. */
// @ts-ignore: decorator
@inline
function contract(from: usize, step: usize, out: usize, outStep: usize): void {
  const u1 = v128.load(from + step);
  const u2 = v128.load(from + 2 * step);
  const u3 = v128.load(from + 3 * step);
  const u4 = v128.load(from + 4 * step);
  const near = f32x4.mul(f32x4.add(u1, u2), f32x4.splat(-1.0 / 6.0));
  const far = f32x4.add(u3, u4);
  const first = f32x4.add(f32x4.mul(v128.load(from), f32x4.splat(0.25)), f32x4.mul(far, f32x4.splat(1.0 / 24.0)));
  v128.store(out, f32x4.add(first, near));
  const middle = f32x4.mul(f32x4.sub(u2, u1), f32x4.splat(1.0 / 6.0));
  v128.store(out + outStep, f32x4.add(middle, f32x4.mul(f32x4.sub(u3, u4), f32x4.splat(1.0 / 12.0))));
  v128.store(out + 2 * outStep, f32x4.add(f32x4.add(near, v128.load(from + 5 * step)), f32x4.mul(far, f32x4.splat(1.0 / 6.0))));
}

/** Where tap (y, x) is in a kernel [height, width, inputs, outputs]; 0 for none. */
// @ts-ignore: decorator
@inline
function tapAt(kernel: usize, y: i32, x: i32, height: i32, width: i32, bytes: usize): usize {
  return y < 0 || y >= height || x < 0 || x >= width ? 0 : kernel + <usize>(y * width + x) * bytes;
}

/** Nine pointers to the taps of phase (p, q), cell by cell; turned back to front if told so. */
function findTaps(kernel: usize, height: i32, width: i32, bytes: usize, step: i32, phase: i32, before: i32, across: i32, turned: bool, out: usize): void {
  for (let cell = 0; cell < 9; cell++) {
    const from = turned ? 8 - cell : cell;
    const y = (from / 3) * step + (phase >> 1) - before;
    const x = (from % 3) * step + (phase & 1) - across;
    store<usize>(out + (<usize>cell << 2), tapAt(kernel, y, x, height, width, bytes));
  }
}

/** The 36 positions of four outputs of one input. */
function expandTaps(taps: usize, offset: usize, lanes: i32, scratch: usize, out: usize): void {
  for (let column: usize = 0; column < 12; column += 4) {
    const a = load<usize>(taps + column);
    const b = load<usize>(taps + 12 + column);
    const c = load<usize>(taps + 24 + column);
    const zero = f32x4.splat(0);
    expand(
      a ? loadLanes(a + offset, lanes) : zero,
      b ? loadLanes(b + offset, lanes) : zero,
      c ? loadLanes(c + offset, lanes) : zero,
      scratch + (column << 2),
      48,
    );
  }
  for (let row: usize = 0; row < 6; row++) {
    const at = scratch + row * 48;
    expand(v128.load(at), v128.load(at, 16), v128.load(at, 32), out + row * 96, 16);
  }
}

/** One position of four inputs × four outputs, inputs last. */
// @ts-ignore: decorator
@inline
function storeTurned(from: usize, out: usize, rowBytes: usize): void {
  const a = v128.load(from);
  const b = v128.load(from, 576);
  const c = v128.load(from, 1152);
  const d = v128.load(from, 1728);
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const AB = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const CD = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(out, i64x2.shuffle(ab, cd, 0, 2));
  v128.store(out + rowBytes, i64x2.shuffle(ab, cd, 1, 3));
  v128.store(out + 2 * rowBytes, i64x2.shuffle(AB, CD, 0, 2));
  v128.store(out + 3 * rowBytes, i64x2.shuffle(AB, CD, 1, 3));
}

/**
 * kernel [height, width, inputs, outputs] to [36, columns / 8, depth, 8]. Forward, the depth has the inputs of every phase (each rounded up to 4)
 * and the columns the outputs; turned, the depth has the outputs and the columns the inputs of every phase. `before` and `across`: empty taps
 * before the first. `work`: 4 KiB.
 */
export function transformCells(
  kernel: usize,
  out: usize,
  height: i32,
  width: i32,
  inputs: i32,
  outputs: i32,
  step: i32,
  before: i32,
  across: i32,
  turned: bool,
  work: usize,
): void {
  const phases = step * step;
  const deep = phases * up4(inputs);
  const depth = turned ? up4(outputs) : deep;
  const columns = up8(turned ? deep : up4(outputs));
  const matrix = <usize>(depth * columns) << 2;
  if (inputs & 3 || columns != (turned ? deep : outputs)) memory.fill(out, 0, 36 * matrix);
  const bytes = <usize>(inputs * outputs) << 2;
  const taps = work;
  const scratch = work + 64;
  const values = work + 512;
  for (let phase = 0; phase < phases; phase++) {
    findTaps(kernel, height, width, bytes, step, phase, before, across, turned, taps);
    for (let i = 0; i < inputs; i += 4) {
      const lanes = min(4, inputs - i);
      const at = phase * up4(inputs) + i;
      for (let o = 0; o < outputs; o += 4) {
        if (lanes < 4) memory.fill(values, 0, 2304);
        for (let k = 0; k < lanes; k++) {
          expandTaps(taps, <usize>((i + k) * outputs + o) << 2, outputs - o, scratch, values + <usize>k * 576);
        }
        if (turned) {
          let to = out + (<usize>((at >> 3) * depth + o) << 5) + (<usize>(at & 7) << 2);
          for (let p: usize = 0; p < 36; p++) {
            storeTurned(values + (p << 4), to, 32);
            to += matrix;
          }
        } else {
          for (let k = 0; k < lanes; k++) {
            let to = out + (<usize>((o >> 3) * depth + at + k) << 5) + (<usize>(o & 7) << 2);
            for (let p: usize = 0; p < 36; p++) {
              v128.store(to, v128.load(values + <usize>k * 576 + (p << 4)));
              to += matrix;
            }
          }
        }
      }
    }
  }
}

/** Sums [36, depth, columns] to a kernel [height, width, inputs, outputs]. `work`: 4 KiB. */
export function contractCells(
  sums: usize,
  kernel: usize,
  height: i32,
  width: i32,
  inputs: i32,
  outputs: i32,
  step: i32,
  before: i32,
  across: i32,
  work: usize,
): void {
  const phases = step * step;
  const columns = up8(up4(outputs));
  const matrix = <usize>(phases * up4(inputs) * columns) << 2;
  const bytes = <usize>(inputs * outputs) << 2;
  const half = work + 64;
  const cells = work + 512;
  for (let phase = 0; phase < phases; phase++) {
    findTaps(kernel, height, width, bytes, step, phase, before, across, false, work);
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o += 4) {
        const from = sums + (<usize>((phase * up4(inputs) + i) * columns + o) << 2);
        // Down the rows first: [3 rows, 6 columns].
        for (let s: usize = 0; s < 6; s++) contract(from + s * matrix, 6 * matrix, half + (s << 4), 96);
        for (let r: usize = 0; r < 3; r++) contract(half + r * 96, 16, cells + r * 48, 16);
        for (let cell: usize = 0; cell < 9; cell++) {
          const to = load<usize>(work + (cell << 2));
          if (to) storeLanes(to + (<usize>(i * outputs + o) << 2), v128.load(cells + (cell << 4)), outputs - o);
        }
      }
    }
  }
}
