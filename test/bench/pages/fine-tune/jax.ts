/** jax-js on WASM: the step written in its NumPy functions, differentiated by it and compiled by its jit. */
// First: it watches what libraries take.
import { readBatch, readStepWeights, serveTimedStep, type TimedPage } from './timed-page.ts';
import { defaultDevice, init } from '@jax-js/jax';
import { JaxStep } from './jax-step.ts';

async function open(): Promise<TimedPage> {
  if (!(await init('wasm')).includes('wasm')) throw new Error('jax-js has no WASM here.');
  defaultDevice('wasm');
  const step = new JaxStep(await readStepWeights(), readBatch());
  return serveTimedStep(
    step,
    () => 'jax-js, convolutions as its matrix products of columns, R1 as reverse over forward, the gradients compared with ours',
  );
}

export const bench = open();
