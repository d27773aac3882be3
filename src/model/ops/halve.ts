import * as tf from '@tensorflow/tfjs-core';
import { HALVE, runHalve } from '../../runtime/kernels/halve/halve.ts';
import { GanCanvasError } from '../../support/errors.ts';

const TAPS = [1 / 8, 3 / 8, 3 / 8, 1 / 8] as const;
/** How the filter lies: output i takes the inputs 2 i − 1 to 2 i + 2. */
const PLACE = { strides: 2, pad: 1, dilations: 1 } as const;
/** TF.js's kernel of that transpose; its WASM backend has none. */
const TRANSPOSE = 'DepthwiseConv2dNativeBackpropInput';

/**
 * StyleGAN2's downsampling of x [n, 2 h, 2 w, c]: the filter [1, 3, 3, 1] / 8 both ways, with zeros outside, and every second pixel kept. Gives
 * [n, h, w, c]. Differentiable as often as one likes: the gradient is {@link double}, whose own is this.
 */
export function halve(x: tf.Tensor4D): tf.Tensor4D {
  if (x.shape[1] % 2 || x.shape[2] % 2)
    throw new GanCanvasError('internal', `Only even sides can be halved, not those of [${x.shape.join(', ')}].`);
  return linear(x, halveValue, double);
}

/** Its transpose: x [n, h, w, c] to [n, 2 h, 2 w, c]. */
export function double(x: tf.Tensor4D): tf.Tensor4D {
  return linear(x, doubleValue, halve);
}

function linear(x: tf.Tensor4D, compute: (x: tf.Tensor4D) => tf.Tensor4D, transpose: (dy: tf.Tensor4D) => tf.Tensor4D): tf.Tensor4D {
  return tf.customGrad((...args) => ({
    value: compute(args[0] as tf.Tensor4D),
    gradFunc: (dy: tf.Tensor) => transpose(dy as tf.Tensor4D),
  }))(x) as tf.Tensor4D;
}

/** The filter both ways for each channel by itself, [4, 4, channels, 1]. */
function createFilter(channels: number): tf.Tensor4D {
  const tap = (at: number): number => TAPS[at % 4] ?? NaN;
  const values = Float32Array.from({ length: 16 * channels }, (_, index) => {
    const place = Math.floor(index / channels);
    return tap(Math.floor(place / 4)) * tap(place);
  });
  return tf.tensor4d(values, [4, 4, channels, 1]);
}

function halveValue(x: tf.Tensor4D): tf.Tensor4D {
  return runHalve(HALVE.halve, x) ?? tf.tidy(() => tf.depthwiseConv2d(x, createFilter(x.shape[3]), PLACE.strides, PLACE.pad));
}

function doubleValue(x: tf.Tensor4D): tf.Tensor4D {
  return runHalve(HALVE.double, x) ?? tf.tidy(() => (tf.getKernel(TRANSPOSE, tf.getBackend()) ? transposeValue(x) : spreadValue(x)));
}

function transposeValue(dy: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w, c] = dy.shape;
  const attributes = { ...PLACE, inputShape: [n, 2 * h, 2 * w, c] as [number, number, number, number] };
  return tf.engine().runKernel(TRANSPOSE, { dy, filter: createFilter(c) }, attributes) as tf.Tensor4D;
}

/** The same with zeros between the pixels. */
function spreadValue(x: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  // A zero after every pixel across, and a row of them after every row.
  const across = tf.pad(tf.reshape(x, [n * h, w, c]), [[0, 0], [0, 0], [0, c]]); // prettier-ignore
  const spread = tf.reshape(tf.pad(tf.reshape(across, [n, h, 2 * w * c]), [[0, 0], [0, 0], [0, 2 * w * c]]), [n, 2 * h, 2 * w, c]); // prettier-ignore
  // The i-th pixel of x is the 2 i-th here; what is filtered has one pixel too many at the end.
  const filtered = tf.depthwiseConv2d(spread as tf.Tensor4D, createFilter(c), 1, 2);
  return tf.slice(filtered, [0, 0, 0, 0], [n, 2 * h, 2 * w, c]);
}
