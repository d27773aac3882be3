import type { LitElement } from 'lit';
import { formatDirections } from '../../latent/directions.ts';
import type { ControlsHost } from './controls-host.ts';
import { readSettings } from './controlled-settings.ts';

/** Values that need not be said. */
const DEFAULTS: Readonly<Record<string, string>> = { backend: 'auto', loading: 'lazy', seed: '0' };

/** The attributes that an element would have to be as it is, whatever was set by property: name and text, empty for a boolean one. */
export function describeAttributes(host: ControlsHost): readonly (readonly [name: string, text: string])[] {
  const { elementProperties } = host.constructor as typeof LitElement;
  return [...elementProperties].flatMap(([property, { attribute }]) => {
    if (attribute === false) return [];
    const name = typeof attribute === 'string' ? attribute : String(property).toLowerCase();
    const text = name === 'directions' ? formatDirections(readSettings(host).directions) : readText(host, property);
    const isUnsaid = text === null || (name === 'directions' && text === '') || text === DEFAULTS[name];
    return isUnsaid ? [] : [[name, text] as const];
  });
}

function readText(host: ControlsHost, property: PropertyKey): string | null {
  const value = (host as unknown as Record<PropertyKey, unknown>)[property];
  if (value === null || value === undefined || value === false || Number.isNaN(value)) return null;
  return value === true ? '' : String(value);
}

/** The tag that shows what the element shows, as HTML. */
export function describeTag(host: ControlsHost): string {
  const attributes = describeAttributes(host).map(([name, text]) => (text === '' ? ` ${name}` : ` ${name}="${escapeHtml(text)}"`));
  return `<${host.localName}${attributes.join('')}></${host.localName}>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
