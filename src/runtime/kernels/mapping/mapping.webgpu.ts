import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { MAX_MAPPING_WIDTH, type MappingAttributes, type MappingInputs } from '../fused-kernels.ts';
import { elementType, productCode } from '../product.wgsl.ts';
import { componentsFor, runProgram, WORKGROUP } from '../webgpu-program.ts';

/** The network's tensors as kernels get them. */
export type MappingInfos = { readonly [Name in keyof MappingInputs]: TensorInfo };

const THREADS = 256;

/** Scales so many of `values` to second moment 1. */
const NORMALISE_CODE = `
fn normalise(first : i32, length : i32) {
  let local = i32(localIndex);
  var sum = 0.0;
  for (var k = local; k < length; k += ${THREADS}) { sum = fma(values[first + k], values[first + k], sum); }
  squares[local] = sum;
  workgroupBarrier();
  for (var half = ${THREADS / 2}; half > 0; half /= 2) {
    if (local < half) { squares[local] += squares[local + half]; }
    workgroupBarrier();
  }
  let scale = inverseSqrt(squares[0] / f32(length) + 1e-8);
  for (var k = local; k < length; k += ${THREADS}) { values[first + k] *= scale; }
  workgroupBarrier();
}
`;

/** A layer on `values`, x to y. */
function layerCode(components: 1 | 4): string {
  return productCode({
    name: 'dense',
    parameters: ['x : i32', 'start : i32', 'y : i32', 'slope : f32'],
    threads: THREADS,
    components,
    factor: 'values[x + k]',
    element: 'layers[start + k * columns + column]',
    finish: `total += layers[start + depth * columns + column];
      total = select(slope * total, total, total > ${elementType(components)}());
      ${components === 4 ? 'for (var c = 0; c < 4; c++) { values[y + column * 4 + c] = total[c]; }' : 'values[y + column] = total;'}`,
  });
}

/**
 * A workgroup for each z, so that layers follow one another within a dispatch. Threads share a layer's outputs, in quads where w_dim allows it,
 * and, when there are more threads than those, its inputs.
 */
function mappingCode(components: 1 | 4, hasClasses: boolean): string {
  return `
var<workgroup> values : array<f32, ${2 * MAX_MAPPING_WIDTH}>;
var<workgroup> squares : array<f32, ${THREADS}>;

${NORMALISE_CODE}
${layerCode(components)}
fn main() {
  let local = i32(localIndex);
  let n = ${WORKGROUP};
  let wDim = uniforms.columns * ${components};
  for (var k = local; k < uniforms.zDim; k += ${THREADS}) { values[k] = z[n * uniforms.zDim + k]; }
  workgroupBarrier();
  normalise(0, uniforms.zDim);
  var inputs = uniforms.zDim;
  var start = 0;
  ${
    hasClasses
      ? `
  for (var k = local; k < uniforms.classes; k += ${THREADS}) { values[${MAX_MAPPING_WIDTH} + k] = oneHot[n * uniforms.classes + k]; }
  workgroupBarrier();
  dense(${MAX_MAPPING_WIDTH}, 0, uniforms.zDim, 1.0, uniforms.classes, uniforms.columns, 0, uniforms.columns);
  normalise(uniforms.zDim, wDim);
  inputs += wDim;
  start = (uniforms.classes + 1) * uniforms.columns;`
      : ''
  }
  var x = 0;
  for (var layer = 0; layer < uniforms.count; layer++) {
    let y = ${MAX_MAPPING_WIDTH} - x;
    dense(x, start, y, uniforms.slope, inputs, uniforms.columns, 0, uniforms.columns);
    start += (inputs + 1) * uniforms.columns;
    inputs = wDim;
    x = y;
  }
  for (var k = local; k < wDim; k += ${THREADS}) { result[n * wDim + k] = values[x + k]; }
}
`;
}

/** The whole mapping network in one dispatch. */
export function mapping(
  backend: WebGPUBackend,
  { z, oneHot, layers }: MappingInfos,
  { wDim, count, slope }: MappingAttributes,
): TensorInfo {
  const [batch, zDim] = z.shape as [number, number];
  const classes = oneHot?.shape[1] ?? 0;
  const components = componentsFor(wDim);
  return runProgram(backend, {
    key: `gan-canvas-mapping ${components}`,
    code: () => mappingCode(components, oneHot !== undefined),
    inputs: {
      z: { tensor: z, components: 1 },
      layers: { tensor: layers, components },
      ...(oneHot && { oneHot: { tensor: oneHot, components: 1 } }),
    },
    output: { shape: [batch, wDim], dtype: 'float32', components: 1 },
    threads: THREADS,
    workgroups: batch,
    integers: { zDim, columns: wDim / components, classes, count },
    floats: { slope },
  });
}
