import { GanCanvasError } from '../../support/errors.ts';
import type { StartTraining } from './start-fine-tune.ts';

/** In this realm: Node, a worker of the caller's own, or a page that can start none. */
export const trainHere: StartTraining = async (job, { signal, onTraining }) => {
  const [{ runFineTune }, { TrainingControls }] = await Promise.all([import('./train.ts'), import('./training-controls.ts')]);
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
  const [{ WorkerCrashError, WorkerLink }, { startWorker }] = await Promise.all([
    import('../worker-link.ts'),
    import('../worker-start.ts'),
  ]);
  const started = await startWorker().catch(() => null);
  if (started === null) return trainHere(job, how);
  const link = new WorkerLink(started, () => undefined);
  const { outcome, control } = link.train(job, how);
  return {
    control,
    outcome: outcome
      .catch((error: unknown) => {
        if (!(error instanceof WorkerCrashError)) throw error;
        const message = `The worker that trained has ended (${error.message}); go on from what this browser kept, or begin again with fewer pictures.`;
        throw new GanCanvasError('internal', message, { cause: error });
      })
      .finally(() => {
        link.close();
      }),
  };
};
