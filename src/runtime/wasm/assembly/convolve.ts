// The first stage of a synthesis layer: style, convolution, and, unless it upsamples, all that follows.
import { multiplyPacked } from './multiply-packed';
import { finish, FORM_TILES_2, FORM_TILES_4, FORM_UP, Layer, positionStride, tilesAlong, tileStep, windowSide } from './synthesis-layer';
import {
  findWindow,
  gatherLast,
  transformInput2,
  transformInput4,
  transformInputUp,
  transformOutput2,
  transformOutput4,
  transformOutputUp,
} from './transform-tiles';
import { storeLanes, up4, up8 } from './vector';

/** Styled and transformed inputs of tiles [first, first + count) of a picture: v [positions, count, inputs rounded up to 4]. */
function transformInputs(layer: Layer, picture: i32, first: i32, count: i32, v: usize, work: usize): void {
  const form = layer.form;
  const side = windowSide(form);
  const across = tilesAlong(form, layer.width);
  const inputs = layer.inputs;
  const depth = up4(inputs);
  const step = positionStride(count, depth);
  const image = layer.x + <usize>picture * layer.xImage;
  const style = layer.style + (<usize>(picture * depth) << 2);
  // Pointers of the window, pointers to copies, copies, and what a transform keeps in between.
  const copies = work + 256;
  const values = work + 512;
  const scratch = work + 1280;
  for (let t = 0; t < count; t++) {
    const tile = first + t;
    const top = (tile / across) * tileStep(form) - 1;
    const left = (tile % across) * tileStep(form) - 1;
    findWindow(layer, image, top, left, side, work);
    const row = v + (<usize>(t * depth) << 2);
    for (let i = 0; i < depth; i += 4) {
      let pointers = work;
      let offset = <usize>i << 2;
      const styles = v128.load(style + offset);
      const out = row + offset;
      if (i + 4 > inputs) {
        gatherLast(work, side * side, offset, inputs - i, values, copies);
        pointers = copies;
        offset = 0;
      }
      if (form == FORM_TILES_4) transformInput4(pointers, scratch, out, step, offset, styles);
      else if (form == FORM_TILES_2) transformInput2(pointers, scratch, out, step, offset, styles);
      else transformInputUp(pointers, scratch, out, step, offset, styles);
    }
  }
}

/** Data of an axis position of upsampling, and its kernel. */
// @ts-ignore: decorator
@inline
function upData(position: i32): i32 {
  return position < 3 ? position : position == 3 ? 1 : 3;
}

/** All products of a chunk: m [positions, count, columns] for outputs [output, output + columns). */
function multiplyPositions(layer: Layer, v: usize, m: usize, count: i32, output: i32, columns: i32): void {
  const depth = up4(layer.inputs);
  const vStep = positionStride(count, depth);
  const mStep = positionStride(count, columns);
  const matrix = <usize>(depth * up8(layer.outputs)) << 2;
  const kernel = layer.kernel + (<usize>(depth * output) << 2);
  if (layer.form != FORM_UP) {
    const positions = layer.form == FORM_TILES_4 ? 36 : 16;
    for (let p: usize = 0; p < <usize>positions; p++) multiplyPacked(v + p * vStep, kernel + p * matrix, m + p * mStep, count, depth, columns);
    return;
  }
  for (let a = 0; a < 5; a++) {
    for (let b = 0; b < 5; b++) {
      const data = v + <usize>(4 * upData(a) + upData(b)) * vStep;
      const factor = kernel + <usize>(4 * min(a, 3) + min(b, 3)) * matrix;
      multiplyPacked(data, factor, m + <usize>(5 * a + b) * mStep, count, depth, columns);
    }
  }
}

/** Products back to pixels, finished, into y. */
function transformOutputs(layer: Layer, picture: i32, first: i32, count: i32, m: usize, output: i32, columns: i32, work: usize): void {
  const form = layer.form;
  const size = tileStep(form);
  const across = tilesAlong(form, layer.width);
  const step = positionStride(count, columns);
  const outputs = layer.outputs;
  const pixel = <usize>outputs << 2;
  const image = layer.y + <usize>(picture * layer.height * layer.width) * pixel;
  const demodulation = layer.demodulation + (<usize>(picture * up8(outputs)) << 2);
  const slope = f32x4.splat(layer.slope);
  const limit = f32x4.splat(layer.limit);
  const noise = layer.noise ? layer.noise + <usize>picture * layer.noiseImage : 0;
  const tile = work + 1024;
  const last = min(output + columns, outputs);
  for (let t = 0; t < count; t++) {
    const y = ((first + t) / across) * size;
    const x = ((first + t) % across) * size;
    const rows = min(size, layer.height - y);
    const wide = min(size, layer.width - x);
    for (let o = output; o < last; o += 4) {
      const offset = <usize>o << 2;
      const from = m + (<usize>(t * columns + o - output) << 2);
      if (form == FORM_TILES_4) transformOutput4(from, step, work, tile);
      else transformOutput2(from, step, work, tile);
      const factor = v128.load(demodulation + offset);
      const bias = v128.load(layer.bias + offset);
      for (let r = 0; r < rows; r++) {
        const at = (y + r) * layer.width + x;
        for (let c = 0; c < wide; c++) {
          const field = noise ? v128.load32_splat(noise + (<usize>(at + c) << 2)) : f32x4.splat(0);
          const sum = v128.load(tile + (<usize>(r * size + c) << 4));
          storeLanes(image + <usize>(at + c) * pixel + offset, finish(sum, factor, field, bias, slope, limit), last - o);
        }
      }
    }
  }
}

/** Products of upsampling back to pixels, into the plane. */
function transformPlane(layer: Layer, picture: i32, first: i32, count: i32, m: usize, output: i32, columns: i32, work: usize): void {
  const across = tilesAlong(FORM_UP, layer.width);
  const step = positionStride(count, columns);
  const high = 2 * layer.height + 1;
  const wide = 2 * layer.width + 1;
  const pixel = <usize>up8(layer.outputs) << 2;
  const image = layer.plane + <usize>(picture * high * wide) * pixel;
  const tile = work + 1024;
  for (let t = 0; t < count; t++) {
    const y = ((first + t) / across) * 4;
    const x = ((first + t) % across) * 4;
    const rows = min(4, high - y);
    const across4 = min(4, wide - x);
    for (let o = 0; o < columns; o += 4) {
      transformOutputUp(m + (<usize>(t * columns + o) << 2), step, work, tile);
      const to = image + (<usize>(output + o) << 2);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < across4; c++) {
          v128.store(to + <usize>((y + r) * wide + x + c) * pixel, v128.load(tile + (<usize>(r * 4 + c) << 4)));
        }
      }
    }
  }
}

/** Units of the first stage: every chunk of tiles of every picture, for every group of outputs. */
export function convolveUnits(pointer: usize): i32 {
  const layer = changetype<Layer>(pointer);
  return layer.batch * layer.chunks * layer.groups;
}

/** The first stage for units [first, end). `scratch`: see scratchBytes; each thread has its own. */
export function convolve(pointer: usize, scratch: usize, first: i32, end: i32): void {
  const layer = changetype<Layer>(pointer);
  const form = layer.form;
  const all = tilesAlong(form, layer.width) * tilesAlong(form, layer.height);
  const columnsOfAll = up8(layer.outputs);
  const work = scratch;
  const v = scratch + 4096;
  const m = v + <usize>(form == FORM_TILES_4 ? 36 : 16) * positionStride(layer.tiles, up4(layer.inputs));
  let transformed = -1;
  for (let unit = first; unit < end; unit++) {
    const group = unit % layer.groups;
    const chunk = unit / layer.groups;
    const picture = chunk / layer.chunks;
    const start = (chunk % layer.chunks) * layer.tiles;
    const count = min(layer.tiles, all - start);
    const output = group * layer.groupSize;
    const columns = min(layer.groupSize, columnsOfAll - output);
    if (count <= 0 || columns <= 0) continue;
    if (chunk != transformed) transformInputs(layer, picture, start, count, v, work);
    transformed = chunk;
    multiplyPositions(layer, v, m, count, output, columns);
    if (form == FORM_UP) transformPlane(layer, picture, start, count, m, output, columns, work);
    else transformOutputs(layer, picture, start, count, m, output, columns, work);
  }
}

/** Bytes of scratch that a thread needs for `convolve`. */
export function scratchBytes(form: i32, tiles: i32, inputs: i32, groupSize: i32): usize {
  const v = <usize>(form == FORM_TILES_4 ? 36 : 16) * positionStride(tiles, up4(inputs));
  const m = <usize>(form == FORM_TILES_4 ? 36 : form == FORM_TILES_2 ? 16 : 25) * positionStride(tiles, groupSize);
  return 4096 + v + m;
}
