import type { GenerateOptions, Generator, Picture } from '../engine/generator.ts';
import { assertGenerateOptions } from './check-arguments.ts';
import { fittingSettings } from './fitting-settings.ts';
import type { PictureSettings, Warn } from './read-settings.ts';
import { readPicture } from './read-settings.ts';

/** What a method draws from: the element's own settings, which a method's options replace one by one. */
export interface OwnSettings {
  readonly settings: PictureSettings;
  readonly warn: Warn;
}

/** The picture of `generate()`. */
export async function generateImage(generator: Generator, options: GenerateOptions, own: OwnSettings): Promise<ImageData> {
  assertGenerateOptions(options, generator.info);
  return toImageData(await generator.generate(await mergeOptions(options, own, generator)));
}

/** The pictures of `interpolate()`. */
export async function interpolateImages(
  generator: Generator,
  seeds: readonly [string, string],
  steps: number,
  options: { readonly signal?: AbortSignal },
  own: OwnSettings,
): Promise<ImageData[]> {
  const merged = await mergeOptions({ ...options, seed: seeds[0] }, own, generator);
  return (await generator.interpolate(...seeds, steps, merged)).map(toImageData);
}

async function mergeOptions(
  options: GenerateOptions,
  { settings: written, warn }: OwnSettings,
  generator: Generator,
): Promise<GenerateOptions> {
  const settings = await fittingSettings(written, generator, warn);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  // A seed that is given wins over a latent that is the element's own.
  const latent = options.seed === undefined ? settings.latent : null;
  const merged = { ...settings, latent, ...Object.fromEntries(given), samples: null, columns: null };
  const { seed, latent: z, latentDim, truncation, classLabel, noise, directions, mix } = readPicture(merged, generator.info, warn);
  return { seed: String(seed), latent: z, latentDim, truncation, classLabel, noise, directions, mix, signal: options.signal };
}

function toImageData({ data, width, height }: Picture): ImageData {
  const image = new ImageData(width, height);
  image.data.set(data);
  return image;
}
