// The second stage of an upsampling layer: the filter, and all that follows.
import { finish, Layer } from './synthesis-layer';
import { madd, storeLanes, up8 } from './vector';

/** u[q − 1] + 3 u[q] + 3 u[q + 1] + u[q + 2]: the binomial filter, times 8. */
// @ts-ignore: decorator
@inline
function binomial(a: v128, b: v128, c: v128, d: v128): v128 {
  return madd(f32x4.add(b, c), f32x4.splat(3), f32x4.add(a, d));
}

/** The second stage of upsampling, for rows [first, end) of all pictures: the filter [1, 3, 3, 1] both ways with gain 4, then the finish. */
export function filterRows(pointer: usize, scratch: usize, first: i32, end: i32): void {
  const layer = changetype<Layer>(pointer);
  const high = 2 * layer.height;
  const wide = 2 * layer.width;
  const outputs = layer.outputs;
  const columns = up8(outputs);
  const pixel = <usize>columns << 2;
  const line = <usize>(wide + 1) * pixel;
  const slope = f32x4.splat(layer.slope);
  const limit = f32x4.splat(layer.limit);
  const sixteenth = f32x4.splat(1.0 / 16.0);
  // A row that is filtered downwards, one pixel of zeros before it and one after it.
  memory.fill(scratch, 0, pixel);
  const row = scratch + pixel;
  memory.fill(row + line, 0, pixel);
  for (let index = first; index < end; index++) {
    const picture = index / high;
    const q = index % high;
    const plane = layer.plane + <usize>(picture * (high + 1)) * line + <usize>q * line;
    const isTop = q == 0;
    const isLast = q + 2 > high;
    for (let at: usize = 0; at < line; at += 16) {
      const above = isTop ? f32x4.splat(0) : v128.load(plane - line + at);
      const below = isLast ? f32x4.splat(0) : v128.load(plane + 2 * line + at);
      v128.store(row + at, binomial(above, v128.load(plane + at), v128.load(plane + line + at), below));
    }
    const demodulation = layer.demodulation + <usize>picture * pixel;
    const noise = layer.noise ? layer.noise + <usize>picture * layer.noiseImage + (<usize>(q * wide) << 2) : 0;
    const y = layer.y + (<usize>(index * wide * outputs) << 2);
    for (let o = 0; o < outputs; o += 4) {
      const offset = <usize>o << 2;
      const factor = f32x4.mul(v128.load(demodulation + offset), sixteenth);
      const bias = v128.load(layer.bias + offset);
      let from = row + offset;
      let a = v128.load(from - pixel);
      let b = v128.load(from);
      let c = v128.load(from + pixel);
      for (let x = 0; x < wide; x++) {
        const d = v128.load(from + 2 * pixel);
        const field = noise ? v128.load32_splat(noise + (<usize>x << 2)) : f32x4.splat(0);
        const value = finish(binomial(a, b, c, d), factor, field, bias, slope, limit);
        storeLanes(y + (<usize>(x * outputs) << 2) + offset, value, outputs - o);
        a = b;
        b = c;
        c = d;
        from += pixel;
      }
    }
  }
}
