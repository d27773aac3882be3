/**
 * Work on WebGPU that is recorded once and repeated: TF.js makes a uniform buffer and a bind group for every dispatch of every run, which takes a
 * processor longer than the dispatch takes a GPU. A recording keeps them, with every buffer in between; a repetition writes the inputs, and is one
 * pass of its dispatches. While it records, parts of TF.js's backend that are not public are replaced.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { RecordedBuffers, type BufferSource, type Scratch } from './recorded-buffers.webgpu.ts';

interface TensorData {
  readonly values: ArrayLike<number> | null;
  readonly resource: GPUBuffer | null;
}

/** The parts of TF.js 4.22's backend that recording replaces or calls. */
interface Internals {
  readonly device: GPUDevice;
  readonly tensorMap: { get(dataId: object): TensorData; has(dataId: object): boolean };
  readonly disposed: boolean;
  readonly activeTimers: unknown;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: Pick<GPUComputePassEncoder, 'setPipeline' | 'setBindGroup' | 'dispatchWorkgroups'> | null;
  commandQueueOwnedIds: Pick<WeakSet<object>, 'has' | 'add'>;
  uniformPendingDisposal: GPUBuffer[];
  bufferManager: BufferSource;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(dataId: object): void;
  write(values: unknown, shape: number[], dtype: tf.DataType): object;
}

interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly counts: readonly [number, number, number];
}

/** A tensor's place in a recording. */
interface Slot {
  readonly buffer: GPUBuffer;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

type Slots = Readonly<Record<string, Slot>>;

function mapValues<From, To>(values: Readonly<Record<string, From>>, map: (value: From, name: string) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]));
}

/** The work borrows its inputs; its results are its caller's. */
export type Work = (inputs: tf.NamedTensorMap) => tf.NamedTensorMap;

const internalsOf = (backend: WebGPUBackend): Internals => backend as unknown as Internals;

/** Whether work can be recorded now: not while TF.js only compiles, measures its programs or is recording already. */
export function canRecord(backend: WebGPUBackend): boolean {
  const { activeTimers, bufferManager } = internalsOf(backend);
  return !tf.env().getBool('WEBGPU_ENGINE_COMPILE_ONLY') && !activeTimers && !(bufferManager instanceof RecordedBuffers);
}

/** Puts tensors on the GPU, where TF.js would otherwise compute what is small on the processor. */
export function upload(backend: WebGPUBackend, tensors: readonly tf.Tensor[]): void {
  for (const { dataId } of tensors) internalsOf(backend).uploadToGPU(dataId);
}

/** What TF.js takes for a pass. */
function createPass(dispatches: Dispatch[]): NonNullable<Internals['computePassEncoder']> {
  let pipeline: GPUComputePipeline;
  let bindGroup: GPUBindGroup;
  return {
    setPipeline: (next) => {
      pipeline = next;
    },
    setBindGroup: (_index: number, next: GPUBindGroup | null | undefined) => {
      bindGroup = next as GPUBindGroup;
    },
    dispatchWorkgroups: (x, y = 1, z = 1) => {
      dispatches.push({ pipeline, bindGroup, counts: [x, y, z] });
    },
  };
}

/** Does work with the backend's own buffers, passes and queue replaced, and puts them back. */
function recordInto(internals: Internals, buffers: RecordedBuffers, dispatches: Dispatch[], work: () => void): void {
  internals.endComputePassEncoder();
  const { bufferManager, commandQueueOwnedIds, uniformPendingDisposal } = internals;
  const batchSize = tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE');
  const { write, uploadToGPU } = internals;
  const own = new WeakSet();
  Object.assign(internals, {
    bufferManager: buffers,
    // Dispatches come in the order of their recording, so that a buffer is free as soon as its tensor is disposed of.
    commandQueueOwnedIds: { has: () => false, add: () => undefined },
    uniformPendingDisposal: [],
    computePassEncoder: createPass(dispatches),
    endComputePassEncoder: () => undefined,
    write(this: Internals, ...args: Parameters<Internals['write']>) {
      const dataId = write.apply(this, args);
      own.add(dataId);
      return dataId;
    },
    uploadToGPU(this: Internals, dataId: object) {
      // What was there before the recording stays when it goes.
      if (!own.has(dataId)) this.bufferManager = bufferManager;
      uploadToGPU.call(this, dataId);
      this.bufferManager = buffers;
    },
  });
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', Infinity);
  try {
    work();
  } finally {
    tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', batchSize);
    for (const name of ['endComputePassEncoder', 'write', 'uploadToGPU']) Reflect.deleteProperty(internals, name);
    Object.assign(internals, { bufferManager, commandQueueOwnedIds, uniformPendingDisposal, computePassEncoder: null });
  }
}

/** Work as a list of dispatches, with all that they use. Owns its buffers; not those of tensors that the work found outside. */
export class Recording {
  readonly #backend: WebGPUBackend;
  readonly #scratch: Scratch;
  readonly #buffers: RecordedBuffers;
  readonly #dispatches: readonly Dispatch[];
  readonly #inputs: Slots;
  readonly #outputs: Slots;

  /**
   * Records work on inputs like these, which are borrowed; nothing is computed yet. It must depend on its inputs and on tensors that outlive
   * the recording, on nothing else, and must read no values. What it gives stays here. `scratch` must outlive the recording.
   */
  constructor(backend: WebGPUBackend, scratch: Scratch, inputs: tf.NamedTensorMap, work: Work) {
    const internals = internalsOf(backend);
    const dispatches: Dispatch[] = [];
    const buffers = new RecordedBuffers(internals.device, scratch, internals.bufferManager);
    const slotOf = ({ dataId, shape, dtype }: tf.Tensor): Slot => {
      internals.uploadToGPU(dataId);
      return { buffer: internals.tensorMap.get(dataId).resource as GPUBuffer, shape, dtype };
    };
    const slots: { inputs: Slots; outputs: Slots } = { inputs: {}, outputs: {} };
    const recordAll = (): void => {
      const places = mapValues(inputs, ({ shape, dtype }) => tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo(shape, dtype)));
      slots.inputs = mapValues(places, slotOf);
      slots.outputs = mapValues(work(places), slotOf);
    };
    this.#backend = backend;
    this.#scratch = scratch;
    this.#buffers = buffers;
    this.#dispatches = dispatches;
    try {
      recordInto(internals, buffers, dispatches, () => {
        tf.tidy(recordAll);
      });
    } catch (error) {
      buffers.destroy();
      throw error;
    } finally {
      scratch.giveBackAll();
    }
    this.#inputs = slots.inputs;
    this.#outputs = slots.outputs;
  }

  /** Bytes of its own buffers. */
  get sizeBytes(): number {
    return this.#buffers.sizeBytes;
  }

  /** The work on these inputs, which are borrowed and have the shapes of those that it was recorded with. The results are the caller's. */
  repeat(inputs: tf.NamedTensorMap): tf.NamedTensorMap {
    const internals = internalsOf(this.#backend);
    submitLast(this.#backend, this.#scratch);
    internals.endComputePassEncoder();
    internals.ensureCommandEncoderReady();
    const encoder = (this.#scratch.encoder = internals.commandEncoder as GPUCommandEncoder);
    for (const [name, slot] of Object.entries(this.#inputs)) fillSlot(internals, encoder, slot, inputs[name] as tf.Tensor);
    const pass = encoder.beginComputePass();
    let current: GPUComputePipeline | null = null;
    for (const { pipeline, bindGroup, counts } of this.#dispatches) {
      if (pipeline !== current) pass.setPipeline((current = pipeline));
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...counts);
    }
    pass.end();
    return mapValues(this.#outputs, (slot) => this.#copyOut(internals, encoder, slot));
  }

  #copyOut(internals: Internals, encoder: GPUCommandEncoder, { buffer, shape, dtype }: Slot): tf.Tensor {
    const info = this.#backend.makeTensorInfo([...shape], dtype);
    internals.uploadToGPU(info.dataId);
    encoder.copyBufferToBuffer(buffer, 0, internals.tensorMap.get(info.dataId).resource as GPUBuffer, 0, buffer.size);
    internals.commandQueueOwnedIds.add(info.dataId);
    return tf.engine().makeTensorFromTensorInfo(info);
  }

  /** {@link submitLast} must come before. */
  dispose(): void {
    this.#buffers.destroy();
  }
}

/** Submits the last repetition that took this scratch: it must meet neither the inputs of the next, nor destroyed buffers. */
export function submitLast(backend: WebGPUBackend, scratch: Scratch): void {
  const internals = internalsOf(backend);
  if (scratch.encoder === null || internals.disposed || internals.commandEncoder !== scratch.encoder) return;
  internals.endComputePassEncoder();
  internals.submitQueue();
}

/** Puts a tensor's values into its slot; those that are not on the GPU yet go there directly. */
function fillSlot(internals: Internals, encoder: GPUCommandEncoder, { buffer, dtype }: Slot, { dataId }: tf.Tensor): void {
  const { values, resource } = internals.tensorMap.get(dataId);
  if (resource) {
    encoder.copyBufferToBuffer(resource, 0, buffer, 0, buffer.size);
    internals.commandQueueOwnedIds.add(dataId);
    return;
  }
  const Values = dtype === 'float32' ? Float32Array : Int32Array;
  const typed = values instanceof Values ? values : Values.from(values ?? []);
  internals.device.queue.writeBuffer(buffer, 0, typed as Float32Array<ArrayBuffer>);
}
