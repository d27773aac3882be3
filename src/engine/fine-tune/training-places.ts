import type { StartTraining } from './start-fine-tune.ts';
import { TrainingControls } from './training-controls.ts';

/** In this realm: Node, a worker of the caller's own, or a page that can start none. */
export const trainHere: StartTraining = async (job, { signal, onTraining }) => {
  const { runFineTune } = await import('./train.ts');
  const controls = new TrainingControls(signal);
  return {
    outcome: runFineTune(job, { controls, signal, emit: onTraining }),
    control: (control) => {
      controls.handle(control);
    },
  };
};

/** In a worker of its own, which ends with the training and gives its memory back; where none can start, here. */
export const trainInWorker: StartTraining = async (job, how) => {
  const [{ WorkerLink }, { startWorker }] = await Promise.all([import('../worker-link.ts'), import('../worker-start.ts')]);
  const started = await startWorker().catch(() => null);
  if (started === null) return trainHere(job, how);
  const link = new WorkerLink(started, () => undefined);
  const { outcome, control } = link.train(job, how);
  return {
    control,
    outcome: outcome.finally(() => {
      link.close();
    }),
  };
};
