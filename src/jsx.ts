/**
 * `gan-canvas/jsx`: types alone, for templates that are checked. They are derived from the class, so that a property or an event that the
 * element has is one that the templates know. Each framework is told by one declaration, here React, with Preact (`'preact'`) and Solid
 * (`'solid-js'`) alike:
 *
 *     declare module 'react' {
 *       namespace JSX {
 *         interface IntrinsicElements extends GanCanvasElements<React.HTMLAttributes<HTMLElement>> {}
 *       }
 *     }
 *
 * Vue: `declare module 'vue' { interface GlobalComponents { 'gan-canvas': new () => { $props: GanCanvasElements['gan-canvas'] } } }`;
 * Svelte: `declare module 'svelte/elements' { interface SvelteHTMLElements extends GanCanvasElements<HTMLAttributes<HTMLElement>> {} }`.
 */
import type { LitElement } from 'lit';
import type { GanCanvas } from './element/gan-canvas.ts';
import type { GanCanvasSettings } from './element/gan-canvas-settings.ts';
import type { GanCanvasEventMap } from './element/events.ts';

type SettingName = Exclude<keyof GanCanvasSettings, keyof LitElement> | 'crossOrigin';

/** The properties of `<gan-canvas>` that can be set. Null and undefined are the default. */
export type GanCanvasProperties = { [Name in SettingName]?: GanCanvas[Name] | null | undefined } & {
  /** Any string; equal seeds give equal pictures. Default "0". */
  seed?: string | number | null | undefined;
  /** z, wins over `seed`. */
  latent?: Float32Array | readonly number[] | null | undefined;
};

type Hyphenated<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${Hyphenated<Rest>}`
    : `-${Lowercase<First>}${Hyphenated<Rest>}`
  : Name;

type AttributeName<Name extends string> = Name extends 'latent' ? never : Name extends 'crossOrigin' ? 'crossorigin' : Hyphenated<Name>;

/** The attributes of `<gan-canvas>`, as HTML writes them. */
export type GanCanvasAttributes = {
  [Name in keyof GanCanvasProperties & string as AttributeName<Name>]?: Extract<
    GanCanvasProperties[Name],
    string | number | boolean | null
  >;
};

/** Listeners as the frameworks write them: `onload`, `on:load`, and in camel case `onLoad`, `onBackendChange`. */
export type GanCanvasListeners = {
  [Type in keyof GanCanvasEventMap as `on${Type}` | `on:${Type}` | CamelListener<Type>]?:
    ((event: GanCanvasEventMap[Type]) => void) | undefined;
};

type Camel<Name extends string> = Name extends `${infer Head}-${infer Rest}` ? `${Capitalize<Head>}${Camel<Rest>}` : Capitalize<Name>;

/** The name of a listener in camel case: `onBackendChange` for `backend-change`. */
export type CamelListener<Type extends string> = `on${Camel<Type>}`;

/** What every element takes, for frameworks whose own type is not given. */
export interface AnyElementAttributes {
  id?: string | undefined;
  class?: unknown;
  className?: string | undefined;
  style?: unknown;
  slot?: string | undefined;
  hidden?: boolean | undefined;
  ref?: unknown;
  key?: unknown;
  children?: unknown;
}

type Own = Omit<GanCanvasAttributes, keyof GanCanvasProperties> & GanCanvasProperties & GanCanvasListeners;

/** The tag for a framework's `IntrinsicElements`; `Base` is the framework's type of what every element takes. */
export interface GanCanvasElements<Base = AnyElementAttributes> {
  'gan-canvas': Omit<Base, keyof Own> & Own;
}
