import type { SynthesisLayerAttributes } from '../fused-kernels.ts';

/** The tensors of a synthesis layer as arrays, with the kernel [3, 3, I, O] as it is before packing. */
export interface SynthesisLayerArrays {
  readonly x: ArrayLike<number>;
  readonly ws: ArrayLike<number>;
  readonly affineWeight: ArrayLike<number>;
  readonly affineBias: ArrayLike<number>;
  readonly kernel: ArrayLike<number>;
  readonly power: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  readonly noise: ArrayLike<number> | null;
}

/** How many pictures there are in ws, x (1 or as many) and noise (1 or as many), how many rows each has of ws, and the widths. */
export interface SynthesisLayerSizes {
  readonly batch: number;
  readonly xBatch: number;
  readonly noiseBatch: number;
  readonly rows: number;
  readonly wDim: number;
  readonly inputs: number;
}

/** One row of each picture of ws [batch, rows, wDim] through a dense layer: [batch, width], the styles of a layer. */
export function stylesRef(
  ws: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  { batch, rows, row, wDim, width }: Readonly<Record<'batch' | 'rows' | 'row' | 'wDim' | 'width', number>>,
): Float64Array {
  return Float64Array.from({ length: batch * width }, (_, index) => {
    const [n, i] = [Math.floor(index / width), index % width];
    let sum = bias[i] ?? NaN;
    for (let d = 0; d < wDim; d++) sum += (ws[(n * rows + row) * wDim + d] ?? NaN) * (weight[d * width + i] ?? NaN);
    return sum;
  });
}

/** One image [side, side, inputs] convolved by [3, 3, inputs, outputs] with a border of zeros. */
function convolve(x: Float64Array, kernel: ArrayLike<number>, side: number, inputs: number, outputs: number): Float64Array {
  const y = new Float64Array(side * side * outputs);
  forEachTap(side, (row, column, ky, kx, tap) => {
    const [iy, ix] = [row + ky - 1, column + kx - 1];
    if (iy < 0 || ix < 0 || iy >= side || ix >= side) return;
    addProduct(y, row * side + column, x, iy * side + ix, kernel, tap, inputs, outputs);
  });
  return y;
}

/** The same transposed with stride 2: [2 · side + 1, 2 · side + 1, outputs]. */
function convolveTransposed(x: Float64Array, kernel: ArrayLike<number>, side: number, inputs: number, outputs: number): Float64Array {
  const width = 2 * side + 1;
  const y = new Float64Array(width * width * outputs);
  forEachTap(side, (row, column, ky, kx, tap) => {
    addProduct(y, (2 * row + ky) * width + 2 * column + kx, x, row * side + column, kernel, tap, inputs, outputs);
  });
  return y;
}

function forEachTap(side: number, visit: (row: number, column: number, ky: number, kx: number, tap: number) => void): void {
  for (let pixel = 0; pixel < side * side; pixel++) {
    for (let tap = 0; tap < 9; tap++) visit(Math.floor(pixel / side), pixel % side, Math.floor(tap / 3), tap % 3, tap);
  }
}

/** Adds one pixel of x times one tap of the kernel to one pixel of y. */
function addProduct(
  y: Float64Array,
  to: number,
  x: Float64Array,
  from: number,
  kernel: ArrayLike<number>,
  tap: number,
  inputs: number,
  outputs: number,
): void {
  for (let i = 0; i < inputs; i++) {
    const value = x[from * inputs + i] ?? NaN;
    for (let o = 0; o < outputs; o++) {
      const index = to * outputs + o;
      y[index] = (y[index] ?? NaN) + value * (kernel[(tap * inputs + i) * outputs + o] ?? NaN);
    }
  }
}

/** [size + 1, size + 1, outputs], with a border of zeros, filtered by [1, 3, 3, 1] along both axes with gain 4 together: [size, size, outputs]. */
function filter(t: Float64Array, size: number, outputs: number): Float64Array {
  const taps = [0.25, 0.75, 0.75, 0.25];
  const at = (y: number, x: number, o: number): number =>
    y < 0 || x < 0 || y > size || x > size ? 0 : (t[(y * (size + 1) + x) * outputs + o] ?? NaN);
  return Float64Array.from({ length: size * size * outputs }, (_, index) => {
    const [y, x, o] = [Math.floor(index / outputs / size), Math.floor(index / outputs) % size, index % outputs];
    let sum = 0;
    taps.forEach((a, dy) => taps.forEach((b, dx) => (sum += a * b * at(y + dy - 1, x + dx - 1, o))));
    return sum;
  });
}

/** A synthesis layer of StyleGAN2, [batch, size, size, outputs], step by step as its definition has it, and in double precision. */
export function synthesisLayerRef(
  arrays: SynthesisLayerArrays,
  sizes: SynthesisLayerSizes,
  attributes: SynthesisLayerAttributes,
): Float64Array {
  const { batch, xBatch, noiseBatch, rows, wDim, inputs } = sizes;
  const { row, size, up, outputs, epsilon, slope, limit } = attributes;
  const style = stylesRef(arrays.ws, arrays.affineWeight, arrays.affineBias, { batch, rows, row, wDim, width: inputs });
  const side = up ? size / 2 : size;
  const result = new Float64Array(batch * size * size * outputs);
  for (let n = 0; n < batch; n++) {
    const first = (xBatch === 1 ? 0 : n) * side * side * inputs;
    const x = Float64Array.from(
      { length: side * side * inputs },
      (_, index) => (arrays.x[first + index] ?? NaN) * (style[n * inputs + (index % inputs)] ?? NaN),
    );
    const y = up
      ? filter(convolveTransposed(x, arrays.kernel, side, inputs, outputs), size, outputs)
      : convolve(x, arrays.kernel, side, inputs, outputs);
    const demodulation = Float64Array.from({ length: outputs }, (_, o) => {
      let sum = epsilon;
      for (let i = 0; i < inputs; i++) sum += (style[n * inputs + i] ?? NaN) ** 2 * (arrays.power[i * outputs + o] ?? NaN);
      return 1 / Math.sqrt(sum);
    });
    y.forEach((value, index) => {
      const [pixel, o] = [Math.floor(index / outputs), index % outputs];
      const noise = arrays.noise ? (arrays.noise[(noiseBatch === 1 ? 0 : n) * size * size + pixel] ?? NaN) : 0;
      const sum = value * (demodulation[o] ?? NaN) + noise + (arrays.bias[o] ?? NaN);
      result[n * y.length + index] = Math.min(limit, Math.max(-limit, sum > 0 ? sum : slope * sum));
    });
  }
  return result;
}
