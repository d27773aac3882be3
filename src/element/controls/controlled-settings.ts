import { formatDirections, parseDirections } from '../../latent/directions.ts';
import type { DirectionsInput } from '../../latent/directions-input.ts';
import type { StyleMix } from '../../latent/style-mix.ts';
import { readDirectionChildren } from '../direction-children.ts';
import type { ControlsHost } from './controls-host.ts';

/** The settings of the element that the controls change. */
export interface ControlledSettings {
  readonly seed: string;
  readonly latentDim: number | null;
  readonly truncation: number | null;
  readonly classLabel: string | number | null;
  readonly directions: DirectionsInput;
  readonly mix: StyleMix | string | null;
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
  mix: null,
  autoplay: false,
  interval: null,
  loop: false,
  samples: null,
};

/** The settings as they are; directions that cannot be read count as none: the element has said so. */
export function readSettings(host: ControlsHost): ControlledSettings {
  const { seed, latentDim, truncation, classLabel, mix, autoplay, interval, loop, samples } = host;
  return { seed, latentDim, truncation, classLabel, directions: readDirections(host), mix, autoplay, interval, loop, samples };
}

function readDirections(host: ControlsHost): DirectionsInput {
  try {
    const value = host.directions ?? readDirectionChildren(host) ?? {};
    return typeof value === 'string' ? parseDirections(value) : value;
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
  const settings = Object.values(directions);
  const isText = settings.every((setting) => typeof setting === 'number');
  // Without any, children that name some would count.
  const isAttribute = isText && (settings.length > 0 || !host.querySelector(':scope > gan-direction'));
  host.directions = isAttribute ? null : directions;
  if (!isAttribute) return;
  const text = formatDirections(directions);
  if (text === '') host.removeAttribute('directions');
  else host.setAttribute('directions', text);
}
