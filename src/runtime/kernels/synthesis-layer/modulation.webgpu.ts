import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { SynthesisLayerAttributes } from '../fused-kernels.ts';
import { runProgram, WORKGROUP } from '../webgpu-program.ts';

const THREADS = 128;

/** Every workgroup computes all styles of an image, in slices of a channel for each thread, and the demodulation of an output for each thread. */
const CODE = `
var<workgroup> squares : array<f32, ${THREADS}>;

fn styleAt(n : i32, i : i32) -> f32 {
  if (i >= uniforms.inputs) { return 0.0; }
  var sum = affineBias[i];
  for (var d = 0; d < uniforms.wDim; d++) { sum = fma(ws[n * uniforms.stride + uniforms.first + d], affineWeight[d * uniforms.inputs + i], sum); }
  return sum;
}

fn main() {
  let local = i32(localIndex);
  let first = ${WORKGROUP} * ${THREADS};
  let n = i32(workgroupId.y);
  let o = first + local;
  let styles = (uniforms.inputs + 3) / 4 * 4;
  let demodulations = (uniforms.outputs + 3) / 4 * 4;
  let row = n * (styles + demodulations);
  var power = uniforms.epsilon;
  for (var start = 0; start < uniforms.inputs; start += ${THREADS}) {
    let i = start + local;
    let style = styleAt(n, i);
    if (first == 0 && i < styles) { result[row + i] = style; }
    squares[local] = style * style;
    workgroupBarrier();
    if (o < uniforms.outputs) {
      for (var k = 0; k < min(${THREADS}, uniforms.inputs - start); k++) {
        power = fma(squares[k], powers[(start + k) * uniforms.outputs + o], power);
      }
    }
    workgroupBarrier();
  }
  if (o < demodulations) { result[row + styles + o] = select(0.0, inverseSqrt(power), o < uniforms.outputs); }
}
`;

/** The tensors of a layer from which its modulation comes. */
export interface ModulationInputs {
  readonly ws: TensorInfo;
  readonly affineWeight: TensorInfo;
  readonly affineBias: TensorInfo;
  readonly power: TensorInfo;
}

/** [n, I' + O']: the styles, then the demodulation; I and O filled up with zeros to multiples of 4. */
export function computeModulation(
  backend: WebGPUBackend,
  { ws, affineWeight, affineBias, power }: ModulationInputs,
  { row, epsilon }: Pick<SynthesisLayerAttributes, 'row' | 'epsilon'>,
): TensorInfo {
  const [batch, rows, wDim] = ws.shape as [number, number, number];
  const [inputs, outputs] = power.shape as [number, number];
  return runProgram(backend, {
    key: 'gan-canvas-modulation',
    code: () => CODE,
    inputs: {
      ws: { tensor: ws, components: 1 },
      affineWeight: { tensor: affineWeight, components: 1 },
      affineBias: { tensor: affineBias, components: 1 },
      powers: { tensor: power, components: 1 },
    },
    output: { shape: [batch, (Math.ceil(inputs / 4) + Math.ceil(outputs / 4)) * 4], dtype: 'float32', components: 1 },
    threads: THREADS,
    workgroups: Math.ceil(outputs / THREADS),
    layers: batch,
    integers: { wDim, stride: rows * wDim, first: row * wDim, inputs, outputs },
    floats: { epsilon },
  });
}
