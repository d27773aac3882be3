// Styles and demodulation.
import { addRows } from './add-rows';
import { loadLanes, storeLanes, up4, up8 } from './vector';

/** Rows w [wDim], `stride` floats apart: style [n, inputs rounded up to 4] = w · weight + bias, demodulation [n, outputs rounded up to 8] = rsqrt(style² · power + epsilon). */
export function computeStyles(
  w: usize,
  stride: i32,
  weight: usize,
  affineBias: usize,
  power: usize,
  style: usize,
  demodulation: usize,
  batch: i32,
  wDim: i32,
  inputs: i32,
  outputs: i32,
  epsilon: f32,
): void {
  const depth = up4(inputs);
  const columns = up8(outputs);
  for (let n = 0; n < batch; n++) {
    memory.fill(style, 0, <usize>depth << 2);
    addRows(w, weight, style, wDim, inputs, false);
    for (let i = 0; i < inputs; i += 4) {
      const at = style + (<usize>i << 2);
      storeLanes(at, f32x4.add(v128.load(at), loadLanes(affineBias + (<usize>i << 2), inputs - i)), inputs - i);
    }
    memory.fill(demodulation, 0, <usize>columns << 2);
    addRows(style, power, demodulation, inputs, outputs, true);
    for (let o = 0; o < columns; o += 4) {
      const at = demodulation + (<usize>o << 2);
      v128.store(at, f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(v128.load(at), f32x4.splat(epsilon)))));
    }
    w += <usize>stride << 2;
    style += <usize>depth << 2;
    demodulation += <usize>columns << 2;
  }
}
