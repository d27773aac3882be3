import type { DiscoverOptions, DiscoveredDirection, GenerateOptions } from '../../engine/generator.ts';
import type { DirectionsInput } from '../../latent/directions-input.ts';
import type { StyleMix } from '../../latent/style-mix.ts';
import type { DirectionInfo, ModelInfo, NoiseMode } from '../../weights/model-info.ts';
import type { RecordAnimationOptions } from '../animation/animation-options.ts';
import type { ToBlobOptions } from '../check-arguments.ts';

/** What the controls need of the element that they steer; they use nothing else of it. */
export interface ControlsHost extends HTMLElement {
  readonly model: string | null;
  readonly src: string | null;
  readonly ready: boolean;
  readonly modelInfo: ModelInfo | null;
  seed: string;
  latent: Float32Array | null;
  latentDim: number | null;
  truncation: number | null;
  classLabel: string | number | null;
  readonly noise: NoiseMode | null;
  directions: DirectionsInput | string | null;
  mix: StyleMix | string | null;
  autoplay: boolean;
  interval: number | null;
  loop: boolean;
  samples: number | null;
  generate(options?: GenerateOptions): Promise<ImageData>;
  toBlob(options?: ToBlobOptions): Promise<Blob>;
  recordAnimation(options?: RecordAnimationOptions): Promise<Blob>;
  listDirections(): Promise<readonly DirectionInfo[]>;
  discoverDirections(options: DiscoverOptions): Promise<readonly DiscoveredDirection[]>;
}
