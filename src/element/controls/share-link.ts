import type { ControlsHost } from './controls-host.ts';
import { DEFAULT_SETTINGS, writeSettings } from './controlled-settings.ts';
import { describeAttributes } from './describe-tag.ts';

/** The parameter of a fragment that holds a picture; others in it are the page's own and stay. */
const PARAMETER = 'gan-canvas';

/** What a link may say. Not `src`: a link from somebody else must not choose what a page downloads. */
const SHARED = new Set([
  'model',
  'seed',
  'latent-dim',
  'truncation',
  'class-label',
  'noise',
  'directions',
  'mix',
  'samples',
  'columns',
  'autoplay',
  'interval',
  'loop',
]);

function splitUrl(url: string): { readonly page: string; readonly fragment: URLSearchParams } {
  const [page = '', ...fragment] = url.split('#');
  return { page, fragment: new URLSearchParams(fragment.join('#')) };
}

/** The page's address with what the element shows in its fragment: `#gan-canvas=seed%3D42%26latent-dim%3D16`. */
export function createShareLink(host: ControlsHost, url = host.ownerDocument.location.href): string {
  const { page, fragment } = splitUrl(url);
  const shared = describeAttributes(host).filter(([name]) => SHARED.has(name));
  fragment.set(PARAMETER, new URLSearchParams(shared.map(([name, text]) => [name, text])).toString());
  return `${page}#${fragment.toString()}`;
}

/** Makes an element show what such a link says; what it does not say goes back to the default. False when it says nothing. */
export function showShared(host: ControlsHost, url: string): boolean {
  const shared = splitUrl(url).fragment.get(PARAMETER);
  if (shared === null) return false;
  const attributes = new URLSearchParams(shared);
  // Where the page names a file of its own, a link can only speak of that one.
  if (host.src !== null) attributes.delete('model');
  writeSettings(host, DEFAULT_SETTINGS);
  for (const name of SHARED) {
    const text = attributes.get(name);
    if (text !== null) host.setAttribute(name, text);
    else if (name !== 'model') host.removeAttribute(name);
  }
  return true;
}
