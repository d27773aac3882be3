import type { ConvolutionSizes } from '../conv2d-backprop-filter/conv2d-backprop-filter.ref.ts';
import { eachProduct } from '../conv2d/conv2d.ref.ts';

/** The gradient of a convolution by its input, [n, h, w, ci], straight from the definition and in double precision. */
export function conv2dBackpropInputRef(dy: ArrayLike<number>, filter: ArrayLike<number>, sizes: ConvolutionSizes): Float64Array {
  const dx = new Float64Array(sizes.batch * sizes.inHeight * sizes.inWidth * sizes.inChannels);
  eachProduct(sizes, (to, by, from) => {
    dx[to] = (dx[to] ?? NaN) + (dy[from] ?? NaN) * (filter[by] ?? NaN);
  });
  return dx;
}
