/**
 * `gan-canvas/react`: `<GanCanvas>` for React 18 and 19, registered, with typed properties and events. What HTML can say is rendered as
 * attributes, so that a server's markup draws the same picture even where React never runs on it; the poster is rendered as an image in the
 * element's slot, so that it is there before any script. What HTML cannot say (a latent, directions of one's own) follows as properties.
 */
import type { ForwardRefExoticComponent, HTMLAttributes, ReactElement, RefAttributes, RefObject } from 'react';
import { createElement, forwardRef, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import type { GanCanvasEventMap } from './element.ts';
// Registers the tag; package.json names it among what has side effects, or the build would leave that out.
import { GanCanvas as GanCanvasElement } from './index.ts';
import type { CamelListener, GanCanvasProperties } from './jsx.ts';

type Listeners = { [Type in keyof GanCanvasEventMap as CamelListener<Type>]?: ((event: GanCanvasEventMap[Type]) => void) | undefined };

type OwnProps = GanCanvasProperties & Listeners;

/** Its own properties and events, and what every HTML element of React takes. `ref` gives the element itself. */
export type GanCanvasProps = OwnProps & Omit<HTMLAttributes<GanCanvasElement>, keyof OwnProps>;

/** `<gan-canvas>` as a component. `directions` and `latent` are compared by value, so they may be written in place. */
export const GanCanvas: ForwardRefExoticComponent<GanCanvasProps & RefAttributes<GanCanvasElement>> = forwardRef<
  GanCanvasElement,
  GanCanvasProps
>(({ poster, children, ...props }, ref) => {
  const element = useRef<GanCanvasElement>(null);
  useImperativeHandle(ref, () => element.current as GanCanvasElement);
  useProperties(element, props);
  useListeners(element, props);
  return createElement('gan-canvas', { ...readAttributes(props), ref: element }, usePoster(poster, props.alt), children);
});
GanCanvas.displayName = 'GanCanvas';

const EVENT_TYPES = {
  onLoad: 'load',
  onError: 'error',
  onProgress: 'progress',
  onRender: 'render',
  onBackendChange: 'backend-change',
  onFineTuneStep: 'fine-tune-step',
  onFineTuneEnd: 'fine-tune-end',
} as const satisfies Record<keyof Listeners, keyof GanCanvasEventMap>;

/** React warns of layout effects on servers, where neither kind runs. */
const useMountEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/** The attributes that say what the props say; React 18 knows none of the element's properties, so both versions get names of HTML. */
function readAttributes(props: GanCanvasProps): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(props)) {
    if (name in EVENT_TYPES || name === 'latent' || (name === 'directions' && typeof value === 'object')) continue;
    const setting = GanCanvasElement.elementProperties.get(name);
    // React writes false as "false", which is true in HTML.
    const isOff = value === false && (setting !== undefined || name === 'hidden');
    attributes[attributeName(name, setting?.attribute)] = isOff ? null : value;
  }
  return attributes;
}

function attributeName(name: string, attribute: string | boolean | undefined): string {
  if (name === 'className') return 'class';
  return typeof attribute === 'string' ? attribute : name;
}

function useProperties(element: RefObject<GanCanvasElement | null>, { directions, latent, seed }: GanCanvasProps): void {
  useMountEffect(() => {
    if (element.current) element.current.directions = directions ?? null;
  }, [JSON.stringify(directions)]);
  // The element forgets its latent when its seed changes; the props still name one.
  useMountEffect(() => {
    if (element.current) element.current.latent = (latent ?? null) as Float32Array | null;
  }, [latent && Array.from(latent).join(), seed]);
}

/** Listens before the element's first update, so that no event is missed; what is called is always the latest prop. */
function useListeners(element: RefObject<GanCanvasElement | null>, props: Listeners): void {
  const latest = useRef(props);
  useMountEffect(() => {
    latest.current = props;
  });
  useMountEffect(() => {
    const listening = new AbortController();
    for (const [name, type] of Object.entries(EVENT_TYPES)) {
      const handle = (event: Event): void => (latest.current as Record<string, ((event: Event) => void) | undefined>)[name]?.(event);
      element.current?.addEventListener(type, handle, listening);
    }
    return () => {
      listening.abort();
    };
  }, []);
}

/** The poster in its slot; one that cannot be loaded makes room for the fallback content. */
function usePoster(src: string | null | undefined, alt: string | null | undefined): ReactElement | null {
  const [broken, setBroken] = useState<string | null>(null);
  if (src === null || src === undefined || src === broken) return null;
  return createElement('img', { slot: 'poster', src, alt: alt ?? '', decoding: 'async', onError: () => setBroken(src) });
}
