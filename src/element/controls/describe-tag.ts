import type { LitElement } from 'lit';
import { formatDirections } from '../../latent/directions.ts';
import type { StyleMix } from '../../latent/style-mix.ts';
import type { ControlsHost } from './controls-host.ts';
import { readSettings } from './controlled-settings.ts';

/** Values that need not be said. */
const DEFAULTS: Readonly<Record<string, string>> = { backend: 'auto', loading: 'lazy', seed: '0' };

const FIRST = ['model', 'src', 'seed'];

/** The attributes that an element would have to be as it is, whatever was set by property: name and text, empty for a boolean one. */
export function describeAttributes(host: ControlsHost): readonly (readonly [name: string, text: string])[] {
  const { elementProperties } = host.constructor as typeof LitElement;
  const attributes = [...elementProperties].flatMap(([property, { attribute }]) => {
    if (attribute === false) return [];
    const name = typeof attribute === 'string' ? attribute : String(property).toLowerCase();
    const text = name === 'directions' ? formatDirections(readSettings(host).directions) : readText(host[property as keyof ControlsHost]);
    const isUnsaid = text === null || (name === 'directions' && text === '') || text === DEFAULTS[name];
    return isUnsaid ? [] : [[name, text] as const];
  });
  return attributes.sort(([a], [b]) => rank(a) - rank(b));
}

/** What tells most comes first; the others as they are declared. */
function rank(name: string): number {
  const at = FIRST.indexOf(name);
  return at < 0 ? FIRST.length : at;
}

function readText(value: unknown): string | null {
  if (value === null || value === undefined || value === false || Number.isNaN(value)) return null;
  if (typeof value === 'object' && 'layers' in value) return formatMix(value as StyleMix);
  return value === true ? '' : String(value);
}

/** A mix as the attribute has it. */
export function formatMix({ seed, layers }: StyleMix): string {
  return `${seed}@${typeof layers === 'string' ? layers : layers.join('-')}`;
}

/** The tag that shows what the element shows, as HTML. */
export function describeTag(host: ControlsHost): string {
  const attributes = describeAttributes(host).map(([name, text]) => (text === '' ? ` ${name}` : ` ${name}="${escapeHtml(text)}"`));
  return `<${host.localName}${attributes.join('')}></${host.localName}>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
