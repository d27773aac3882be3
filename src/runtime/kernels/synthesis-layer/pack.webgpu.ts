import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { runProgram, WORKGROUP } from '../webgpu-program.ts';

const THREADS = 64;

const CODE = `
fn weightAt(i : i32, tap : i32, o : i32) -> f32 {
  if (i >= uniforms.inputs || o >= uniforms.outputs) { return 0.0; }
  return clamp(weights[(tap * uniforms.inputs + i) * uniforms.outputs + o], -65504.0, 65504.0);
}

fn main() {
  let index = ${WORKGROUP} * ${THREADS} + i32(localIndex);
  let pairs = (uniforms.outputs + 3) / 4 * 2;
  let row = index / pairs;
  let i = row / 9;
  if (i >= (uniforms.inputs + 3) / 4 * 4) { return; }
  let o = (index - row * pairs) * 2;
  result[index] = bitcast<i32>(pack2x16float(vec2<f32>(weightAt(i, row % 9, o), weightAt(i, row % 9, o + 1))));
}
`;

/**
 * A kernel [3, 3, I, O] as int32, two weights of half precision in each: [I', 9, O' / 2] flat, I and O filled up with zeros to multiples of 4 and
 * a tap's row and column in the 9. Exact for what a weights file of F16 holds, rounded else. WGSL reads such pairs without the feature
 * `shader-f16`, which TF.js's shaders could not enable anyway: their first lines are not ours.
 */
export function packKernel(backend: WebGPUBackend, kernel: TensorInfo): TensorInfo {
  const [, , inputs, outputs] = kernel.shape as [number, number, number, number];
  const size = (Math.ceil(inputs / 4) * 4 * 9 * Math.ceil(outputs / 4) * 4) / 2;
  return runProgram(backend, {
    key: 'gan-canvas-pack',
    code: CODE,
    inputs: { weights: { tensor: kernel, components: 1 } },
    output: { shape: [size], dtype: 'int32', components: 1 },
    threads: THREADS,
    workgroups: Math.ceil(size / THREADS),
    integers: { inputs, outputs },
  });
}
