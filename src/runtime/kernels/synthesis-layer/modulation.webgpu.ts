import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { SynthesisLayerAttributes } from '../fused-kernels.ts';
import { productCode } from '../product.wgsl.ts';
import { componentsFor, runProgram, WORKGROUP } from '../webgpu-program.ts';

const THREADS = 256;

/** Stores the sum for `column` at a place of `result`. */
const store = (place: string, components: 1 | 4, value: string): string =>
  components === 4
    ? `for (var c = 0; c < 4; c++) { result[${place} + column * 4 + c] = (${value})[c]; }`
    : `result[${place} + column] = ${value};`;

/** A workgroup for each picture: its styles, and from what it stored of them the demodulation. */
function modulationCode(inputs: 1 | 4, outputs: 1 | 4): string {
  const style = productCode({
    name: 'computeStyle',
    parameters: ['n : i32', 'to : i32'],
    threads: THREADS,
    components: inputs,
    factor: 'ws[n * uniforms.stride + uniforms.first + k]',
    element: 'affineWeight[k * columns + column]',
    finish: `total += affineBias[column];
      ${store('to', inputs, 'total')}`,
  });
  const demodulation = productCode({
    name: 'demodulate',
    parameters: ['styles : i32', 'to : i32'],
    threads: THREADS,
    components: outputs,
    factor: 'result[styles + k] * result[styles + k]',
    element: 'powers[k * columns + column]',
    finish: store('to', outputs, 'inverseSqrt(total + uniforms.epsilon)'),
  });
  return `
${style}
${demodulation}
fn main() {
  let local = i32(localIndex);
  let n = ${WORKGROUP};
  let styles = (uniforms.inputs + 3) / 4 * 4;
  let demodulations = (uniforms.outputs + 3) / 4 * 4;
  let row = n * (styles + demodulations);
  if (uniforms.inputs + local < styles) { result[row + uniforms.inputs + local] = 0.0; }
  if (uniforms.outputs + local < demodulations) { result[row + styles + uniforms.outputs + local] = 0.0; }
  let columns = uniforms.inputs / ${inputs};
  computeStyle(n, row, uniforms.wDim, columns, 0, columns);
  storageBarrier();
  let outputs = uniforms.outputs / ${outputs};
  demodulate(row, row + styles, uniforms.inputs, outputs, 0, outputs);
}
`;
}

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
  const [ofInputs, ofOutputs] = [componentsFor(inputs), componentsFor(outputs)];
  return runProgram(backend, {
    key: `gan-canvas-modulation ${ofInputs} ${ofOutputs}`,
    code: () => modulationCode(ofInputs, ofOutputs),
    inputs: {
      ws: { tensor: ws, components: 1 },
      affineWeight: { tensor: affineWeight, components: ofInputs },
      affineBias: { tensor: affineBias, components: ofInputs },
      powers: { tensor: power, components: ofOutputs },
    },
    output: { shape: [batch, (Math.ceil(inputs / 4) + Math.ceil(outputs / 4)) * 4], dtype: 'float32', components: 1 },
    threads: THREADS,
    workgroups: batch,
    integers: { wDim, stride: rows * wDim, first: row * wDim, inputs, outputs },
    floats: { epsilon },
  });
}
