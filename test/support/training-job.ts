import type { FineTuneEvent, FineTuneJob } from '../../src/engine/fine-tune/fine-tune-job.ts';
import type { FineTuneOptions } from '../../src/engine/fine-tune/fine-tune.ts';
import type { TrainingPort } from '../../src/engine/fine-tune/train.ts';
import { TrainingControls } from '../../src/engine/fine-tune/training-controls.ts';
import { serveTrainable } from './serve-files.ts';

/** A job for a small network: 12 pictures of one colour each, in batches of two. */
export async function createJob(backend: FineTuneJob['backend'], options: FineTuneOptions): Promise<FineTuneJob> {
  const src = await serveTrainable();
  const response = await fetch(src);
  return {
    weights: new Uint8Array(await response.arrayBuffer()),
    discriminator: { url: new URL('d.safetensors', src).href, integrity: null },
    pictures: Array.from({ length: 12 }, (_, index) => {
      const data = new Uint8ClampedArray(16 * 16 * 4).map((_value, at) => (at % 4 === 3 ? 255 : (index * 20 + (at % 4) * 60) % 256));
      return { name: index.toString(), source: { data, width: 16, height: 16 } };
    }),
    options: { batch: 2, method: 'adversarial', ...options },
    backend,
    keptAs: 'a-training-in-a-test',
  };
}

/** Controls that record how long they were to rest, and do not. */
class RestlessControls extends TrainingControls {
  readonly restsMs: number[] = [];

  override rest(ms: number): Promise<void> {
    this.restsMs.push(ms);
    this.assertGoing();
    return Promise.resolve();
  }
}

/** A port that a test steers by what is emitted. */
export function createPort(
  handle: (event: FineTuneEvent, controls: TrainingControls) => void,
): TrainingPort & { readonly restsMs: number[] } {
  const abort = new AbortController();
  const controls = new RestlessControls(abort.signal);
  return { controls, restsMs: controls.restsMs, signal: abort.signal, emit: (event) => handle(event, controls) };
}
