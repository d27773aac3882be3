import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { MAX_MAPPING_WIDTH, type MappingAttributes, type MappingInputs } from '../fused-kernels.ts';
import { componentsFor, runProgram, WORKGROUP } from '../webgpu-program.ts';

/** The network's tensors as kernels get them. */
export type MappingInfos = { readonly [Name in keyof MappingInputs]: TensorInfo };

const THREADS = 256;

const typeOf = (components: 1 | 4): string => (components === 4 ? 'vec4<f32>' : 'f32');

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
function denseCode(components: 1 | 4): string {
  const type = typeOf(components);
  return `
fn dense(x : i32, inputs : i32, start : i32, y : i32, slope : f32) {
  let local = i32(localIndex);
  for (var first = 0; first < uniforms.columns; first += ${THREADS}) {
    let held = min(${THREADS}, uniforms.columns - first);
    let shares = ${THREADS} / held;
    let column = first + local % held;
    let share = local / held;
    var sum = ${type}();
    if (share < shares) {
      for (var k = share; k < inputs; k += shares) { sum = fma(${type}(values[x + k]), layers[start + k * uniforms.columns + column], sum); }
    }
    parts[local] = sum;
    workgroupBarrier();
    if (local < held) {
      var total = layers[start + inputs * uniforms.columns + column];
      for (var k = 0; k < shares; k++) { total += parts[k * held + local]; }
      total = select(slope * total, total, total > ${type}());
      ${components === 4 ? 'for (var c = 0; c < 4; c++) { values[y + column * 4 + c] = total[c]; }' : 'values[y + column] = total;'}
    }
    workgroupBarrier();
  }
}
`;
}

/**
 * A workgroup for each z, so that layers follow one another within a dispatch. Threads share a layer's outputs, in quads where w_dim allows it,
 * and, when there are more threads than those, its inputs.
 */
function mappingCode(components: 1 | 4, hasClasses: boolean): string {
  return `
var<workgroup> values : array<f32, ${2 * MAX_MAPPING_WIDTH}>;
var<workgroup> parts : array<${typeOf(components)}, ${THREADS}>;
var<workgroup> squares : array<f32, ${THREADS}>;

${NORMALISE_CODE}
${denseCode(components)}
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
  dense(${MAX_MAPPING_WIDTH}, uniforms.classes, 0, uniforms.zDim, 1.0);
  normalise(uniforms.zDim, wDim);
  inputs += wDim;
  start = (uniforms.classes + 1) * uniforms.columns;`
      : ''
  }
  var x = 0;
  for (var layer = 0; layer < uniforms.count; layer++) {
    let y = ${MAX_MAPPING_WIDTH} - x;
    dense(x, inputs, start, y, uniforms.slope);
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
