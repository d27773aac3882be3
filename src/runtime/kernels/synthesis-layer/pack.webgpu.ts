import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { runProgram, WORKGROUP } from '../webgpu-program.ts';

const CHECK_THREADS = 256;
const PACK_THREADS = 64;

/** One workgroup looks at all weights: 1 if half precision holds each of them exactly, else 0. */
const CHECK_CODE = `
var<workgroup> inexact : atomic<u32>;

fn main() {
  for (var index = i32(localIndex); index < uniforms.count; index += ${CHECK_THREADS}) {
    let weight = weights[index];
    let half = unpack2x16float(pack2x16float(vec2<f32>(clamp(weight, -65504.0, 65504.0)))).x;
    if (half != weight) { atomicOr(&inexact, 1u); }
  }
  workgroupBarrier();
  if (localIndex == 0u) { result[0] = i32(1u - atomicLoad(&inexact)); }
}
`;

/** Four outputs of a tap for each thread; the flag is copied behind them all. */
const PACK_CODE = `
fn weightAt(i : i32, tap : i32, o : i32) -> f32 {
  if (i >= uniforms.inputs || o >= uniforms.outputs) { return 0.0; }
  return weights[(tap * uniforms.inputs + i) * uniforms.outputs + o];
}

fn main() {
  let index = ${WORKGROUP} * ${PACK_THREADS} + i32(localIndex);
  let quads = (uniforms.outputs + 3) / 4;
  let row = index / quads;
  let i = row / 9;
  let tap = row % 9;
  let o = (index - row * quads) * 4;
  if (index == 0) { result[uniforms.count * 4] = halves[0]; }
  if (index >= uniforms.count) { return; }
  let value = vec4<f32>(weightAt(i, tap, o), weightAt(i, tap, o + 1), weightAt(i, tap, o + 2), weightAt(i, tap, o + 3));
  if (halves[0] == 1) {
    result[index * 2] = bitcast<i32>(pack2x16float(value.xy));
    result[index * 2 + 1] = bitcast<i32>(pack2x16float(value.zw));
  } else {
    for (var k = 0; k < 4; k++) { result[index * 4 + k] = bitcast<i32>(value[k]); }
  }
}
`;

/** WGSL `fn weightsAt(index)`: the four weights of that index in a tensor `kernel` (vec2<i32>) that {@link packKernel} gave. */
export const WEIGHTS_CODE = `
fn weightsAt(index : i32) -> vec4<f32> {
  if (kernel[arrayLength(&kernel) - 1u].x == 1) {
    let packed = bitcast<vec2<u32>>(kernel[index]);
    return vec4<f32>(unpack2x16float(packed.x), unpack2x16float(packed.y));
  }
  return vec4<f32>(bitcast<vec2<f32>>(kernel[index * 2]), bitcast<vec2<f32>>(kernel[index * 2 + 1]));
}
`;

/**
 * A kernel [3, 3, I, O] as fours of weights [I', 9, O' / 4], I and O filled up with zeros to multiples of 4, the 9 by row and column: in half
 * precision where that is exact, as it is for what a weights file of F16 holds, else in single precision. Then a flag which of them it is, and an
 * unused number. WGSL's own conversions read halves without the feature `shader-f16`, which TF.js's shaders could not enable anyway: their first
 * lines are not ours.
 */
export function packKernel(backend: WebGPUBackend, kernel: TensorInfo): TensorInfo {
  const [, , inputs, outputs] = kernel.shape as [number, number, number, number];
  const weights = { tensor: kernel, components: 1 } as const;
  const halves = runProgram(backend, {
    key: 'gan-canvas-check-halves',
    code: () => CHECK_CODE,
    inputs: { weights },
    output: { shape: [1], dtype: 'int32', components: 1 },
    threads: CHECK_THREADS,
    workgroups: 1,
    integers: { count: 9 * inputs * outputs },
  });
  const count = Math.ceil(inputs / 4) * 4 * 9 * Math.ceil(outputs / 4);
  const packed = runProgram(backend, {
    key: 'gan-canvas-pack',
    code: () => PACK_CODE,
    inputs: { weights, halves: { tensor: halves, components: 1 } },
    output: { shape: [count * 4 + 2], dtype: 'int32', components: 1 },
    threads: PACK_THREADS,
    workgroups: Math.ceil(count / PACK_THREADS),
    integers: { inputs, outputs, count },
  });
  backend.disposeData(halves.dataId);
  return packed;
}
