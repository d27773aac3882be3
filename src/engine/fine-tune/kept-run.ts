import type { SnapshotValues } from '../../training/snapshot-values.ts';
import { GanCanvasError } from '../../support/errors.ts';
import type { TrainingSettings } from '../../training/training-settings.ts';

/** A training's state, as it is kept in this browser's storage: all that it takes to go on after a reload. */
export interface KeptRun {
  /** One for each model. */
  readonly name: string;
  readonly savedAt: number;
  readonly settings: TrainingSettings;
  /** Full file of the generator at the start. */
  readonly weights: Uint8Array;
  /** Pictures as they are learnt from, side · side · 3 bytes each. */
  readonly pictures: readonly { readonly name: string; readonly pixels: Uint8Array }[];
  readonly snapshot: SnapshotValues;
  readonly learningRateFactor: number;
  readonly step: number;
  readonly seconds: number;
}

/** What a page needs to know of a kept training to offer going on. */
export interface KeptRunSummary {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly step: number;
  readonly steps: number;
  readonly pictures: number;
}

const DATABASE = 'gan-canvas';
const STORE = 'fine-tune';
/** An index whose keys are the summaries: so that a page that asks for one is not given a whole training, of tens of megabytes. */
const SUMMARIES = 'summaries';
const SUMMARY_PATHS = ['name', 'savedAt', 'step', 'settings.steps', 'pictures.length'];

function openDatabase(): Promise<IDBDatabase> {
  if (typeof indexedDB === 'undefined') return Promise.reject(new Error('there is no storage here'));
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 2);
    request.onupgradeneeded = ({ oldVersion }) => {
      const { result, transaction } = request;
      const store = oldVersion === 0 ? result.createObjectStore(STORE, { keyPath: 'name' }) : transaction?.objectStore(STORE);
      store?.createIndex(SUMMARIES, SUMMARY_PATHS);
    };
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('the storage could not be opened'));
    };
    request.onblocked = () => {
      reject(new Error('another page holds the storage'));
    };
  });
}

/** Runs one request and waits until it is on disk. */
async function run<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await openDatabase();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        resolve(request.result);
      };
      const fail = () => {
        reject(transaction.error ?? new Error('the storage refused'));
      };
      transaction.onerror = fail;
      transaction.onabort = fail;
    });
  } finally {
    database.close();
  }
}

function describe(error: unknown): string {
  const { name, message } = error as { name?: string; message?: string };
  return name === 'QuotaExceededError' ? 'the storage of this browser is full' : (message ?? String(error));
}

/** Keeps a training, in place of the one that is kept under its name. Rejects with an `Error` that says why it cannot. */
export async function keepRun(kept: KeptRun): Promise<void> {
  try {
    await run('readwrite', (store) => store.put(kept));
  } catch (cause) {
    throw new Error(describe(cause), { cause });
  }
}

/** The training that is kept under that name. */
export async function loadKeptRun(name: string): Promise<KeptRun> {
  let found: KeptRun | undefined;
  try {
    found = await run<KeptRun | undefined>('readonly', (store) => store.get(name) as IDBRequest<KeptRun | undefined>);
  } catch (cause) {
    throw new GanCanvasError('invalid-argument', `The training of "${name}" cannot be gone on with: ${describe(cause)}.`, { cause });
  }
  if (found) return found;
  throw new GanCanvasError('invalid-argument', `No training of "${name}" is kept in this browser's storage; begin a new one.`);
}

/** What is kept under that name, or null; null too where there is no storage. */
export async function findKeptRun(name: string): Promise<KeptRunSummary | null> {
  try {
    const range = IDBKeyRange.bound([name], [name, []]);
    const found = await run('readonly', (store) => store.index(SUMMARIES).openKeyCursor(range));
    if (found === null) return null;
    const [, savedAt, step, steps, pictures] = found.key as [string, number, number, number, number];
    return { name, savedAt, step, steps, pictures };
  } catch {
    return null;
  }
}

/** Forgets a kept training, its pictures included. Where there is no storage there is nothing to forget. */
export async function eraseKeptRun(name: string): Promise<void> {
  try {
    await run('readwrite', (store) => store.delete(name));
  } catch (cause) {
    if (typeof indexedDB === 'undefined') return;
    throw new GanCanvasError('invalid-argument', `What is kept of "${name}" could not be erased: ${describe(cause)}.`, { cause });
  }
}
