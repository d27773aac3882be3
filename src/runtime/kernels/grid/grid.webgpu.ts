import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { GridAttributes } from '../fused-kernels.ts';
import { runProgram, WORKGROUP } from '../webgpu-program.ts';

const THREADS = 64;

/** A pixel for each thread: its bytes, red lowest. */
const CODE = `
fn main() {
  let index = ${WORKGROUP} * ${THREADS} + i32(localIndex);
  let across = uniforms.columns * uniforms.width;
  let y = index / across;
  let x = index - y * across;
  if (y >= uniforms.rows * uniforms.height) { return; }
  let n = y / uniforms.height * uniforms.columns + x / uniforms.width;
  if (n >= uniforms.count) { result[index] = 0; return; }
  let at = ((n * uniforms.height + y % uniforms.height) * uniforms.width + x % uniforms.width) * 3;
  let levels = clamp(floor(vec3<f32>(images[at], images[at + 1], images[at + 2]) * 127.5 + 128.0), vec3<f32>(), vec3<f32>(255.0));
  let bytes = vec3<u32>(levels);
  result[index] = bitcast<i32>(bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | 0xff000000u);
}
`;

/** Images [n, h, w, 3] side by side as int32 [rows · h, columns · w], RGBA in memory order. */
export function arrangeGrid(backend: WebGPUBackend, images: TensorInfo, { columns }: GridAttributes): TensorInfo {
  const [count, height, width] = images.shape as [number, number, number, number];
  const rows = Math.ceil(count / columns);
  const shape = [rows * height, columns * width] as const;
  return runProgram(backend, {
    key: 'gan-canvas-grid',
    code: () => CODE,
    inputs: { images: { tensor: images, components: 1 } },
    output: { shape, dtype: 'int32', components: 1 },
    threads: THREADS,
    workgroups: Math.ceil((shape[0] * shape[1]) / THREADS),
    integers: { count, height, width, rows, columns },
  });
}
