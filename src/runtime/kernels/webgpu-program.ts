import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** A tensor that a program reads: `var<storage, read> NAME: array<…>` of elements of that many components. */
export interface ProgramInput {
  readonly tensor: TensorInfo;
  readonly components: 1 | 2 | 4;
}

/** A compute shader in WGSL for TF.js's own queue, memory and cache of pipelines. */
export interface Program {
  /** Tells any two programs of different code apart, together with the names and ranks of their inputs. */
  readonly key: string;
  /** Declarations and `fn main()`, asked for only when the program is compiled; it finds `result`, the inputs, `uniforms`, `workgroupId`, `numWorkgroups`, `localIndex` (all u32). */
  readonly code: () => string;
  /** All of them must be used by the code: the layout of a pipeline has no others. */
  readonly inputs: Readonly<Record<string, ProgramInput>>;
  readonly output: { readonly shape: readonly number[]; readonly dtype: DataType; readonly components: 1 | 4 };
  /** In a workgroup, which is one-dimensional. */
  readonly threads: number;
  /** Workgroups along x; those beyond a dispatch's limit go on along z. {@link WORKGROUP} is the number of each. */
  readonly workgroups: number;
  /** Along y. */
  readonly layers?: number;
  /** i32 in `uniforms`. */
  readonly integers?: Readonly<Record<string, number>>;
  /** f32 in `uniforms`. */
  readonly floats?: Readonly<Record<string, number>>;
}

/** The number of a workgroup along x and z, in WGSL; up to fewer than `layers` of z numbers lie beyond the last. */
export const WORKGROUP = 'i32(workgroupId.x + workgroupId.z * numWorkgroups.x)';

/** What every WebGPU device can dispatch along one axis. */
const MAX_WORKGROUPS = 65_535;

/** The largest single-precision number: what stands for infinity in a uniform. */
export const MAX_FLOAT = 3.4028234663852886e38;

/** Records a program; the result is the caller's, to return or to give back with {@link WebGPUBackend.disposeData}. */
export function runProgram(backend: WebGPUBackend, program: Program): TensorInfo {
  const { key, code, output, threads, workgroups, layers = 1, integers = {}, floats = {} } = program;
  const inputs = Object.values(program.inputs);
  const deep = Math.ceil(workgroups / MAX_WORKGROUPS);
  const declare = (names: object, type: string): string =>
    Object.keys(names)
      .map((name) => `${name} : ${type}, `)
      .join('');
  const provide = (values: Readonly<Record<string, number>>, type: string) =>
    Object.values(values).map((value) => ({ type, data: [value] }));
  return backend.runWebGPUProgram(
    {
      shaderKey: key,
      getUserCode: code,
      variableNames: Object.keys(program.inputs),
      variableComponents: inputs.map(({ components }) => components),
      outputShape: [...output.shape],
      outputComponent: output.components,
      workgroupSize: [threads, 1, 1],
      dispatch: [Math.ceil(workgroups / deep), layers, deep],
      // Three axes, so that main() is called without an index.
      dispatchLayout: { x: [0], y: [1], z: [2] },
      uniforms: declare(integers, 'i32') + declare(floats, 'f32'),
    },
    inputs.map(({ tensor }) => tensor),
    output.dtype,
    [...provide(integers, 'int32'), ...provide(floats, 'float32')],
  );
}

/** 4 where a whole number of vec4 goes into a row of that width, else 1. */
export function componentsFor(width: number): 1 | 4 {
  return width % 4 === 0 ? 4 : 1;
}
