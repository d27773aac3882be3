// What a synthesis layer of StyleGAN2 works on, and its geometry. Convolutions go by Winograd's minimal filtering (Lavin and Gray, 2016): tiles of
// 4×4 or 2×2 outputs; upsampling by phases, those of two taps by F(2, 2).
import { madd } from './vector';

export const FORM_TILES_4 = 0;
export const FORM_TILES_2 = 1;
export const FORM_UP = 2;

/** What a layer works on. Pointers are bytes; sizes count elements. Written by the host, field by field in this order. */
@unmanaged
export class Layer {
  x: usize; // [n or 1, height, width, inputs]
  xImage: usize; // bytes from picture to picture; 0 when all share one
  kernel: usize; // see transformKernel
  style: usize; // [n, inputs rounded up to 4]
  demodulation: usize; // [n, outputs rounded up to 8]
  bias: usize; // [outputs rounded up to 8]
  noise: usize; // [n or 1, size, size]; 0: none
  noiseImage: usize; // bytes; 0 when all share one
  y: usize; // [n, size, size, outputs]
  plane: usize; // FORM_UP only: [n, 2 height + 1, 2 width + 1, outputs rounded up to 8]
  zeros: usize; // as many zeros as x has channels, rounded up to 4
  form: i32;
  batch: i32;
  height: i32;
  width: i32;
  inputs: i32;
  outputs: i32;
  tiles: i32; // in a chunk
  chunks: i32; // of tiles in a picture
  groups: i32; // of outputs, each a multiple of 8 but for the last
  groupSize: i32;
  slope: f32;
  limit: f32; // of the magnitude; infinite: none
}

// @ts-ignore: decorator
@inline
export function windowSide(form: i32): i32 {
  return form == FORM_TILES_4 ? 6 : form == FORM_TILES_2 ? 4 : 3;
}

/** Inputs that a tile advances by, along an axis. */
// @ts-ignore: decorator
@inline
export function tileStep(form: i32): i32 {
  return form == FORM_TILES_4 ? 4 : 2;
}

/** Tiles along an axis of that length. */
// @ts-ignore: decorator
@inline
export function tilesAlong(form: i32, length: i32): i32 {
  return form == FORM_TILES_4 ? (length + 3) >> 2 : form == FORM_TILES_2 ? (length + 1) >> 1 : (length >> 1) + 1;
}


/** Bytes between the positions of a tile in scratch memory: a cache line more than needed, or all would fall into one set of the cache. */
// @ts-ignore: decorator
@inline
export function positionStride(rows: i32, channels: i32): usize {
  return (<usize>(rows * channels) << 2) + 64;
}

/** Demodulation, noise, bias, leaky ReLU and clamping of four channels. */
// @ts-ignore: decorator
@inline
export function finish(x: v128, demodulation: v128, noise: v128, bias: v128, slope: v128, limit: v128): v128 {
  const y = madd(x, demodulation, f32x4.add(bias, noise));
  const active = f32x4.max(y, f32x4.mul(y, slope));
  return f32x4.max(f32x4.min(active, limit), f32x4.neg(limit));
}
