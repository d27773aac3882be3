/**
 * The gradients of convolutions composed of stock operations, for stock TensorFlow.js on WASM, which has no filter gradient and a slow input
 * gradient. Every convolution gets whichever formulation is fastest for it here, timed when it first comes.
 */
import * as tf from '@tensorflow/tfjs-core';

interface Convolution {
  readonly info: tf.backend_util.Conv2DInfo;
}

/** dw from x and dy. */
type FilterGradient = (x: tf.Tensor4D, dy: tf.Tensor4D, convolution: Convolution) => tf.Tensor4D;
/** dx from dy and the filter. */
type InputGradient = (dy: tf.Tensor4D, filter: tf.Tensor4D, convolution: Convolution) => tf.Tensor4D;

/** x with the zeros that the convolution's windows reach into. */
function padInput(x: tf.Tensor4D, { info }: Convolution): tf.Tensor4D {
  const { top, left } = info.padInfo;
  const high = (info.outHeight - 1) * info.strideHeight + info.filterHeight;
  const wide = (info.outWidth - 1) * info.strideWidth + info.filterWidth;
  const padded = tf.pad(x, [[0, 0], [top, Math.max(0, high - top - info.inHeight)], [left, Math.max(0, wide - left - info.inWidth)], [0, 0]]); // prettier-ignore
  return tf.slice(padded, [0, 0, 0, 0], [info.batchSize, high, wide, info.inChannels]);
}

/** Pictures and channels change places: a convolution of x by dy, dilated by the stride. */
const byConvolution: FilterGradient = (x, dy, convolution) => {
  const { info } = convolution;
  const pictures = tf.transpose(padInput(x, convolution), [3, 1, 2, 0]) as tf.Tensor4D;
  const filter = tf.transpose(dy, [1, 2, 0, 3]) as tf.Tensor4D;
  const dw = tf.conv2d(pictures, filter, 1, 'valid', 'NHWC', [info.strideHeight, info.strideWidth]);
  return tf.transpose(dw, [1, 2, 0, 3]) as tf.Tensor4D;
};

/** What each tap of the kernel sees of x, as [pixels of dy, channels]. */
function tapViews(x: tf.Tensor4D, convolution: Convolution): tf.Tensor2D[] {
  const { info } = convolution;
  const padded = padInput(x, convolution);
  const views: tf.Tensor2D[] = [];
  for (let ky = 0; ky < info.filterHeight; ky++) {
    for (let kx = 0; kx < info.filterWidth; kx++) {
      const end = [info.batchSize, ky + (info.outHeight - 1) * info.strideHeight + 1, kx + (info.outWidth - 1) * info.strideWidth + 1];
      const seen = tf.stridedSlice(padded, [0, ky, kx, 0], [...end, info.inChannels], [1, info.strideHeight, info.strideWidth, 1]);
      views.push(tf.reshape(seen, [-1, info.inChannels]));
    }
  }
  return views;
}

/** A matrix product for every tap. */
const byTaps: FilterGradient = (x, dy, convolution) => {
  const gradient = tf.reshape(dy, [-1, convolution.info.outChannels]) as tf.Tensor2D;
  const taps: tf.Tensor[] = tapViews(x, convolution).map((view) => tf.matMul(tf.transpose(view), gradient));
  return tf.reshape(tf.concat(taps, 0), convolution.info.filterShape) as tf.Tensor4D;
};

/** One matrix product of all taps. */
const byColumns: FilterGradient = (x, dy, convolution) => {
  const gradient = tf.reshape(dy, [-1, convolution.info.outChannels]) as tf.Tensor2D;
  const columns = tf.concat(tapViews(x, convolution), 1);
  return tf.reshape(tf.matMul(tf.transpose(columns), gradient), convolution.info.filterShape) as tf.Tensor4D;
};

const turn = (filter: tf.Tensor4D): tf.Tensor4D => tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D;

/** A convolution of dy, zeros put between its pixels, by the turned kernel. */
const byTurnedKernel: InputGradient = (dy, filter, { info }) => {
  const { strideHeight: s, strideWidth: t } = info;
  const spread = s === 1 && t === 1 ? dy : insertZeros(dy, s, t);
  const [before, left] = [info.filterHeight - 1 - info.padInfo.top, info.filterWidth - 1 - info.padInfo.left];
  const [, height, width] = spread.shape;
  const [after, right] = [info.inHeight + info.filterHeight - 1 - height - before, info.inWidth + info.filterWidth - 1 - width - left];
  const wide = tf.pad(spread, [[0, 0], [Math.max(0, before), Math.max(0, after)], [Math.max(0, left), Math.max(0, right)], [0, 0]]); // prettier-ignore
  const size = [wide.shape[0], info.inHeight + info.filterHeight - 1, info.inWidth + info.filterWidth - 1, wide.shape[3]] as const;
  const window = tf.slice(wide, [0, Math.max(0, -before), Math.max(0, -left), 0], [...size]);
  return tf.conv2d(window, turn(filter), 1, 'valid');
};

function insertZeros(dy: tf.Tensor4D, s: number, t: number): tf.Tensor4D {
  const [n, h, w, c] = dy.shape;
  const across = tf.reshape(tf.pad(tf.reshape(dy, [n * h * w, 1, c]), [[0, 0], [0, t - 1], [0, 0]]), [n * h, 1, w * t * c]); // prettier-ignore
  const spread = tf.reshape(tf.pad(across, [[0, 0], [0, s - 1], [0, 0]]), [n, h * s, w * t, c]); // prettier-ignore
  return tf.slice(spread as tf.Tensor4D, [0, 0, 0, 0], [n, (h - 1) * s + 1, (w - 1) * t + 1, c]);
}

/** Stride 2, an even kernel: the four phases of dx by one convolution with a quarter of the taps each, then a shuffle of pixels. */
const byPhases: InputGradient = (dy, filter, { info }) => {
  const half = info.filterHeight / 2;
  // Row 2 m + p of dx takes row m + e of dy by tap p + pad − 2 e.
  const pad = info.padInfo.top;
  const first = Math.ceil((pad - 2 * half + 1) / 2);
  const parts = [0, 1].flatMap((p) => [0, 1].map((q) => phaseFilter(filter, p, q, pad, first)));
  const kernel = tf.concat(parts, 3);
  const taps = kernel.shape[0];
  const [n, h, w] = dy.shape;
  const padded = tf.pad(dy, [[0, 0], [-first, taps - 1 + first], [-first, taps - 1 + first], [0, 0]]); // prettier-ignore
  const phases = tf.conv2d(padded, kernel, 1, 'valid');
  const rows = tf.reshape(phases, [n * h, w, 2, 2 * info.inChannels]);
  return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [n, 2 * h, 2 * w, info.inChannels]);
};

/** The taps of dx's phase (p, q), for dy's pixels from `first` on; both phases get the same number, zeros where there is none. */
function phaseFilter(filter: tf.Tensor4D, p: number, q: number, pad: number, first: number): tf.Tensor4D {
  const size = filter.shape[0];
  const last = Math.floor((1 + pad) / 2);
  const line = (phase: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => phase + pad - 2 * (first + index));
  const take = (from: tf.Tensor, taps: number[], axis: number): tf.Tensor =>
    tf.concat(
      taps.map((tap) => {
        const begin = from.shape.map(() => 0);
        const extent = [...from.shape];
        extent[axis] = 1;
        if (tap < 0 || tap >= size) return tf.zeros(extent);
        begin[axis] = tap;
        return tf.slice(from, begin, extent);
      }),
      axis,
    );
  return tf.transpose(take(take(filter, line(p), 0), line(q), 1), [0, 1, 3, 2]) as tf.Tensor4D;
}

const CHOICE_RUNS = new URLSearchParams(location.search).get('quick') === '1' ? 2 : 3;
const choices = new Map<string, string>();

/**
 * The fastest of the candidates for this signature: each runs once to warm up, then twice against the clock (once on a quick page), unless its
 * first run took more than three times as long as the best so far.
 */
function chooseFastest<T>(signature: string, candidates: ReadonlyMap<string, T>, run: (candidate: T) => tf.Tensor): T {
  let name = choices.get(signature);
  if (name === undefined) {
    let best = Infinity;
    for (const [each, candidate] of candidates) {
      for (let turn = 0; turn < CHOICE_RUNS; turn++) {
        const start = performance.now();
        run(candidate).dispose();
        const ms = performance.now() - start;
        if (ms < best) [best, name] = [ms, each];
        if (ms > 3 * best) break;
      }
    }
    choices.set(signature, name ?? '');
  }
  return candidates.get(name ?? '') as T;
}

/** How often each formulation was chosen. */
export function describeChoices(): string {
  const counts = new Map<string, number>();
  for (const [signature, name] of choices) {
    const key = `${signature.split(' ')[0] ?? ''} gradient ${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key}: ${count.toString()}`).join('; ');
}

type Arguments = Parameters<tf.KernelFunc>[0];

/** A tensor of its own over what TF.js hands to kernels. */
function asTensor(info: tf.TensorInfo): tf.Tensor4D {
  return tf.engine().makeTensorFromTensorInfo(info) as tf.Tensor4D;
}

function filterGradient({ inputs, attrs }: Arguments): tf.TensorInfo {
  const { x, dy } = inputs as Record<'x' | 'dy', tf.Tensor4D>;
  const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
  const convolution = { info: tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode) };
  const run = (gradient: FilterGradient): tf.Tensor => tf.tidy(() => gradient(x, dy, convolution));
  const candidates = new Map(Object.entries({ 'as a convolution': byConvolution, 'by columns': byColumns, 'by taps': byTaps }));
  return run(chooseFastest(`filter ${[x.shape, dy.shape, filterShape, strides].join(' ')}`, candidates, run));
}

function registerComposedFilterGradient(): void {
  tf.registerKernel({ kernelName: 'Conv2DBackpropFilter', backendName: 'wasm', kernelFunc: filterGradient });
}

function registerComposedInputGradient(): void {
  const stock = tf.getKernel('Conv2DBackpropInput', 'wasm');
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  const kernelFunc = (params: Arguments): tf.TensorInfo => {
    const { dy, filter } = params.inputs as Record<'dy' | 'filter', tf.Tensor4D>;
    const { strides, pad, dimRoundingMode, inputShape } = params.attrs as unknown as tf.Conv2DBackpropInputAttrs;
    const info = tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode);
    const byStock: InputGradient = () => asTensor(stock.kernelFunc(params) as tf.TensorInfo);
    const run = (gradient: InputGradient): tf.Tensor => tf.tidy(() => gradient(dy, filter, { info }));
    const candidates = new Map(Object.entries({ 'by the turned kernel': byTurnedKernel }));
    const isHalving =
      info.strideHeight === 2 && info.strideWidth === 2 && info.filterHeight % 2 === 0 && info.inHeight === 2 * info.outHeight;
    if (isHalving) candidates.set('by phases', byPhases);
    candidates.set('by the stock kernel', byStock);
    return run(chooseFastest(`input ${[dy.shape, filter.shape, strides].join(' ')}`, candidates, run));
  };
  tf.registerKernel({ kernelName: 'Conv2DBackpropInput', backendName: 'wasm', kernelFunc });
}

/** Puts both into stock TensorFlow.js's table of kernels. */
export function registerComposedGradients(): void {
  registerComposedFilterGradient();
  registerComposedInputGradient();
}
