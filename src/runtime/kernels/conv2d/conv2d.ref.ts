import type { ConvolutionSizes } from '../conv2d-backprop-filter/conv2d-backprop-filter.ref.ts';

/** Calls `visit` with the places of x, filter and y of every product that a convolution adds up. */
export function eachProduct(sizes: ConvolutionSizes, visit: (x: number, filter: number, y: number) => void): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, kernelHeight, kernelWidth } = sizes;
  for (let pixel = 0; pixel < sizes.batch * outHeight * outWidth; pixel++) {
    const [n, oy, ox] = [Math.floor(pixel / (outHeight * outWidth)), Math.floor(pixel / outWidth) % outHeight, pixel % outWidth];
    for (let tap = 0; tap < kernelHeight * kernelWidth; tap++) {
      const iy = oy * sizes.strideHeight + Math.floor(tap / kernelWidth) - sizes.padTop;
      const ix = ox * sizes.strideWidth + (tap % kernelWidth) - sizes.padLeft;
      if (iy < 0 || ix < 0 || iy >= inHeight || ix >= inWidth) continue;
      for (let pair = 0; pair < inChannels * outChannels; pair++) {
        const [ci, co] = [Math.floor(pair / outChannels), pair % outChannels];
        visit(((n * inHeight + iy) * inWidth + ix) * inChannels + ci, tap * inChannels * outChannels + pair, pixel * outChannels + co);
      }
    }
  }
}

/** The convolution of x [n, h, w, ci] by a filter [kh, kw, ci, co], straight from the definition and in double precision. */
export function conv2dRef(x: ArrayLike<number>, filter: ArrayLike<number>, sizes: ConvolutionSizes): Float64Array {
  const y = new Float64Array(sizes.batch * sizes.outHeight * sizes.outWidth * sizes.outChannels);
  eachProduct(sizes, (from, by, to) => {
    y[to] = (y[to] ?? NaN) + (x[from] ?? NaN) * (filter[by] ?? NaN);
  });
  return y;
}
