// The filter [1, 3, 3, 1] / 8 both ways with every second pixel kept, and its transpose, which is its gradient.
import { loadLanes, madd, storeLanes } from './vector';

/** Bytes of zeros at either end of the row of scratch. */
// @ts-ignore: decorator
@inline
function rimOf(channels: i32): usize {
  return (<usize>channels << 2) + 16;
}

/** a + 3 b + 3 c + d, of `count` floats, where a and d may be 0: left out. */
function addRows(a: usize, b: usize, c: usize, d: usize, out: usize, count: i32): void {
  const three = f32x4.splat(3);
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2;
    const lanes = count - i;
    let sum = f32x4.mul(f32x4.add(loadLanes(b + at, lanes), loadLanes(c + at, lanes)), three);
    if (a) sum = f32x4.add(sum, loadLanes(a + at, lanes));
    if (d) sum = f32x4.add(sum, loadLanes(d + at, lanes));
    storeLanes(out + at, sum, lanes);
  }
}

/** x [batch, 2 · height, 2 · width, channels] to y [batch, height, width, channels]. `work`: a row of x, and 2 · channels + 8 floats. */
export function halve(x: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, work: usize): void {
  const pixel = <usize>channels << 2;
  const count = 2 * width * channels;
  const line = <usize>count << 2;
  const row = work + rimOf(channels);
  memory.fill(work, 0, rimOf(channels));
  memory.fill(row + line, 0, rimOf(channels));
  const share = f32x4.splat(1.0 / 64.0);
  const triple = f32x4.splat(3.0 / 64.0);
  for (let r = 0; r < batch * height; r++) {
    const inner = r % height;
    const top = x + 2 * <usize>r * line;
    addRows(inner > 0 ? top - line : 0, top, top + line, inner + 1 < height ? top + 2 * line : 0, row, count);
    let from = row - pixel;
    for (let column = 0; column < width; column++) {
      for (let i = 0; i < channels; i += 4) {
        const at = from + (<usize>i << 2);
        const lanes = channels - i;
        const outer = f32x4.add(loadLanes(at, lanes), loadLanes(at + 3 * pixel, lanes));
        const middle = f32x4.add(loadLanes(at + pixel, lanes), loadLanes(at + 2 * pixel, lanes));
        storeLanes(y + (<usize>i << 2), madd(middle, triple, f32x4.mul(outer, share)), lanes);
      }
      from += 2 * pixel;
      y += pixel;
    }
  }
}

/** 3 · near + far, of `count` floats, where far may be 0: left out. */
function blendRows(near: usize, far: usize, out: usize, count: i32): void {
  const three = f32x4.splat(3);
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2;
    const lanes = count - i;
    const sum = f32x4.mul(loadLanes(near + at, lanes), three);
    storeLanes(out + at, far ? f32x4.add(sum, loadLanes(far + at, lanes)) : sum, lanes);
  }
}

/** The transpose: y [batch, height, width, channels] to x [batch, 2 · height, 2 · width, channels]. `work`: a row of y, and 2 · channels + 8 floats. */
export function double(y: usize, x: usize, batch: i32, height: i32, width: i32, channels: i32, work: usize): void {
  const pixel = <usize>channels << 2;
  const count = width * channels;
  const line = <usize>count << 2;
  const row = work + rimOf(channels);
  memory.fill(work, 0, rimOf(channels));
  memory.fill(row + line, 0, rimOf(channels));
  const share = f32x4.splat(1.0 / 64.0);
  const triple = f32x4.splat(3.0 / 64.0);
  for (let r = 0; r < 2 * batch * height; r++) {
    const inner = r % (2 * height);
    const near = y + <usize>(r >> 1) * line;
    let far: usize = 0;
    if (inner & 1) far = inner + 1 < 2 * height ? near + line : 0;
    else if (inner > 0) far = near - line;
    blendRows(near, far, row, count);
    let from = row;
    for (let column = 0; column < width; column++) {
      for (let i = 0; i < channels; i += 4) {
        const at = from + (<usize>i << 2);
        const lanes = channels - i;
        const middle = f32x4.mul(loadLanes(at, lanes), triple);
        storeLanes(x + (<usize>i << 2), madd(loadLanes(at - pixel, lanes), share, middle), lanes);
        storeLanes(x + pixel + (<usize>i << 2), madd(loadLanes(at + pixel, lanes), share, middle), lanes);
      }
      from += pixel;
      x += 2 * pixel;
    }
  }
}
