import type { BackendName, BackendReport } from '../runtime/backend.ts';
import type { GanCanvasError, GanCanvasErrorCode } from '../support/errors.ts';
import type { ModelInfo } from '../weights/model-info.ts';
import type { FineTuneResult, FineTuneStep } from '../engine/fine-tune/fine-tune.ts';
import type { LoadProgress } from '../engine/generator.ts';

// None of these events bubbles, is composed or can be cancelled: HTML's `load`, `error` and `progress` on `img` and
// `video` do not either, and a bubbling `error` or `load` would reach handlers on the page that mean other things by it.

/** The first picture of a source (`model` or `src`) is shown. */
export class GanCanvasLoadEvent extends Event {
  /** What the weights file says of the model. */
  readonly modelInfo: ModelInfo;
  /** The backend that drew. */
  readonly backend: BackendName;

  constructor(init: { modelInfo: ModelInfo; backend: BackendName }) {
    super('load');
    this.modelInfo = init.modelInfo;
    this.backend = init.backend;
  }
}

/** Something fatal: the poster or the fallback content is shown until an attribute or property is mended. */
export class GanCanvasErrorEvent extends Event {
  readonly code: GanCanvasErrorCode;
  /** What happened, what was expected, what to do. */
  readonly message: string;
  /** What lay behind it, where that is known. */
  readonly cause: unknown;
  /** The error itself. */
  readonly error: GanCanvasError;

  constructor(error: GanCanvasError) {
    super('error');
    this.code = error.code;
    this.message = error.message;
    this.cause = error.cause;
    this.error = error;
  }
}

/** Loading went on. */
export class GanCanvasProgressEvent extends Event {
  readonly phase: LoadProgress['phase'];
  /** Bytes in phase `download`, else steps. */
  readonly loaded: number;
  /** 0: not known. */
  readonly total: number;

  constructor(init: LoadProgress) {
    super('progress');
    this.phase = init.phase;
    this.loaded = init.loaded;
    this.total = init.total;
  }

  /** True when `total` is known, as on HTML's ProgressEvent. */
  get lengthComputable(): boolean {
    return this.total > 0;
  }
}

export interface RenderEventInit {
  readonly seed: string;
  readonly toSeed: string | null;
  readonly t: number;
  readonly latent: Float32Array;
  readonly classIndex: number | null;
  readonly durationMs: number;
  readonly backend: BackendName;
  readonly width: number;
  readonly height: number;
}

/** A picture was drawn and is shown; each step of a walk is one. */
export class GanCanvasRenderEvent extends Event {
  readonly seed: string;
  /** The seed that a walk is going to; null when the picture is that of `seed` alone. */
  readonly toSeed: string | null;
  /** How far the walk is on its way to `toSeed`, 0…1. */
  readonly t: number;
  /** z of the first cell, before latent-dim and normalisation. */
  readonly latent: Float32Array;
  /** Class of the first cell; null for a model without classes. */
  readonly classIndex: number | null;
  /** Milliseconds of drawing, without waiting. */
  readonly durationMs: number;
  readonly backend: BackendName;
  /** Size in pixels of what was drawn: the whole grid. */
  readonly width: number;
  readonly height: number;

  constructor(init: RenderEventInit) {
    super('render');
    this.seed = init.seed;
    this.toSeed = init.toSeed;
    this.t = init.t;
    this.latent = init.latent;
    this.classIndex = init.classIndex;
    this.durationMs = init.durationMs;
    this.backend = init.backend;
    this.width = init.width;
    this.height = init.height;
  }
}

/** Another backend draws from now on: the `backend` attribute changed, or a GPU device was lost. */
export class GanCanvasBackendChangeEvent extends Event {
  readonly backend: BackendName;
  readonly previousBackend: BackendName;
  readonly report: BackendReport;

  constructor(init: { backend: BackendName; previousBackend: BackendName; report: BackendReport }) {
    super('backend-change');
    this.backend = init.backend;
    this.previousBackend = init.previousBackend;
    this.report = init.report;
  }
}

/** A training took a step. */
export class GanCanvasFineTuneStepEvent extends Event {
  /** What the step was like; `step.isShown`: the picture is drawn with its weights from now on. */
  readonly step: FineTuneStep;

  constructor(step: FineTuneStep) {
    super('fine-tune-step');
    this.step = step;
  }
}

/** A training is over. */
export class GanCanvasFineTuneEndEvent extends Event {
  /** How it ended; null when it failed or was aborted. */
  readonly result: FineTuneResult | null;
  /** Why it failed: a `GanCanvasError`, or an `AbortError`; null when it did not. */
  readonly error: Error | null;

  constructor(result: FineTuneResult | null, error: Error | null) {
    super('fine-tune-end');
    this.result = result;
    this.error = error;
  }
}

/** The events of `<gan-canvas>` by name. */
export interface GanCanvasEventMap {
  load: GanCanvasLoadEvent;
  error: GanCanvasErrorEvent;
  progress: GanCanvasProgressEvent;
  render: GanCanvasRenderEvent;
  'backend-change': GanCanvasBackendChangeEvent;
  'fine-tune-step': GanCanvasFineTuneStepEvent;
  'fine-tune-end': GanCanvasFineTuneEndEvent;
}

type AllEventMap = GanCanvasEventMap & Omit<HTMLElementEventMap, keyof GanCanvasEventMap>;

/** `addEventListener` and `removeEventListener` that know these events, and those of every element. */
export interface ListensToGanCanvas {
  <K extends keyof AllEventMap>(type: K, listener: (event: AllEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  (type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}
