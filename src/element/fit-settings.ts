import { resolveClass } from '../engine/draw-plan.ts';
import type { Generator } from '../engine/generator.ts';
import { directionOffsets } from '../latent/directions.ts';
import { GanCanvasError } from '../support/errors.ts';
import type { ModelInfo } from '../weights/model-info.ts';
import { readDirections, readLatent, type PictureSettings, type Warn } from './read-settings.ts';

/** What reads a setting for a network; throws where it does not fit. */
const READERS: Readonly<Record<'classLabel' | 'directions' | 'latent', (settings: PictureSettings, info: ModelInfo) => void>> = {
  classLabel: ({ classLabel }, info) => {
    if (classLabel !== null && classLabel !== '') resolveClass(info, classLabel);
  },
  directions: (settings, { directions, numWs, directionDim }) => {
    const known = directions.map(({ name, layers }) => [name, { vector: new Float32Array(directionDim), layers }] as const);
    const read = readDirections(settings.directions);
    if (read !== undefined) directionOffsets(read, new Map(known), numWs, directionDim);
  },
  latent: (settings, { zDim, name }) => {
    const { length } = readLatent(settings.latent) ?? { length: zDim };
    if (length !== zDim) throw new GanCanvasError('bad-vector', `The latent has ${length} numbers; z of "${name}" has ${zDim}.`);
  },
};

/**
 * The element's settings as they are drawn with. The page wrote them for the model that it named: where another network took that one's place,
 * those that mean nothing to it are left out, with a warning, so that there always is a picture.
 */
export function fitSettings(
  settings: PictureSettings,
  { info, loadedInfo }: Pick<Generator, 'info' | 'loadedInfo'>,
  warn: Warn,
): PictureSettings {
  if (info === loadedInfo) return settings;
  const unfit = Object.entries(READERS).flatMap(([name, read]) => {
    try {
      read(settings, info);
      return [];
    } catch (error) {
      warn(`unfit ${name}`, `${(error as Error).message} It is left out while "${info.name}" draws in the place of "${loadedInfo.name}".`);
      return [[name, null] as const];
    }
  });
  // Numbers out of range are clamped by readPicture; that those of the first model are is nothing to warn of.
  const latentDim = Number(settings.latentDim) > info.zDim ? null : settings.latentDim;
  return { ...settings, latentDim, ...Object.fromEntries(unfit) };
}
