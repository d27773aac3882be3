// Winograd's transforms of one tile, four channels at a time: a window of inputs to positions, and positions to outputs.
import { Layer } from './synthesis-layer';
import { loadLanes, madd } from './vector';

/** Where the pixels of a window are, `side`² pointers row by row; zeros for what lies outside. */
// @ts-ignore: decorator
@inline
export function findWindow(layer: Layer, image: usize, top: i32, left: i32, side: i32, pointers: usize): void {
  const pixel = <usize>layer.inputs << 2;
  for (let r = 0; r < side; r++) {
    const y = top + r;
    for (let c = 0; c < side; c++) {
      const x = left + c;
      const inside = y >= 0 && y < layer.height && x >= 0 && x < layer.width;
      store<usize>(pointers, inside ? image + <usize>(y * layer.width + x) * pixel : layer.zeros);
      pointers += 4;
    }
  }
}

/** Four channels of a pixel, styled. */
// @ts-ignore: decorator
@inline
export function pixelAt(pointers: usize, index: i32, offset: usize, style: v128): v128 {
  return f32x4.mul(v128.load(load<usize>(pointers + (<usize>index << 2)) + offset), style);
}

/** The last channels of a window, fewer than four: copies them with zeros after them, and points to the copies. */
export function gatherLast(pointers: usize, count: i32, offset: usize, lanes: i32, values: usize, copies: usize): void {
  for (let index = 0; index < count; index++) {
    v128.store(values, loadLanes(load<usize>(pointers) + offset, lanes));
    store<usize>(copies, values);
    pointers += 4;
    copies += 4;
    values += 16;
  }
}

/** Bᵀ for tiles of 4, down a column of six at stride `step`. */
// @ts-ignore: decorator
@inline
export function input4(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, out: usize, step: usize): void {
  const two = f32x4.splat(2);
  const four = f32x4.splat(4);
  const minus5 = f32x4.splat(-5);
  const p = f32x4.sub(d4, f32x4.mul(d2, four));
  const q = f32x4.sub(d3, f32x4.mul(d1, four));
  const r = f32x4.sub(d4, d2);
  const s = f32x4.mul(f32x4.sub(d3, d1), two);
  v128.store(out, f32x4.add(madd(d2, minus5, d4), f32x4.mul(d0, four)));
  v128.store(out + step, f32x4.add(p, q));
  v128.store(out + 2 * step, f32x4.sub(p, q));
  v128.store(out + 3 * step, f32x4.add(r, s));
  v128.store(out + 4 * step, f32x4.sub(r, s));
  v128.store(out + 5 * step, f32x4.add(madd(d3, minus5, d5), f32x4.mul(d1, four)));
}

/** Bᵀ for tiles of 2. */
// @ts-ignore: decorator
@inline
export function input2(d0: v128, d1: v128, d2: v128, d3: v128, out: usize, step: usize): void {
  v128.store(out, f32x4.sub(d0, d2));
  v128.store(out + step, f32x4.add(d1, d2));
  v128.store(out + 2 * step, f32x4.sub(d2, d1));
  v128.store(out + 3 * step, f32x4.sub(d3, d1));
}

export function transformInput4(pointers: usize, scratch: usize, v: usize, step: usize, offset: usize, style: v128): void {
  for (let c = 0; c < 6; c++) {
    input4(
      pixelAt(pointers, c, offset, style),
      pixelAt(pointers, 6 + c, offset, style),
      pixelAt(pointers, 12 + c, offset, style),
      pixelAt(pointers, 18 + c, offset, style),
      pixelAt(pointers, 24 + c, offset, style),
      pixelAt(pointers, 30 + c, offset, style),
      scratch + (<usize>c << 4),
      96,
    );
  }
  for (let r = 0; r < 6; r++) {
    const d3 = v128.load(scratch, 48);
    const d4 = v128.load(scratch, 64);
    input4(v128.load(scratch), v128.load(scratch, 16), v128.load(scratch, 32), d3, d4, v128.load(scratch, 80), v, step);
    scratch += 96;
    v += 6 * step;
  }
}

export function transformInput2(pointers: usize, scratch: usize, v: usize, step: usize, offset: usize, style: v128): void {
  for (let c = 0; c < 4; c++) {
    input2(
      pixelAt(pointers, c, offset, style),
      pixelAt(pointers, 4 + c, offset, style),
      pixelAt(pointers, 8 + c, offset, style),
      pixelAt(pointers, 12 + c, offset, style),
      scratch + (<usize>c << 4),
      64,
    );
  }
  for (let r = 0; r < 4; r++) {
    input2(v128.load(scratch), v128.load(scratch, 16), v128.load(scratch, 32), v128.load(scratch, 48), v, step);
    scratch += 64;
    v += 4 * step;
  }
}

/** For upsampling an axis has d0 − d1, d1, d1 − d2 for the even phase, and d1, d2 for the odd one: four different values. */
// @ts-ignore: decorator
@inline
export function inputUp(d0: v128, d1: v128, d2: v128, out: usize, step: usize): void {
  v128.store(out, f32x4.sub(d0, d1));
  v128.store(out + step, d1);
  v128.store(out + 2 * step, f32x4.sub(d1, d2));
  v128.store(out + 3 * step, d2);
}

export function transformInputUp(pointers: usize, scratch: usize, v: usize, step: usize, offset: usize, style: v128): void {
  for (let c = 0; c < 3; c++) {
    inputUp(
      pixelAt(pointers, c, offset, style),
      pixelAt(pointers, 3 + c, offset, style),
      pixelAt(pointers, 6 + c, offset, style),
      scratch + (<usize>c << 4),
      48,
    );
  }
  for (let r = 0; r < 4; r++) {
    inputUp(v128.load(scratch), v128.load(scratch, 16), v128.load(scratch, 32), v, step);
    scratch += 48;
    v += 4 * step;
  }
}

/** Aᵀ for tiles of 4. */
// @ts-ignore: decorator
@inline
export function output4(m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128, out: usize, step: usize): void {
  const p = f32x4.add(m1, m2);
  const q = f32x4.sub(m1, m2);
  const r = f32x4.add(m3, m4);
  const s = f32x4.sub(m3, m4);
  const s2 = f32x4.add(s, s);
  v128.store(out, f32x4.add(f32x4.add(m0, p), r));
  v128.store(out + step, f32x4.add(q, s2));
  v128.store(out + 2 * step, madd(r, f32x4.splat(4), p));
  v128.store(out + 3 * step, f32x4.add(madd(s2, f32x4.splat(4), q), m5));
}

/** 36 vectors at `m` to 16 at `out`, row by row. */
// @ts-ignore: decorator
@inline
export function transformOutput4(m: usize, step: usize, scratch: usize, out: usize): void {
  for (let c = 0; c < 6; c++) {
    const p = m + <usize>c * step;
    output4(
      v128.load(p),
      v128.load(p + 6 * step),
      v128.load(p + 12 * step),
      v128.load(p + 18 * step),
      v128.load(p + 24 * step),
      v128.load(p + 30 * step),
      scratch + (<usize>c << 4),
      96,
    );
  }
  for (let r = 0; r < 4; r++) {
    const m3 = v128.load(scratch, 48);
    const m4 = v128.load(scratch, 64);
    output4(v128.load(scratch), v128.load(scratch, 16), v128.load(scratch, 32), m3, m4, v128.load(scratch, 80), out, 16);
    scratch += 96;
    out += 64;
  }
}

/** Aᵀ for tiles of 2. */
// @ts-ignore: decorator
@inline
export function output2(m0: v128, m1: v128, m2: v128, m3: v128, out: usize, step: usize): void {
  v128.store(out, f32x4.add(f32x4.add(m0, m1), m2));
  v128.store(out + step, f32x4.add(f32x4.sub(m1, m2), m3));
}

/** 16 vectors at `m` to 4 at `out`. */
// @ts-ignore: decorator
@inline
export function transformOutput2(m: usize, step: usize, scratch: usize, out: usize): void {
  for (let c = 0; c < 4; c++) {
    const p = m + <usize>c * step;
    output2(v128.load(p), v128.load(p + 4 * step), v128.load(p + 8 * step), v128.load(p + 12 * step), scratch + (<usize>c << 4), 64);
  }
  for (let r = 0; r < 2; r++) {
    output2(v128.load(scratch), v128.load(scratch, 16), v128.load(scratch, 32), v128.load(scratch, 48), out, 16);
    scratch += 64;
    out += 32;
  }
}

/** For upsampling: even, odd, even, odd. */
// @ts-ignore: decorator
@inline
export function outputUp(m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, out: usize, step: usize): void {
  v128.store(out, f32x4.add(m0, m1));
  v128.store(out + step, m3);
  v128.store(out + 2 * step, f32x4.sub(m1, m2));
  v128.store(out + 3 * step, m4);
}

/** 25 vectors at `m` to 16 at `out`. */
// @ts-ignore: decorator
@inline
export function transformOutputUp(m: usize, step: usize, scratch: usize, out: usize): void {
  for (let c = 0; c < 5; c++) {
    const p = m + <usize>c * step;
    const m4 = v128.load(p + 20 * step);
    outputUp(v128.load(p), v128.load(p + 5 * step), v128.load(p + 10 * step), v128.load(p + 15 * step), m4, scratch + (<usize>c << 4), 80);
  }
  for (let r = 0; r < 4; r++) {
    const m4 = v128.load(scratch, 64);
    outputUp(v128.load(scratch), v128.load(scratch, 16), v128.load(scratch, 32), v128.load(scratch, 48), m4, out, 16);
    scratch += 80;
    out += 64;
  }
}
