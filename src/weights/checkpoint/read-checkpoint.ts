import { createCheckpointError } from './checkpoint-error.ts';
import { assertSoundValue } from './assert-sound-value.ts';
import { isTensorStorage } from './checkpoint-values.ts';
import type { PickleValue } from './checkpoint-values.ts';
import { assertHarmless, constructContainer, rebuildCall } from './known-calls.ts';
import { createReadingBudget, readPickle } from './read-pickle.ts';
import type { ReadingBudget } from './read-pickle.ts';
import { isTorchLegacy, readTorchLegacy } from './read-torch-legacy.ts';
import { readTorchZip } from './read-torch-zip.ts';

/** A tensor's storage inside a plain pickle: bytes in PyTorch's old format. They hold a storage and nothing else. */
function loadStorage([bytes]: readonly PickleValue[], budget: ReadingBudget): PickleValue {
  const storage = bytes instanceof Uint8Array && isTorchLegacy(bytes) ? readTorchLegacy(bytes, budget) : null;
  if (isTensorStorage(storage)) return storage;
  throw createCheckpointError("a storage is made of what are no bytes of torch.save's old format.");
}

/** A plain pickle, as StyleGAN2-ADA and the StyleGAN3 repository write it. */
function readPlainPickle(file: Uint8Array, budget: ReadingBudget): PickleValue {
  const { value } = readPickle(
    file,
    0,
    {
      assertHarmless,
      resolve: () => {
        throw createCheckpointError('it has a persistent id, which only files of torch.save have.');
      },
      rebuild: (callee, args) =>
        callee.module === 'torch.storage' && callee.name === '_load_from_bytes'
          ? loadStorage(args, budget)
          : rebuildCall(callee, args, budget),
      construct: (type, args) => constructContainer(type, args, budget),
    },
    budget,
  );
  return value;
}

/** What a file that is no checkpoint may be instead. */
function guessKind(file: Uint8Array): string {
  const start = String.fromCharCode(...file.subarray(0, 600));
  if (/^\s*</.test(start)) return ' It begins like an HTML page: was a page downloaded instead of the file?';
  if (start.startsWith('version https://git-lfs')) return ' It is a Git LFS pointer: fetch the real file with "git lfs pull".';
  if (start.startsWith('\x89HDF')) return ' It is an HDF5 file, of Keras or TensorFlow, which is not read.';
  if (start.startsWith('\x1f\x8b')) return ' It is packed with gzip: unpack it first.';
  if (start.slice(257, 262) === 'ustar') return ' It is a tar archive: unpack it first; files of PyTorch before 0.1.10 are not read.';
  if (/^.{8}\{/s.test(start)) return ' It is a safetensors file already: load it with src, or with "npx gan-canvas render --src".';
  return '';
}

/**
 * Reads a checkpoint, in whichever of the three forms it is, into data. The result's tensors are views into `file`; it is finite and does not
 * contain itself.
 * @throws GanCanvasError `weights-format`
 */
export async function readCheckpoint(file: Uint8Array): Promise<PickleValue> {
  const budget = createReadingBudget(file.length);
  let value: PickleValue;
  if (file[0] === 0x50 && file[1] === 0x4b) value = await readTorchZip(file, budget);
  else if (isTorchLegacy(file)) value = readTorchLegacy(file, budget);
  else if (file[0] === 0x80) value = readPlainPickle(file, budget);
  else
    throw createCheckpointError(
      `it is neither a file of torch.save (.pt, .pth) nor a pickle (.pkl) of StyleGAN2-ADA or the StyleGAN3 repository.${guessKind(file)}`,
    );
  assertSoundValue(value);
  return value;
}
