// Kernels in Winograd's form, packed for multiplyPacked.
import { FORM_TILES_2, FORM_TILES_4 } from './synthesis-layer';
import { up4, up8 } from './vector';

/** Writes value (input i, output o) of matrix `position` into the packed form. */
// @ts-ignore: decorator
@inline
function pack(out: usize, position: i32, depth: i32, columns: i32, i: i32, o: i32, value: f32): void {
  const at = ((position * (columns >> 3) + (o >> 3)) * depth + i) * 8 + (o & 7);
  store<f32>(out + (<usize>at << 2), value);
}

/** Rows of G for tiles of 4 (points 0, 1, −1, 2, −2, ∞): what row `r` gives for taps a, b, c. */
// @ts-ignore: decorator
@inline
function tap4(r: i32, a: f32, b: f32, c: f32): f32 {
  if (r == 0) return a * 0.25;
  if (r == 1) return (a + b + c) * (-1.0 / 6.0);
  if (r == 2) return (a - b + c) * (-1.0 / 6.0);
  if (r == 3) return a * (1.0 / 24.0) + b * (1.0 / 12.0) + c * (1.0 / 6.0);
  if (r == 4) return a * (1.0 / 24.0) - b * (1.0 / 12.0) + c * (1.0 / 6.0);
  return c;
}

/** The same for tiles of 2 (points 0, 1, −1, ∞). */
// @ts-ignore: decorator
@inline
function tap2(r: i32, a: f32, b: f32, c: f32): f32 {
  if (r == 0) return a;
  if (r == 1) return (a + b + c) * 0.5;
  if (r == 2) return (a - b + c) * 0.5;
  return c;
}

/** The same for upsampling: the even phase's taps c and a by F(2, 2), and the odd phase's b. */
// @ts-ignore: decorator
@inline
function tapUp(r: i32, a: f32, b: f32, c: f32): f32 {
  if (r == 0) return c;
  if (r == 1) return a + c;
  if (r == 2) return a;
  return b;
}

// @ts-ignore: decorator
@inline
function tap(form: i32, r: i32, a: f32, b: f32, c: f32): f32 {
  return form == FORM_TILES_4 ? tap4(r, a, b, c) : form == FORM_TILES_2 ? tap2(r, a, b, c) : tapUp(r, a, b, c);
}

/** kernel [3, 3, inputs, outputs] to [points², outputs / 8, inputs, 8], channels rounded up to 4 and 8; zeros fill up. 6, 4 or 4 points an axis. */
export function transformKernel(kernel: usize, out: usize, form: i32, inputs: i32, outputs: i32): void {
  const points = form == FORM_TILES_4 ? 6 : 4;
  const depth = up4(inputs);
  const columns = up8(outputs);
  memory.fill(out, 0, <usize>(points * points * depth * columns) << 2);
  const tapStride = <usize>(inputs * outputs) << 2;
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o++) {
      const p = kernel + (<usize>(i * outputs + o) << 2);
      for (let r = 0; r < points; r++) {
        // The rows first.
        const a = tap(form, r, load<f32>(p), load<f32>(p + 3 * tapStride), load<f32>(p + 6 * tapStride));
        const b = tap(form, r, load<f32>(p + tapStride), load<f32>(p + 4 * tapStride), load<f32>(p + 7 * tapStride));
        const c = tap(form, r, load<f32>(p + 2 * tapStride), load<f32>(p + 5 * tapStride), load<f32>(p + 8 * tapStride));
        for (let s = 0; s < points; s++) pack(out, r * points + s, depth, columns, i, o, tap(form, s, a, b, c));
      }
    }
  }
}
