import type { TemplateResult } from 'lit';
import { html } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import type { GanCanvasError } from '../support/errors.ts';
import { isDirectionChild } from './direction-children.ts';

/** What is shown while there is no picture. */
export interface PlaceholderView {
  /** Null while the picture is awaited. */
  readonly error: GanCanvasError | null;
  /** URL of the poster; null when there is none, or it could not be loaded. */
  readonly poster: string | null;
  readonly alt: string | null;
  readonly crossOrigin: 'anonymous' | 'use-credentials' | undefined;
  /** True when the element has default content that says something. */
  readonly hasFallback: boolean;
  readonly onPosterError: () => void;
  readonly onFallbackChange: () => void;
}

/** The poster; without one a soft surface, after an error the fallback content or a readable message. Never an empty box. */
export function renderPlaceholder(view: PlaceholderView): TemplateResult {
  return html`
    <div part="placeholder" class=${view.error ? 'failed' : 'loading'}>
      <slot name="poster">${view.poster === null ? renderFailure(view) : renderPoster(view, view.poster)}</slot>
    </div>
  `;
}

function renderPoster({ alt, crossOrigin, onPosterError }: PlaceholderView, poster: string): TemplateResult {
  return html`<img
    part="poster"
    alt=${alt ?? ''}
    loading="lazy"
    decoding="async"
    crossorigin=${ifDefined(crossOrigin)}
    src=${poster}
    @error=${onPosterError}
  />`;
}

function renderFailure({ error, hasFallback, onFallbackChange }: PlaceholderView): TemplateResult | null {
  if (!error) return null;
  // The slot stays in place even when it holds only white space, so that content which comes later is noticed.
  return html`
    <div part="fallback" ?hidden=${!hasFallback}><slot @slotchange=${onFallbackChange}></slot></div>
    <p part="message" ?hidden=${hasFallback}>The picture could not be drawn. <small>${error.message}</small></p>
  `;
}

/** True when an element has default content that says something: anything but directions and white space, outside of named slots. */
export function hasDefaultContent(element: Element): boolean {
  return [...element.childNodes].some((node) =>
    node instanceof Element
      ? !node.hasAttribute('slot') && !isDirectionChild(node)
      : node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
  );
}
