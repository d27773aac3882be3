/** The filter [1, 3, 3, 1] / 8 of StyleGAN2, along one axis. */
export const FILTER: readonly number[] = [1 / 8, 3 / 8, 3 / 8, 1 / 8];

/** The full convolution of each size×size kernel with the separable filter: (size + taps − 1)² numbers for each. */
function convolveWithFilter(kernels: Float32Array, size: number, taps: readonly number[]): Float32Array {
  const wide = size + taps.length - 1;
  const count = kernels.length / (size * size);
  const result = new Float32Array(count * wide * wide);
  for (let index = 0; index < count; index++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const value = kernels[(index * size + y) * size + x] ?? 0;
        taps.forEach((row, dy) => {
          taps.forEach((column, dx) => {
            const at = (index * wide + y + dy) * wide + x + dx;
            result[at] = (result[at] ?? 0) + value * row * column;
          });
        });
      }
    }
  }
  return result;
}

/**
 * The kernel (4 · outputs, inputs, 3, 3) whose ordinary convolution, then pixel shuffle, equals transposed convolution with
 * (outputs, inputs, 3, 3), stride 2, then the filter with gain 4. Tap k of phase p is h[p − 2(k − 1)] with h = w ∗ f, taps −2…3.
 */
export function foldUpsampling(kernel: Float32Array, outputs: number, inputs: number): Float32Array {
  const wide = convolveWithFilter(kernel, 3, FILTER);
  const result = new Float32Array(outputs * 4 * inputs * 9);
  const tap = (phase: number, k: number): number => phase - 2 * (k - 1) + 2;
  let at = 0;
  for (let output = 0; output < outputs; output++) {
    for (let phase = 0; phase < 4; phase++) {
      for (let input = 0; input < inputs; input++) {
        const base = (output * inputs + input) * 36;
        for (let k = 0; k < 9; k++) {
          result[at++] = 4 * (wide[base + tap(phase >> 1, Math.floor(k / 3)) * 6 + tap(phase & 1, k % 3)] ?? 0);
        }
      }
    }
  }
  return result;
}

/**
 * The same for the picture so far, which is only filtered: the kernel (12, 3, 3, 3), each colour by itself, of its bilinear doubling with
 * zeros outside. Output c · 4 + phase, as {@link foldUpsampling} orders them.
 */
export const BILINEAR_KERNEL: Float32Array = foldUpsampling(
  Float32Array.from({ length: 81 }, (_, index) => (index % 36 === 4 ? 1 : 0)),
  3,
  3,
);
