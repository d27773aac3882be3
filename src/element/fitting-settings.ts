import type { Generator } from '../engine/generator.ts';
import type { PictureSettings, Warn } from './read-settings.ts';

/** The settings as the network that draws can take them. What judges those of another network than the loaded one is fetched when there is one. */
export async function fittingSettings(
  settings: PictureSettings,
  generator: Pick<Generator, 'info' | 'loadedInfo'>,
  warn: Warn,
): Promise<PictureSettings> {
  if (generator.info === generator.loadedInfo) return settings;
  const { fitSettings } = await import('./fit-settings.ts');
  return fitSettings(settings, generator, warn);
}
