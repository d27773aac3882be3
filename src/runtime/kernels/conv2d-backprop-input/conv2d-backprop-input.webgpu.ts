import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { replaceKernel } from '../replace-kernel.webgpu.ts';
import { componentsFor, runProgram, WORKGROUP } from '../webgpu-program.ts';

/** Positions, and channels, of a tile, of which a thread has four by four. */
const TILE = 32;
const QUADS = TILE / 4;
const THREADS = QUADS * QUADS;
/** Quads of outputs that a workgroup holds at a time. */
const HELD = 4;

/** Four outputs of a row of numbers; those beyond the last are zero. */
function readQuad(name: 'dy' | 'kernel', components: 1 | 4): string {
  const body =
    components === 4
      ? `return ${name}[(row * uniforms.outputs + o) / 4];`
      : `var quad = vec4<f32>();
  for (var c = 0; c < min(4, uniforms.outputs - o); c++) { quad[c] = ${name}[row * uniforms.outputs + o + c]; }
  return quad;`;
  return `
fn ${name}Quad(row : i32, o : i32) -> vec4<f32> {
  if (o >= uniforms.outputs) { return vec4<f32>(); }
  ${body}
}`;
}

const addRow = (r: number): string =>
  `let gradient${r} = gradients[(row * 4 + ${r}) * ${HELD} + q];
        sums[${r}] += vec4<f32>(dot(gradient${r}, first), dot(gradient${r}, second), dot(gradient${r}, third), dot(gradient${r}, fourth));`;

/**
 * Positions of the input go by phases: those of one have the same taps of the kernel, every stride-th along each axis, so that none is looked at in
 * vain. The position with that number of a phase is (y, x) of a picture, or lies beyond the last (n = -1).
 */
const PLACE_CODE = `
fn placeOf(position : i32, phase : vec2<i32>) -> vec3<i32> {
  let high = (uniforms.inHeight - phase.x + uniforms.strideHeight - 1) / uniforms.strideHeight;
  let wide = (uniforms.inWidth - phase.y + uniforms.strideWidth - 1) / uniforms.strideWidth;
  if (high <= 0 || wide <= 0) { return vec3<i32>(-1); }
  let n = position / wide / high;
  if (n >= uniforms.batch) { return vec3<i32>(-1); }
  return vec3<i32>(n, position / wide % high * uniforms.strideHeight + phase.x, position % wide * uniforms.strideWidth + phase.y);
}
`;

/** Adds the products of what is held: a thread's four positions by its four inputs. */
const MULTIPLY_CODE = `
      for (var q = 0; q < ${HELD}; q++) {
        let first = kernels[column * 4 * ${HELD} + q];
        let second = kernels[(column * 4 + 1) * ${HELD} + q];
        let third = kernels[(column * 4 + 2) * ${HELD} + q];
        let fourth = kernels[(column * 4 + 3) * ${HELD} + q];
        ${[0, 1, 2, 3].map(addRow).join('\n        ')}
      }`;

/** A workgroup has a tile of positions of one phase by inputs. */
function gradientCode(components: 1 | 4, outComponents: 1 | 4): string {
  return `
var<workgroup> gradients : array<vec4<f32>, ${TILE * HELD}>;
var<workgroup> kernels : array<vec4<f32>, ${TILE * HELD}>;
${readQuad('dy', components)}
${readQuad('kernel', components)}
${PLACE_CODE}
fn loadTiles(group : i32, phase : vec2<i32>, i : i32, tap : vec2<i32>, o : i32) {
  for (var at = i32(localIndex); at < ${TILE * HELD}; at += ${THREADS}) {
    let quad = o + at % ${HELD} * 4;
    let place = placeOf(group * ${TILE} + at / ${HELD}, phase);
    let reach = place.yz + vec2<i32>(uniforms.padTop, uniforms.padLeft) - tap;
    let to = reach / vec2<i32>(uniforms.strideHeight, uniforms.strideWidth);
    let isInside = place.x >= 0 && reach.x >= 0 && reach.y >= 0 && to.x < uniforms.outHeight && to.y < uniforms.outWidth;
    gradients[at] = vec4<f32>();
    if (isInside) { gradients[at] = dyQuad((place.x * uniforms.outHeight + to.x) * uniforms.outWidth + to.y, quad); }
    let input = i + at / ${HELD};
    kernels[at] = vec4<f32>();
    let isTap = tap.x < uniforms.kernelHeight && tap.y < uniforms.kernelWidth;
    if (isTap && input < uniforms.inputs) { kernels[at] = kernelQuad((tap.x * uniforms.kernelWidth + tap.y) * uniforms.inputs + input, quad); }
  }
  workgroupBarrier();
}

fn main() {
  let group = ${WORKGROUP};
  let across = (uniforms.inputs + ${TILE - 1}) / ${TILE};
  let i = i32(workgroupId.y) % across * ${TILE};
  let phaseIndex = i32(workgroupId.y) / across;
  let phase = vec2<i32>(phaseIndex / uniforms.strideWidth, phaseIndex % uniforms.strideWidth);
  let start = (phase + vec2<i32>(uniforms.padTop, uniforms.padLeft)) % vec2<i32>(uniforms.strideHeight, uniforms.strideWidth);
  let row = i32(localIndex) / ${QUADS};
  let column = i32(localIndex) % ${QUADS};
  var sums : array<vec4<f32>, 4>;
  for (var ky = 0; ky < uniforms.kernelHeight; ky += uniforms.strideHeight) {
    for (var kx = 0; kx < uniforms.kernelWidth; kx += uniforms.strideWidth) {
      let tap = start + vec2<i32>(ky, kx);
      for (var o = 0; o < uniforms.outputs; o += ${HELD * 4}) {
        loadTiles(group, phase, i, tap, o);
        ${MULTIPLY_CODE}
        workgroupBarrier();
      }
    }
  }
  for (var r = 0; r < 4; r++) {
    let place = placeOf(group * ${TILE} + row * 4 + r, phase);
    let input = i + column * 4;
    if (place.x < 0 || input >= uniforms.inputs) { continue; }
    let at = ((place.x * uniforms.inHeight + place.y) * uniforms.inWidth + place.z) * uniforms.inputs + input;
    ${
      outComponents === 4
        ? 'result[at / 4] = sums[r];'
        : 'for (var c = 0; c < min(4, uniforms.inputs - input); c++) { result[at + c] = sums[r][c]; }'
    }
  }
}
`;
}

/** TF.js's kernel on WebGPU in tiles, whose own reads all anew for each four numbers, or each one. */
function conv2dBackpropInput(
  backend: WebGPUBackend,
  dy: tf.TensorInfo,
  kernel: tf.TensorInfo,
  info: tf.backend_util.Conv2DInfo,
): tf.TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  const [components, outComponents] = [componentsFor(outChannels), componentsFor(inChannels)];
  const positions = batchSize * Math.ceil(inHeight / strideHeight) * Math.ceil(inWidth / strideWidth);
  return runProgram(backend, {
    key: `gan-canvas-input-gradient ${components} ${outComponents}`,
    code: () => gradientCode(components, outComponents),
    inputs: { dy: { tensor: dy, components }, kernel: { tensor: kernel, components } },
    output: { shape: info.inShape, dtype: 'float32', components: outComponents },
    threads: THREADS,
    workgroups: Math.ceil(positions / TILE),
    layers: strideHeight * strideWidth * Math.ceil(inChannels / TILE),
    integers: {
      ...{ batch: batchSize, inHeight, inWidth, inputs: inChannels, outHeight, outWidth, outputs: outChannels },
      ...{ kernelHeight: filterHeight, kernelWidth: filterWidth, strideHeight, strideWidth, padTop: padInfo.top, padLeft: padInfo.left },
    },
  });
}

/** Puts ours before TF.js's own, which does what has its channels first; once for each realm. */
export function registerConv2dBackpropInput(): void {
  replaceKernel('Conv2DBackpropInput', (params, stock) => {
    const { dy, filter } = params.inputs as Record<'dy' | 'filter', tf.TensorInfo>;
    const { strides, pad, dataFormat, dimRoundingMode, inputShape } = params.attrs as unknown as tf.Conv2DBackpropInputAttrs;
    if (dataFormat === 'NCHW') return stock(params);
    const shape = filter.shape as [number, number, number, number];
    const info = tf.backend_util.computeConv2DInfo(inputShape, shape, strides, 1, pad, dimRoundingMode);
    return conv2dBackpropInput(params.backend as WebGPUBackend, dy, filter, info);
  });
}
