import type { DiscoverOptions, DiscoveredDirection, GenerateOptions } from '../../engine/generator.ts';
import type { DirectionsInput } from '../../latent/directions-input.ts';
import type { ModelInfo, NoiseMode } from '../../weights/model-info.ts';
import type { ToBlobOptions } from '../check-arguments.ts';

/** What the controls need of the element that they steer; they use nothing else of it. */
export interface ControlsHost extends HTMLElement {
  readonly model: string | null;
  readonly src: string | null;
  readonly ready: boolean;
  readonly modelInfo: ModelInfo | null;
  seed: string;
  latentDim: number | null;
  truncation: number | null;
  classLabel: string | number | null;
  readonly noise: NoiseMode | null;
  directions: DirectionsInput | string | null;
  autoplay: boolean;
  interval: number | null;
  loop: boolean;
  samples: number | null;
  generate(options?: GenerateOptions): Promise<ImageData>;
  toBlob(options?: ToBlobOptions): Promise<Blob>;
  discoverDirections(options: DiscoverOptions): Promise<readonly DiscoveredDirection[]>;
}
