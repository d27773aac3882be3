import { formatDirections, parseDirections } from '../../latent/directions.ts';
import type { DirectionsInput } from '../../latent/directions-input.ts';
import type { ControlsHost } from './controls-host.ts';

/** The settings of the element that the controls change. */
export interface ControlledSettings {
  readonly seed: string;
  readonly latentDim: number | null;
  readonly truncation: number | null;
  readonly classLabel: string | number | null;
  readonly directions: DirectionsInput;
  readonly autoplay: boolean;
  readonly interval: number | null;
  readonly loop: boolean;
  readonly samples: number | null;
}

/** What the element has when neither page nor visitor say anything. */
export const DEFAULT_SETTINGS: ControlledSettings = {
  seed: '0',
  latentDim: null,
  truncation: null,
  classLabel: null,
  directions: {},
  autoplay: false,
  interval: null,
  loop: false,
  samples: null,
};

/** The settings as they are; directions that cannot be read count as none: the element has said so. */
export function readSettings(host: ControlsHost): ControlledSettings {
  const { seed, latentDim, truncation, classLabel, autoplay, interval, loop, samples } = host;
  return { seed, latentDim, truncation, classLabel, directions: readDirections(host.directions), autoplay, interval, loop, samples };
}

function readDirections(value: DirectionsInput | string | null): DirectionsInput {
  try {
    return typeof value === 'string' ? parseDirections(value) : (value ?? {});
  } catch {
    return {};
  }
}

/** Sets them on the element, by its own properties. */
export function writeSettings(host: ControlsHost, { directions, ...others }: Partial<ControlledSettings>): void {
  Object.assign(host, others);
  if (directions) writeDirections(host, directions);
}

/** As the attribute where that can say it, so that the page's own changes of the attribute go on to count: the property would beat it. */
function writeDirections(host: ControlsHost, directions: DirectionsInput): void {
  const isPlain = Object.values(directions).every((setting) => typeof setting === 'number');
  host.directions = isPlain ? null : directions;
  if (!isPlain) return;
  const text = formatDirections(directions);
  if (text === '') host.removeAttribute('directions');
  else host.setAttribute('directions', text);
}
