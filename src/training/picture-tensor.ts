import * as tf from '@tensorflow/tfjs-core';

/** Pictures of side · side · 3 bytes each, RGB, as a tensor [n, side, side, 3] of −1…1, owned by the caller. */
export function pictureTensor(pictures: readonly Uint8Array[], side: number): tf.Tensor4D {
  const size = side * side * 3;
  const values = new Float32Array(pictures.length * size);
  for (const [n, picture] of pictures.entries()) {
    for (let i = 0; i < size; i++) values[n * size + i] = (picture[i] ?? 0) / 127.5 - 1;
  }
  return tf.tensor4d(values, [pictures.length, side, side, 3]);
}
