/** What the end of a layer needs to know to be put into a program. */
export interface FinishVariant {
  /** Whether there is a tensor `noise` [n or 1, size, size, 1]. */
  readonly noise: boolean;
  /** Of `result`. */
  readonly components: 1 | 4;
}

/**
 * WGSL `fn finish(sum, n, y, x, o)`: demodulation, noise, bias, leaky ReLU and clamping of four outputs from 4 · o, stored in `result`
 * [n, size, size, O]. It reads `modulation` (vec4), `bias`, perhaps `noise`, and uniforms size, inputs, outputs, slope, limit.
 */
export function finishCode({ noise, components }: FinishVariant): string {
  return `
fn finish(sum : vec4<f32>, n : i32, y : i32, x : i32, o : i32) {
  let pixel = y * uniforms.size + x;
  let styles = (uniforms.inputs + 3) / 4;
  let quads = (uniforms.outputs + 3) / 4;
  let first = o * 4;
  let last = uniforms.outputs - 1;
  var value = sum * modulation[n * (styles + quads) + styles + o];
  ${noise ? 'value += noise[select(n, 0, uniforms.noiseShape.x == 1) * uniforms.size * uniforms.size + pixel];' : ''}
  value += vec4<f32>(bias[first], bias[min(first + 1, last)], bias[min(first + 2, last)], bias[min(first + 3, last)]);
  value = clamp(max(value, value * uniforms.slope), vec4<f32>(-uniforms.limit), vec4<f32>(uniforms.limit));
  let at = (n * uniforms.size * uniforms.size + pixel) * uniforms.outputs + first;
  ${components === 4 ? 'result[at / 4] = value;' : 'for (var k = 0; k <= min(3, last - first); k++) { result[at + k] = value[k]; }'}
}
`;
}
