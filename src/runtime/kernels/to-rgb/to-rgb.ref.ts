import type { ToRgbAttributes } from '../fused-kernels.ts';
import { stylesRef } from '../synthesis-layer/synthesis-layer.ref.ts';

/** The tensors of a layer to colours as arrays; `image` is null where there is no picture so far. */
export interface ToRgbArrays {
  readonly x: ArrayLike<number>;
  readonly ws: ArrayLike<number>;
  readonly affineWeight: ArrayLike<number>;
  readonly affineBias: ArrayLike<number>;
  readonly kernel: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  readonly image: ArrayLike<number> | null;
}

export interface ToRgbSizes {
  readonly batch: number;
  readonly size: number;
  readonly rows: number;
  readonly wDim: number;
  readonly inputs: number;
}

/** The two pixels of the small picture between which an output pixel lies along one axis, the nearer first, with what they count. */
const BILINEAR = [0.75, 0.25] as const;

/** The doubled picture at a pixel, bilinear, with zeros outside. */
function doubledAt(image: ArrayLike<number>, side: number, n: number, y: number, x: number, colour: number): number {
  const near = (at: number): [number, number] => [Math.floor(at / 2), Math.floor(at / 2) + (at % 2 === 0 ? -1 : 1)];
  let sum = 0;
  near(y).forEach((iy, a) =>
    near(x).forEach((ix, b) => {
      if (iy < 0 || ix < 0 || iy >= side || ix >= side) return;
      sum += (BILINEAR[a] ?? NaN) * (BILINEAR[b] ?? NaN) * (image[((n * side + iy) * side + ix) * 3 + colour] ?? NaN);
    }),
  );
  return sum;
}

/** A modulated 1×1 convolution to colours [batch, size, size, 3] and the picture so far, doubled, added to it; in double precision. */
export function toRgbRef(
  arrays: ToRgbArrays,
  { batch, size, rows, wDim, inputs }: ToRgbSizes,
  { row, limit }: ToRgbAttributes,
): Float64Array {
  const style = stylesRef(arrays.ws, arrays.affineWeight, arrays.affineBias, { batch, rows, row, wDim, width: inputs });
  return Float64Array.from({ length: batch * size * size * 3 }, (_, index) => {
    const colour = index % 3;
    const pixel = Math.floor(index / 3);
    const n = Math.floor(pixel / (size * size));
    let sum = arrays.bias[colour] ?? NaN;
    for (let i = 0; i < inputs; i++) {
      sum += (arrays.x[pixel * inputs + i] ?? NaN) * (style[n * inputs + i] ?? NaN) * (arrays.kernel[i * 3 + colour] ?? NaN);
    }
    const clamped = Math.min(limit, Math.max(-limit, sum));
    return arrays.image ? clamped + doubledAt(arrays.image, size / 2, n, Math.floor(pixel / size) % size, pixel % size, colour) : clamped;
  });
}
