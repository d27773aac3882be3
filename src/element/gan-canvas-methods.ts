import type {
  DiscoverOptions,
  DiscoveredDirection,
  GenerateOptions,
  Generator,
  LearnOptions,
  MarkedPicture,
  TrainableGenerator,
} from '../engine/generator.ts';
import type { DirectionInfo } from '../weights/model-info.ts';
import type { RecordAnimationOptions } from './animation/animation-options.ts';
import { assertOptions, assertSeed, assertSteps, assertToBlobOptions, type ToBlobOptions } from './check-arguments.ts';
import type { OwnSettings } from './draw-pictures.ts';
import { GanCanvasSettings } from './gan-canvas-settings.ts';
import { drawJob, type PictureJob } from './picture-controller.ts';

/** The methods of `<gan-canvas>` that draw pictures or look for directions and show nothing themselves. */
export abstract class GanCanvasMethods extends GanCanvasSettings {
  /** @internal Works with the generator of what the attributes name now, opening it if need be. */
  protected abstract useGenerator<T>(work: (generator: TrainableGenerator) => Promise<T>, signal?: AbortSignal): Promise<T>;

  /** @internal What a method's options replace. */
  protected abstract readonly ownSettings: OwnSettings;

  /** @internal What is to be shown. */
  protected abstract readJob(generator: Generator): Promise<PictureJob>;

  /** @internal The generator's weights were changed by itself: they are what must be kept and shown. */
  protected abstract keepWeights(generator: TrainableGenerator): Promise<void>;

  /** True unless the page asked for pixels to be seen. */
  get #isSmooth(): boolean {
    const canvas = this.shadowRoot?.querySelector('canvas');
    return !canvas || getComputedStyle(canvas).imageRendering !== 'pixelated';
  }

  /**
   * Draws one picture without showing it; what is left out is the element's own. Works before the element is visible
   * or connected.
   * @throws GanCanvasError for arguments outside their ranges, and when the weights cannot be loaded; AbortError
   */
  async generate(options: GenerateOptions = {}): Promise<ImageData> {
    assertOptions(options);
    const { generateImage } = await import('./draw-pictures.ts');
    return this.useGenerator((generator) => generateImage(generator, options, this.ownSettings), options.signal);
  }

  /** The picture that is shown (or would be: grid, walk and all) as a picture file. */
  async toBlob(options: ToBlobOptions = {}): Promise<Blob> {
    assertOptions(options);
    assertToBlobOptions(options);
    return this.useGenerator(async (generator) => {
      const { encodeBitmap } = await import('./encode-bitmap.ts');
      const { bitmap } = await drawJob(generator, await this.readJob(generator));
      return encodeBitmap(bitmap, { ...options, smooth: this.#isSmooth });
    });
  }

  /**
   * A film or an animated GIF of one picture that changes: from seed to seed, or by keyframes of seeds, latents, directions and truncation. What is
   * left out is the element's own. Frames are drawn one by one, so that none is missing, and nothing is shown meanwhile.
   * @throws GanCanvasError for arguments outside their ranges, for a film in a browser that cannot encode it, and when the weights cannot be loaded; AbortError
   */
  async recordAnimation(options: RecordAnimationOptions = {}): Promise<Blob> {
    assertOptions(options);
    const { recordAnimation } = await import('./animation/record-animation.ts');
    return this.useGenerator(
      (generator) => recordAnimation(generator, options, { ...this.ownSettings, smooth: this.#isSmooth }),
      options.signal,
    );
  }

  /** The pictures on the way from one seed to another, both included. steps 2…1000. */
  async interpolate(fromSeed: string, toSeed: string, steps: number, options: { signal?: AbortSignal } = {}): Promise<ImageData[]> {
    assertSeed(fromSeed, 'fromSeed');
    assertSeed(toSeed, 'toSeed');
    assertSteps(steps);
    assertOptions(options);
    const seeds = [String(fromSeed), String(toSeed)] as const;
    const { interpolateImages } = await import('./draw-pictures.ts');
    return this.useGenerator((generator) => interpolateImages(generator, seeds, steps, options, this.ownSettings), options.signal);
  }

  /** The directions that the weights file names and those that were learnt since, each with its kind, layers, range of sizes, and the model card's figures for it. */
  async listDirections(): Promise<readonly DirectionInfo[]> {
    return this.useGenerator((generator) => generator.listDirections());
  }

  /**
   * Finds directions that nobody named, the strongest first: `pca`, along what varies most between pictures, or `sefa`, along what the
   * weights answer to most. What it gives goes into `directions`: `{ mine: { ...({ vector, layers } = found[0]), size: 2 } }`.
   * @throws GanCanvasError for arguments outside their ranges, and when the weights cannot be loaded; AbortError
   */
  async discoverDirections(options: DiscoverOptions): Promise<readonly DiscoveredDirection[]> {
    assertOptions(options);
    return this.useGenerator((generator) => generator.discoverDirections(options), options.signal);
  }

  /**
   * Learns a direction from a handful of this model's own pictures, by seed, by latent (z), or by `{seed, latent, latentDim, classLabel}`: those that
   * show more of something, and those that show less. From then on `directions="name:1"` moves along it, `listDirections()` lists it (kind
   * `learned`) and `exportWeights()` saves it. Learning it again replaces it; `resetWeights()` forgets it.
   * @throws GanCanvasError for arguments outside their ranges, for the name of a direction of the model's own, and when the weights cannot be loaded; AbortError
   */
  async learnDirection(
    positives: readonly MarkedPicture[],
    negatives: readonly MarkedPicture[],
    name: string,
    options: LearnOptions = {},
  ): Promise<DiscoveredDirection> {
    assertOptions(options);
    const learned = await this.useGenerator(async (generator) => {
      const direction = await generator.learnDirection(positives, negatives, name, options);
      await this.keepWeights(generator);
      return direction;
    }, options.signal);
    return learned;
  }
}
