/** Everything that determines a convolution of x [n, h, w, ci] by a kernel [kh, kw, ci, co] to [n, oh, ow, co]. */
export interface ConvolutionSizes {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/** The gradient of a convolution by its kernel, [kh, kw, ci, co], straight from the definition and in double precision. */
export function conv2dBackpropFilterRef(x: ArrayLike<number>, dy: ArrayLike<number>, sizes: ConvolutionSizes): Float64Array {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, kernelHeight, kernelWidth } = sizes;
  const valueAt = (n: number, iy: number, ix: number, ci: number): number =>
    iy < 0 || ix < 0 || iy >= inHeight || ix >= inWidth ? 0 : (x[((n * inHeight + iy) * inWidth + ix) * inChannels + ci] ?? NaN);
  const dw = new Float64Array(kernelHeight * kernelWidth * inChannels * outChannels);
  for (let index = 0; index < dw.length; index++) {
    const co = index % outChannels;
    const ci = Math.floor(index / outChannels) % inChannels;
    const kx = Math.floor(index / (outChannels * inChannels)) % kernelWidth;
    const ky = Math.floor(index / (outChannels * inChannels * kernelWidth));
    let sum = 0;
    for (let n = 0; n < sizes.batch; n++) {
      for (let oy = 0; oy < outHeight; oy++) {
        for (let ox = 0; ox < outWidth; ox++) {
          const gradient = dy[((n * outHeight + oy) * outWidth + ox) * outChannels + co] ?? NaN;
          sum += gradient * valueAt(n, oy * sizes.strideHeight + ky - sizes.padTop, ox * sizes.strideWidth + kx - sizes.padLeft, ci);
        }
      }
    }
    dw[index] = sum;
  }
  return dw;
}
