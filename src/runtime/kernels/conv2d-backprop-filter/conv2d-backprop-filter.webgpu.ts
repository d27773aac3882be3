import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { replaceKernel } from '../replace-kernel.ts';
import { componentsFor, runProgram, WORKGROUP } from '../webgpu-program.ts';

type ConvolutionInfo = tf.backend_util.Conv2DInfo;

/** Channels of either side in a tile, of which a thread has four by four. */
const TILE = 32;
const QUADS = TILE / 4;
const THREADS = QUADS * QUADS;
/** Positions that a workgroup holds at a time. */
const HELD = 16;
/** Positions that are worth a workgroup, and workgroups that keep a large GPU busy. */
const LEAST_POSITIONS = 64;
const ENOUGH_WORKGROUPS = 1024;
const SUM_THREADS = 64;

/** Four channels of a row of pixels; those beyond the last are zero. */
function readQuad(name: 'x' | 'dy', channels: string, components: 1 | 4): string {
  const body =
    components === 4
      ? `if (channel >= ${channels}) { return vec4<f32>(); }
  return ${name}[(pixel * ${channels} + channel) / 4];`
      : `var quad = vec4<f32>();
  for (var i = 0; i < min(4, ${channels} - channel); i++) { quad[i] = ${name}[pixel * ${channels} + channel + i]; }
  return quad;`;
  return `
fn ${name}Quad(pixel : i32, channel : i32) -> vec4<f32> {
  ${body}
}`;
}

/** Adds the products of the positions that are held. */
const MULTIPLY_CODE = `
    for (var k = 0; k < ${HELD}; k++) {
      let input = inputs[k * ${QUADS} + row];
      let gradient = gradients[k * ${QUADS} + column];
      sums[0] = fma(vec4<f32>(input.x), gradient, sums[0]);
      sums[1] = fma(vec4<f32>(input.y), gradient, sums[1]);
      sums[2] = fma(vec4<f32>(input.z), gradient, sums[2]);
      sums[3] = fma(vec4<f32>(input.w), gradient, sums[3]);
    }`;

/** A workgroup has one tap, a tile of its inputs by outputs, and a share of the positions; what shares sum up to is added by {@link sumShares}. */
function gradientCode(xComponents: 1 | 4, components: 1 | 4): string {
  return `
var<workgroup> inputs : array<vec4<f32>, ${HELD * QUADS}>;
var<workgroup> gradients : array<vec4<f32>, ${HELD * QUADS}>;
${readQuad('x', 'uniforms.inputs', xComponents)}
${readQuad('dy', 'uniforms.outputs', components)}

fn main() {
  let local = i32(localIndex);
  let group = ${WORKGROUP};
  let share = i32(workgroupId.y);
  let across = (uniforms.outputs + ${TILE - 1}) / ${TILE};
  let down = (uniforms.inputs + ${TILE - 1}) / ${TILE};
  let o = group % across * ${TILE};
  let i = group / across % down * ${TILE};
  let tap = group / across / down;
  let ky = tap / uniforms.kernelWidth;
  let kx = tap % uniforms.kernelWidth;
  let end = min(uniforms.positions, (share + 1) * uniforms.steps * ${HELD});
  let row = local / ${QUADS};
  let column = local % ${QUADS};
  var sums : array<vec4<f32>, 4>;
  for (var step = 0; step < uniforms.steps; step++) {
    for (var at = local; at < ${HELD * QUADS}; at += ${THREADS}) {
      let position = (share * uniforms.steps + step) * ${HELD} + at / ${QUADS};
      let quad = at % ${QUADS} * 4;
      let y = position / uniforms.outWidth % uniforms.outHeight * uniforms.strideHeight + ky - uniforms.padTop;
      let x = position % uniforms.outWidth * uniforms.strideWidth + kx - uniforms.padLeft;
      let isInside = position < end && y >= 0 && x >= 0 && y < uniforms.inHeight && x < uniforms.inWidth;
      let image = position / uniforms.outWidth / uniforms.outHeight;
      inputs[at] = vec4<f32>();
      gradients[at] = vec4<f32>();
      if (isInside) {
        inputs[at] = xQuad((image * uniforms.inHeight + y) * uniforms.inWidth + x, i + quad);
        gradients[at] = dyQuad(position, o + quad);
      }
    }
    workgroupBarrier();
${MULTIPLY_CODE}
    workgroupBarrier();
  }
  if (tap >= uniforms.taps) { return; }
  let to = o + column * 4;
  for (var r = 0; r < 4; r++) {
    let input = i + row * 4 + r;
    if (input >= uniforms.inputs) { break; }
    let at = ((share * uniforms.taps + tap) * uniforms.inputs + input) * uniforms.outputs + to;
    ${
      components === 4
        ? 'if (to < uniforms.outputs) { result[at / 4] = sums[r]; }'
        : 'for (var c = 0; c < min(4, uniforms.outputs - to); c++) { result[at + c] = sums[r][c]; }'
    }
  }
}
`;
}

/** How many positions a workgroup sums up, in steps of {@link HELD}, and how many shares that makes. */
function shareOut(positions: number, tiles: number): { readonly steps: number; readonly shares: number } {
  const wanted = Math.min(Math.ceil(ENOUGH_WORKGROUPS / tiles), Math.ceil(positions / LEAST_POSITIONS));
  const steps = Math.ceil(positions / wanted / HELD);
  return { steps, shares: Math.ceil(positions / (steps * HELD)) };
}

/** Adds the rows of [shares, size]. */
function sumShares(backend: WebGPUBackend, parts: tf.TensorInfo, shares: number, shape: readonly number[]): tf.TensorInfo {
  const size = tf.util.sizeFromShape([...shape]);
  const components = componentsFor(size);
  const sum = runProgram(backend, {
    key: `gan-canvas-sum-shares ${components}`,
    code: () => `
fn main() {
  let at = ${WORKGROUP} * ${SUM_THREADS} + i32(localIndex);
  if (at >= uniforms.length) { return; }
  var sum = parts[at];
  for (var share = 1; share < uniforms.shares; share++) { sum += parts[share * uniforms.length + at]; }
  result[at] = sum;
}
`,
    inputs: { parts: { tensor: parts, components } },
    output: { shape, dtype: 'float32', components },
    threads: SUM_THREADS,
    workgroups: Math.ceil(size / components / SUM_THREADS),
    integers: { length: size / components, shares },
  });
  backend.disposeData(parts.dataId);
  return sum;
}

/** TF.js's kernel on WebGPU in tiles, where its own has a thread for each number of the gradient, however many positions that has to add. */
function conv2dBackpropFilter(backend: WebGPUBackend, x: tf.TensorInfo, dy: tf.TensorInfo, info: ConvolutionInfo): tf.TensorInfo {
  const { batchSize, outHeight, outWidth, inHeight, inWidth, inChannels, outChannels, filterHeight, filterWidth } = info;
  const positions = batchSize * outHeight * outWidth;
  const taps = filterHeight * filterWidth;
  const tiles = taps * Math.ceil(inChannels / TILE) * Math.ceil(outChannels / TILE);
  const { steps, shares } = shareOut(positions, tiles);
  const [xComponents, components] = [componentsFor(inChannels), componentsFor(outChannels)];
  const parts = runProgram(backend, {
    key: `gan-canvas-filter-gradient ${xComponents} ${components}`,
    code: () => gradientCode(xComponents, components),
    inputs: { x: { tensor: x, components: xComponents }, dy: { tensor: dy, components } },
    output: { shape: shares === 1 ? info.filterShape : [shares, ...info.filterShape], dtype: 'float32', components },
    threads: THREADS,
    workgroups: tiles,
    layers: shares,
    integers: {
      ...{ positions, steps, taps, inputs: inChannels, outputs: outChannels, outHeight, outWidth, inHeight, inWidth },
      ...{ kernelWidth: filterWidth, strideHeight: info.strideHeight, strideWidth: info.strideWidth },
      ...{ padTop: info.padInfo.top, padLeft: info.padInfo.left },
    },
  });
  return shares === 1 ? parts : sumShares(backend, parts, shares, info.filterShape);
}

/** Puts ours before TF.js's own, which does what has its channels first; once for each realm. */
export function registerConv2dBackpropFilter(): void {
  replaceKernel('webgpu', 'Conv2DBackpropFilter', (params, stock) => {
    const { x, dy } = params.inputs as Record<'x' | 'dy', tf.TensorInfo>;
    const { strides, pad, dataFormat, dimRoundingMode, filterShape } = params.attrs as unknown as tf.Conv2DBackpropFilterAttrs;
    if (dataFormat === 'NCHW') return stock(params);
    const shape = x.shape as [number, number, number, number];
    const info = tf.backend_util.computeConv2DInfo(shape, filterShape, strides, 1, pad, dimRoundingMode);
    return conv2dBackpropFilter(params.backend as WebGPUBackend, x, dy, info);
  });
}
