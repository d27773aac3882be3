/** How many compute dispatches synchronous work records on WebGPU in this realm, and what it gives. */
export function countDispatches<T>(work: () => T): { readonly dispatches: number; readonly result: T } {
  const pass = GPUComputePassEncoder.prototype;
  const original = pass.dispatchWorkgroups;
  let dispatches = 0;
  pass.dispatchWorkgroups = function (...counts) {
    dispatches += 1;
    original.apply(this, counts);
  };
  try {
    return { result: work(), dispatches };
  } finally {
    pass.dispatchWorkgroups = original;
  }
}
