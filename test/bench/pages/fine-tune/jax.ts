/** jax-js: the step written in its NumPy functions, differentiated by it and compiled by its jit. */
// First: it watches what libraries take.
import { readBatch, readStepWeights, serveTimedStep, type TimedPage } from './timed-page.ts';
import { defaultDevice, init } from '@jax-js/jax';
import { JaxStep } from './jax-step.ts';

async function open(): Promise<TimedPage> {
  const backend = new URLSearchParams(location.search).get('backend') === 'webgpu' ? 'webgpu' : 'wasm';
  if (!(await init(backend)).includes(backend)) throw new Error(`jax-js has no ${backend} here.`);
  defaultDevice(backend);
  const step = new JaxStep(await readStepWeights(), readBatch());
  return serveTimedStep(
    step,
    () => 'jax-js, convolutions as its matrix products of columns, R1 as forward over reverse, the gradients compared with ours',
  );
}

export const bench = open();
