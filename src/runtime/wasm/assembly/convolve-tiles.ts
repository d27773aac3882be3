// A convolution, or its gradient by the input, which is one by the turned kernel.
import { multiplyPacked } from './multiply-packed';
import { positionStride } from './synthesis-layer';
import { Convolution, findCells, tilesOf } from './training-convolution';
import { gatherLast, transformInput4, transformOutput4 } from './transform-tiles';
import { storeLanes, up4, up8 } from './vector';

/** Tiles of all pictures. */
export function countTiles(pointer: usize): i32 {
  const c = changetype<Convolution>(pointer);
  return c.batch * tilesOf(c.yHeight, c.yStep) * tilesOf(c.yWidth, c.yStep);
}

/**
 * Windows of tiles [first, first + count) in Winograd's form. `tileBytes` from tile to tile, `quadBytes` from one four of channels to the next.
 * `work`: 2 KiB.
 */
export function transformWindows(c: Convolution, first: i32, count: i32, v: usize, step: usize, tileBytes: usize, quadBytes: usize, work: usize): void {
  const across = tilesOf(c.yWidth, c.yStep);
  const perPicture = across * tilesOf(c.yHeight, c.yStep);
  const pixel = <usize>c.xChannels << 2;
  const quads = up4(c.xChannels) >> 2;
  const one = f32x4.splat(1);
  for (let t = 0; t < count; t++) {
    const tile = (first + t) % perPicture;
    const image = c.x + <usize>((((first + t) / perPicture) * c.xHeight) * c.xWidth) * pixel;
    const row = (tile / across) * 4 - c.top;
    const column = (tile % across) * 4 - c.left;
    let out = v + <usize>t * tileBytes;
    for (let phase = 0; phase < c.xStep * c.xStep; phase++) {
      findCells(image, c.xHeight, c.xWidth, pixel, c.xStep, phase >> 1, phase & 1, row, column, 6, c.zeros, work);
      for (let quad = 0; quad < quads; quad++) {
        let pointers = work;
        let offset = <usize>quad << 4;
        if (4 * quad + 4 > c.xChannels) {
          gatherLast(work, 36, offset, c.xChannels - 4 * quad, work + 512, work + 256);
          pointers = work + 256;
          offset = 0;
        }
        transformInput4(pointers, work + 1280, out, step, offset, one);
        out += quadBytes;
      }
    }
  }
}

/** Products back to pixels. */
function writeTiles(c: Convolution, first: i32, count: i32, m: usize, step: usize, columns: i32, work: usize): void {
  const across = tilesOf(c.yWidth, c.yStep);
  const perPicture = across * tilesOf(c.yHeight, c.yStep);
  const pixel = <usize>c.yChannels << 2;
  const deep = up4(c.yChannels);
  const tileAt = work + 1024;
  for (let t = 0; t < count; t++) {
    const tile = (first + t) % perPicture;
    const image = c.y + <usize>((((first + t) / perPicture) * c.yHeight) * c.yWidth) * pixel;
    for (let phase = 0; phase < c.yStep * c.yStep; phase++) {
      const y = (tile / across) * 4 * c.yStep + (phase >> 1);
      const x = (tile % across) * 4 * c.yStep + (phase & 1);
      for (let o = 0; o < c.yChannels; o += 4) {
        transformOutput4(m + (<usize>(t * columns + phase * deep + o) << 2), step, work, tileAt);
        for (let r = 0; r < 4; r++) {
          const down = y + r * c.yStep;
          if (down >= c.yHeight) break;
          let to = image + <usize>(down * c.yWidth + x) * pixel + (<usize>o << 2);
          for (let s = 0; s < 4; s++) {
            if (x + s * c.yStep >= c.yWidth) break;
            storeLanes(to, v128.load(tileAt + (<usize>(4 * r + s) << 4)), c.yChannels - o);
            to += <usize>c.yStep * pixel;
          }
        }
      }
    }
  }
}

/** Bytes of scratch that a thread needs for `convolveTiles` or `sumTiles`. */
export function tilesScratch(pointer: usize): usize {
  const c = changetype<Convolution>(pointer);
  const depth = c.xStep * c.xStep * up4(c.xChannels);
  const columns = up8(c.yStep * c.yStep * up4(c.yChannels));
  return 4096 + 36 * (positionStride(c.tiles, depth) + positionStride(c.tiles, columns));
}

/** y for chunks [first, end) of tiles. */
export function convolveTiles(pointer: usize, scratch: usize, first: i32, end: i32): void {
  const c = changetype<Convolution>(pointer);
  const all = countTiles(pointer);
  const depth = c.xStep * c.xStep * up4(c.xChannels);
  const columns = up8(c.yStep * c.yStep * up4(c.yChannels));
  const matrix = <usize>(depth * columns) << 2;
  const v = scratch + 4096;
  const m = v + 36 * positionStride(c.tiles, depth);
  for (let chunk = first; chunk < end; chunk++) {
    const start = chunk * c.tiles;
    const count = min(c.tiles, all - start);
    const vStep = positionStride(count, depth);
    const mStep = positionStride(count, columns);
    transformWindows(c, start, count, v, vStep, <usize>depth << 2, 16, scratch);
    for (let p: usize = 0; p < 36; p++) multiplyPacked(v + p * vStep, c.kernel + p * matrix, m + p * mStep, count, depth, columns);
    writeTiles(c, start, count, m, mStep, columns, scratch);
  }
}
