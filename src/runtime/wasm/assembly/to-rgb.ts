// A layer to colours: a modulated 1×1 convolution, and the picture so far, doubled, added to it.
import { loadLanes, madd, sumLanes, up4 } from './vector';

/** style ⊙ kernel [inputs, 3] as three rows of inputs rounded up to 4. */
function styleKernel(style: usize, kernel: usize, out: usize, inputs: i32): void {
  const depth = up4(inputs);
  memory.fill(out, 0, <usize>(3 * depth) << 2);
  for (let i = 0; i < inputs; i++) {
    const factor = load<f32>(style + (<usize>i << 2));
    for (let c = 0; c < 3; c++) {
      store<f32>(out + (<usize>(c * depth + i) << 2), factor * load<f32>(kernel + (<usize>(i * 3 + c) << 2)));
    }
  }
}

/**
 * Row `y` of an image [half, half, 3], doubled bilinearly with zeros outside, before it is doubled along the row: out [half + 2, 3] with a pixel of
 * zeros at either end.
 */
function blendRows(image: usize, out: usize, y: i32, half: i32): void {
  const line = half * 3;
  const near = y >> 1;
  const far = y & 1 ? near + 1 : near - 1;
  const isInside = far >= 0 && far < half;
  const a = image + (<usize>(near * line) << 2);
  const b = image + (<usize>(far * line) << 2);
  memory.fill(out, 0, 12);
  for (let i = 0; i < line; i++) {
    const other: f32 = isInside ? load<f32>(b + (<usize>i << 2)) : 0;
    store<f32>(out + 12 + (<usize>i << 2), load<f32>(a + (<usize>i << 2)) * 0.75 + other * 0.25);
  }
  memory.fill(out + 12 + (<usize>line << 2), 0, 12);
}

/**
 * Rows [first, end) of all pictures of y [n, size, size, 3]. x [n, size, size, inputs], style [n, inputs rounded up to 4], kernel [inputs, 3], bias
 * [3], image [n, size / 2, size / 2, 3] or 0. scratch: 3 · inputs rounded up to 4, and (size / 2 + 2) · 3 floats.
 */
export function toRgbRows(
  x: usize,
  style: usize,
  kernel: usize,
  bias: usize,
  image: usize,
  y: usize,
  scratch: usize,
  size: i32,
  inputs: i32,
  limit: f32,
  first: i32,
  end: i32,
): void {
  const depth = up4(inputs);
  const line = scratch + (<usize>(3 * depth) << 2);
  const half = size >> 1;
  const red = scratch;
  const green = red + (<usize>depth << 2);
  const blue = green + (<usize>depth << 2);
  let styled = -1;
  for (let row = first; row < end; row++) {
    const picture = row / size;
    if (picture != styled) styleKernel(style + (<usize>(picture * depth) << 2), kernel, scratch, inputs);
    styled = picture;
    const down = row % size;
    if (image) blendRows(image + (<usize>(picture * half * half * 3) << 2), line, down, half);
    let from = x + (<usize>(row * size * inputs) << 2);
    let to = y + (<usize>(row * size * 3) << 2);
    for (let across = 0; across < size; across++) {
      let r = f32x4.splat(0);
      let g = r;
      let b = r;
      for (let i = 0; i < inputs; i += 4) {
        const at = <usize>i << 2;
        const value = loadLanes(from + at, inputs - i);
        r = madd(value, v128.load(red + at), r);
        g = madd(value, v128.load(green + at), g);
        b = madd(value, v128.load(blue + at), b);
      }
      storeColour(to, sumLanes(r), bias, limit);
      storeColour(to + 4, sumLanes(g), bias + 4, limit);
      storeColour(to + 8, sumLanes(b), bias + 8, limit);
      if (image) addDoubled(to, line, across);
      from += <usize>inputs << 2;
      to += 12;
    }
  }
}

// @ts-ignore: decorator
@inline
function storeColour(to: usize, sum: f32, bias: usize, limit: f32): void {
  store<f32>(to, max(min(sum + load<f32>(bias), limit), -limit));
}

/** Adds pixel `across` of the doubled line. */
// @ts-ignore: decorator
@inline
function addDoubled(to: usize, line: usize, across: i32): void {
  const near = line + <usize>((across >> 1) + 1) * 12;
  const far = across & 1 ? near + 12 : near - 12;
  for (let c: usize = 0; c < 12; c += 4) {
    store<f32>(to + c, load<f32>(to + c) + (load<f32>(near + c) * 0.75 + load<f32>(far + c) * 0.25));
  }
}
