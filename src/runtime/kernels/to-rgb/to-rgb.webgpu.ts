import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { ToRgbAttributes, ToRgbInputs } from '../fused-kernels.ts';
import { productCode } from '../product.wgsl.ts';
import { componentsFor, MAX_FLOAT, runProgram, WORKGROUP } from '../webgpu-program.ts';

/** The layer's tensors as kernels get them. */
export type ToRgbInfos = { readonly [Name in keyof ToRgbInputs]: TensorInfo };

const THREADS = 128;

/** The picture so far at the output pixel (y, x): the pixel it lies in counts ¾ along each axis, the one it lies next to ¼. */
const DOUBLED_CODE = `
fn imageAt(n : i32, y : i32, x : i32) -> vec3<f32> {
  let side = uniforms.size / 2;
  if (min(y, x) < 0 || max(y, x) >= side) { return vec3<f32>(); }
  let at = ((n * side + y) * side + x) * 3;
  return vec3<f32>(image[at], image[at + 1], image[at + 2]);
}

fn doubledAt(n : i32, y : i32, x : i32) -> vec3<f32> {
  let near = vec2<i32>(y, x) / 2;
  let next = near + vec2<i32>(y, x) % 2 * 2 - 1;
  return 0.5625 * imageAt(n, near.x, near.y) + 0.1875 * (imageAt(n, near.x, next.y) + imageAt(n, next.x, near.y)) + 0.0625 * imageAt(n, next.x, next.y);
}
`;

/** Adds what the slice's channels give, which is held in \`colours\`: style times kernel. */
const SUM_CODE = {
  1: 'for (var k = 0; k < held; k++) { sum = fma(vec3<f32>(x[at + k]), colours[k], sum); }',
  4: `
    for (var k = 0; k < held; k += 4) {
      let value = x[(at + k) / 4];
      sum += value.x * colours[k] + value.y * colours[k + 1] + value.z * colours[k + 2] + value.w * colours[k + 3];
    }`,
} as const;

/** The kernel times the style, of the channels that are held. */
function coloursCode(components: 1 | 4): string {
  const each = (style: string, at: string): string =>
    `colours[(${at}) % ${THREADS}] = ${style} * vec3<f32>(kernel[(${at}) * 3], kernel[(${at}) * 3 + 1], kernel[(${at}) * 3 + 2]);`;
  return productCode({
    name: 'computeColours',
    parameters: ['n : i32'],
    threads: THREADS,
    components,
    factor: 'ws[n * uniforms.stride + uniforms.first + k]',
    element: 'affineWeight[k * columns + column]',
    finish: `total += affineBias[column];
      ${components === 4 ? `for (var c = 0; c < 4; c++) { ${each('total[c]', 'column * 4 + c')} }` : each('total', 'column')}`,
  });
}

/** A pixel for each thread; the modulated kernel is computed by each workgroup, in slices of channels. */
function toRgbCode(components: 1 | 4, image: boolean): string {
  return `
var<workgroup> colours : array<vec3<f32>, ${THREADS}>;
${image ? DOUBLED_CODE : ''}
${coloursCode(components)}
fn main() {
  let local = i32(localIndex);
  let pixel = ${WORKGROUP} * ${THREADS} + local;
  let n = i32(workgroupId.y);
  let area = uniforms.size * uniforms.size;
  var sum = vec3<f32>(bias[0], bias[1], bias[2]);
  for (var start = 0; start < uniforms.inputs; start += ${THREADS}) {
    let held = min(${THREADS}, uniforms.inputs - start);
    computeColours(n, uniforms.wDim, uniforms.inputs / ${components}, start / ${components}, held / ${components});
    if (pixel < area) {
      let at = (n * area + pixel) * uniforms.inputs + start;
      ${SUM_CODE[components]}
    }
    workgroupBarrier();
  }
  if (pixel < area) {
    var colour = clamp(sum, vec3<f32>(-uniforms.limit), vec3<f32>(uniforms.limit));
    ${image ? 'colour += doubledAt(n, pixel / uniforms.size, pixel % uniforms.size);' : ''}
    let to = (n * area + pixel) * 3;
    result[to] = colour.x;
    result[to + 1] = colour.y;
    result[to + 2] = colour.z;
  }
}
`;
}

/** A modulated 1×1 convolution to colours with the picture so far, doubled, added to it: one dispatch. */
export function toRgb(backend: WebGPUBackend, tensors: ToRgbInfos, { row, limit }: ToRgbAttributes): TensorInfo {
  const { x, ws, affineWeight, affineBias, kernel, bias, image } = tensors;
  const [batch, size, , inputs] = x.shape as [number, number, number, number];
  const [, rows, wDim] = ws.shape as [number, number, number];
  const components = componentsFor(inputs);
  return runProgram(backend, {
    key: `gan-canvas-to-rgb ${components}`,
    code: () => toRgbCode(components, image !== undefined),
    inputs: {
      x: { tensor: x, components },
      ws: { tensor: ws, components: 1 },
      affineWeight: { tensor: affineWeight, components },
      affineBias: { tensor: affineBias, components },
      kernel: { tensor: kernel, components: 1 },
      bias: { tensor: bias, components: 1 },
      ...(image && { image: { tensor: image, components: 1 } }),
    },
    output: { shape: [batch, size, size, 3], dtype: 'float32', components: 1 },
    threads: THREADS,
    workgroups: Math.ceil((size * size) / THREADS),
    layers: batch,
    integers: { size, inputs, wDim, stride: rows * wDim, first: row * wDim },
    floats: { limit: Math.min(limit, MAX_FLOAT) },
  });
}
