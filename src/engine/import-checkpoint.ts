import { GanCanvasError, throwIfAborted } from '../support/errors.ts';
import type { ImportedCheckpoint, ImportProgress } from '../weights/checkpoint/imported-checkpoint.ts';
import type { Dtype } from '../weights/safetensors.ts';
import { asPublicError } from './public-error.ts';
import { runInSlices } from './run-in-slices.ts';

/** How numbers are stored in a weights file: half or single precision. */
export const IMPORT_DTYPES = ['f16', 'f32'] as const;
export type ImportDtype = (typeof IMPORT_DTYPES)[number];

/** A checkpoint's bytes; borrowed. A dropped `File` is a `Blob`. */
export type CheckpointSource = Uint8Array | ArrayBuffer | Blob;

export interface ImportCheckpointOptions {
  /** What the model is to be called, 1 to 200 characters; also the discriminator's file is named by it. Default: a `File`'s name without its ending, else `imported`. */
  readonly name?: string | undefined;
  /** Default `f32`. Tensors with values beyond the range of f16 stay f32. */
  readonly dtype?: ImportDtype | undefined;
  /** A second checkpoint, where generator and discriminator were saved apart. */
  readonly discriminator?: CheckpointSource | undefined;
  /** True: leave the discriminator out, even one that cannot be imported. Default false. */
  readonly generatorOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Counts tensors. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

const DTYPES: Readonly<Record<ImportDtype, Dtype>> = { f16: 'F16', f32: 'F32' };
const MAX_NAME = 200;

async function readSource(source: CheckpointSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  return new Uint8Array(source instanceof ArrayBuffer ? source : await source.arrayBuffer());
}

function findName(source: CheckpointSource, name: string | undefined): string {
  const file = typeof File !== 'undefined' && source instanceof File ? source.name.replace(/\.\w+$/, '') : '';
  const found = name ?? (file === '' ? 'imported' : file.slice(0, MAX_NAME));
  if (found.length > 0 && found.length <= MAX_NAME) return found;
  throw new GanCanvasError('invalid-argument', `The name of an import has ${found.length} characters; expected 1 to ${MAX_NAME}.`);
}

function findDtype(dtype: ImportDtype = 'f32'): Dtype {
  if (IMPORT_DTYPES.includes(dtype)) return DTYPES[dtype];
  throw new GanCanvasError('invalid-argument', `The dtype of an import is "${String(dtype)}"; expected ${IMPORT_DTYPES.join(' or ')}.`);
}

/**
 * Converts a checkpoint into weights files, wherever it runs; nothing of the checkpoint is executed, and no byte leaves the page. It reads
 * `.pkl` of StyleGAN2-ADA and of the StyleGAN3 repository with StyleGAN2 networks, rosinality's StyleGAN2, the DCGAN of PyTorch's tutorial, in
 * `.pt` and `.pth` old and new, and the checkpoints of our own recipe. The code for it is loaded by the first call. Rejects with
 * `GanCanvasError` (`weights-format` for what is damaged, harmful or not supported; `invalid-argument`) or `AbortError`.
 */
export async function importCheckpoint(
  checkpoint: CheckpointSource,
  { name, dtype, discriminator, generatorOnly = false, signal, onProgress }: ImportCheckpointOptions = {},
): Promise<ImportedCheckpoint> {
  try {
    throwIfAborted(signal);
    const asked = { name: findName(checkpoint, name), dtype: findDtype(dtype), generatorOnly, signal, onProgress };
    const [{ importCheckpointFiles }, { measureMeanLatent }] = await Promise.all([
      import('../weights/checkpoint/import-checkpoint.ts'),
      import('../model/mean-latent.ts'),
    ]);
    const sources = discriminator === undefined ? [checkpoint] : [checkpoint, discriminator];
    return await importCheckpointFiles(await Promise.all(sources.map(readSource)), {
      ...asked,
      measureMeanLatent,
      runInSlices: (steps) => runInSlices(steps, signal),
    });
  } catch (error) {
    throw asPublicError(error);
  }
}
