// The gradient of a convolution by its kernel, in Winograd's form: for each position a matrix product over all tiles.
import { countTiles, transformWindows } from './convolve-tiles';
import { positionStride } from './synthesis-layer';
import { Convolution, findCells, tilesOf } from './training-convolution';
import { gatherLast } from './transform-tiles';
import { madd, up4, up8 } from './vector';

/** A of F(4×4, 3×3) down four pixels: six vectors at `out`, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function expand(a: v128, b: v128, c: v128, d: v128, out: usize, step: usize): void {
  const even = f32x4.add(a, c);
  const odd = f32x4.add(b, d);
  const evenFar = madd(c, f32x4.splat(4), a);
  const oddFar = madd(d, f32x4.splat(8), f32x4.add(b, b));
  v128.store(out, a);
  v128.store(out + step, f32x4.add(even, odd));
  v128.store(out + 2 * step, f32x4.sub(even, odd));
  v128.store(out + 3 * step, f32x4.add(evenFar, oddFar));
  v128.store(out + 4 * step, f32x4.sub(evenFar, oddFar));
  v128.store(out + 5 * step, d);
}

// @ts-ignore: decorator
@inline
function pixel(pointers: usize, index: usize, offset: usize): v128 {
  return v128.load(load<usize>(pointers + (index << 2)) + offset);
}

/** Tiles of dy in Winograd's form: m [36, columns / 8, count, 8]. */
function transformGradients(c: Convolution, first: i32, count: i32, m: usize, step: usize, work: usize): void {
  const across = tilesOf(c.yWidth, 1);
  const perPicture = across * tilesOf(c.yHeight, 1);
  const bytes = <usize>c.yChannels << 2;
  const rows = work + 1280;
  for (let t = 0; t < count; t++) {
    const tile = (first + t) % perPicture;
    const image = c.y + <usize>((((first + t) / perPicture) * c.yHeight) * c.yWidth) * bytes;
    findCells(image, c.yHeight, c.yWidth, bytes, 1, 0, 0, (tile / across) * 4, (tile % across) * 4, 4, c.zeros, work);
    for (let o = 0; o < c.yChannels; o += 4) {
      let pointers = work;
      let offset = <usize>o << 2;
      if (o + 4 > c.yChannels) {
        gatherLast(work, 16, offset, c.yChannels - o, work + 512, work + 256);
        pointers = work + 256;
        offset = 0;
      }
      for (let s: usize = 0; s < 4; s++) {
        const below = pixel(pointers, 8 + s, offset);
        expand(pixel(pointers, s, offset), pixel(pointers, 4 + s, offset), below, pixel(pointers, 12 + s, offset), rows + (s << 4), 64);
      }
      let out = m + (<usize>((o >> 3) * count + t) << 5) + (<usize>(o & 7) << 2);
      for (let r: usize = 0; r < 6; r++) {
        const at = rows + (r << 6);
        expand(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), out, step);
        out += 6 * step;
      }
    }
  }
}

/** 4 inputs × 8 outputs of sums += vᵀ · m over `count` tiles. */
// @ts-ignore: decorator
@inline
function addBlock(v: usize, m: usize, sums: usize, row: usize, count: i32): void {
  let a0 = v128.load(sums);
  let b0 = v128.load(sums, 16);
  let a1 = v128.load(sums + row);
  let b1 = v128.load(sums + row, 16);
  let a2 = v128.load(sums + 2 * row);
  let b2 = v128.load(sums + 2 * row, 16);
  let a3 = v128.load(sums + 3 * row);
  let b3 = v128.load(sums + 3 * row, 16);
  for (let t = 0; t < count; t++) {
    const ma = v128.load(m);
    const mb = v128.load(m, 16);
    const v0 = v128.load32_splat(v);
    a0 = madd(v0, ma, a0);
    b0 = madd(v0, mb, b0);
    const v1 = v128.load32_splat(v, 4);
    a1 = madd(v1, ma, a1);
    b1 = madd(v1, mb, b1);
    const v2 = v128.load32_splat(v, 8);
    a2 = madd(v2, ma, a2);
    b2 = madd(v2, mb, b2);
    const v3 = v128.load32_splat(v, 12);
    a3 = madd(v3, ma, a3);
    b3 = madd(v3, mb, b3);
    v += 16;
    m += 32;
  }
  v128.store(sums, a0);
  v128.store(sums, b0, 16);
  v128.store(sums + row, a1);
  v128.store(sums + row, b1, 16);
  v128.store(sums + 2 * row, a2);
  v128.store(sums + 2 * row, b2, 16);
  v128.store(sums + 3 * row, a3);
  v128.store(sums + 3 * row, b3, 16);
}

/** Adds all tiles up into `kernel` [36, depth, columns], which it overwrites. */
export function sumTiles(pointer: usize, scratch: usize): void {
  const c = changetype<Convolution>(pointer);
  const all = countTiles(pointer);
  const depth = c.xStep * c.xStep * up4(c.xChannels);
  const columns = up8(up4(c.yChannels));
  const row = <usize>columns << 2;
  const matrix = <usize>depth * row;
  memory.fill(c.kernel, 0, 36 * matrix);
  const v = scratch + 4096;
  const m = v + 36 * positionStride(c.tiles, depth);
  for (let start = 0; start < all; start += c.tiles) {
    const count = min(c.tiles, all - start);
    const vStep = positionStride(count, depth);
    const mStep = positionStride(count, columns);
    transformWindows(c, start, count, v, vStep, 16, <usize>count << 4, scratch);
    transformGradients(c, start, count, m, mStep, scratch);
    for (let p: usize = 0; p < 36; p++) {
      const sums = c.kernel + p * matrix;
      for (let o: usize = 0; o < <usize>columns; o += 8) {
        const panel = m + p * mStep + o * (<usize>count << 2);
        for (let i: usize = 0; i < <usize>depth; i += 4) {
          addBlock(v + p * vStep + i * (<usize>count << 2), panel, sums + i * row + (o << 2), row, count);
        }
      }
    }
  }
}
