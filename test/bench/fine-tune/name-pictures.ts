import type { NamedPicture } from '../../../src/engine/fine-tune/fine-tune.ts';
import { toRgba } from './to-rgba.ts';

/** Square pictures of side · side · 3 bytes as `fineTune()` takes them, named by their numbers. */
export function namePictures(pictures: readonly Uint8Array[]): NamedPicture[] {
  return pictures.map((rgb, index) => {
    const side = Math.sqrt(rgb.length / 3);
    return { name: String(index), source: { data: toRgba(rgb), width: side, height: side } };
  });
}
