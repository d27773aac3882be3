/**
 * Layer `element`: attributes in, pictures and a snapshot of the engine's state out. It may assume the `Generator`
 * interface of the engine layer and a browser; it must not know tensors, workers or the format of weights files.
 * It is the only place where a thrown error becomes an `error` event.
 */
import type { PropertyValues, TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { property } from 'lit/decorators/property.js';
import type {
  CreateGeneratorOptions,
  ExportOptions,
  Generator,
  ImportOptions,
  RenderedBitmap,
  TrainableGenerator,
} from '../engine/generator.ts';
import type { FineTuneOptions, FineTuneRun } from '../engine/fine-tune/fine-tune.ts';
import type { KeptRunSummary } from '../engine/fine-tune/kept-run.ts';
import type { BackendName, BackendReport } from '../runtime/backend.ts';
import type { ModelInfo } from '../weights/model-info.ts';
import { adoptStyles } from './adopt-styles.ts';
import { assertBlob, assertOptions } from './check-arguments.ts';
import { DataSaver } from './data-saver.ts';
import { describePicture } from './describe-picture.ts';
import type { OwnSettings } from './draw-pictures.ts';
import { DirectionChildrenController, readDirectionChildren } from './direction-children.ts';
import type { ListensToGanCanvas } from './events.ts';
import {
  GanCanvasBackendChangeEvent,
  GanCanvasFineTuneEndEvent,
  GanCanvasFineTuneStepEvent,
  GanCanvasLoadEvent,
  GanCanvasRenderEvent,
} from './events.ts';
import { fittingSettings } from './fitting-settings.ts';
import { FineTuneController } from './fine-tune-controller.ts';
import type { PictureInputs } from './gather-pictures.ts';
import { GanCanvasMethods } from './gan-canvas-methods.ts';
import { GeneratorController } from './generator-controller.ts';
import { styles } from './gan-canvas.styles.ts';
import { PictureController, type PictureJob } from './picture-controller.ts';
import {
  PICTURE_PROPERTIES,
  readCrossOrigin,
  readGrid,
  readInterval,
  readPicture,
  readSource,
  type PictureSettings,
} from './read-settings.ts';
import { LazyPanelController } from './lazy-panel-controller.ts';
import { hasDefaultContent, renderPlaceholder } from './render-placeholder.ts';
import { renderProgress } from './render-progress.ts';
import { StatusController } from './status-controller.ts';
import { VisibilityController } from './visibility-controller.ts';
import { WalkController } from './walk-controller.ts';
import { createWarnOnce } from './warn-once.ts';

/**
 * Draws images from a small pretrained GAN, in the visitor's browser. Loads nothing before it is first visible.
 *
 * @summary A picture drawn by a GAN: seed and direction in, picture out.
 *
 * @element gan-canvas
 *
 * @attr {string} directions - `name:size` pairs (`redness:1.5 roundness:-1`), or JSON with vectors of your own;
 *   size 1 is one standard deviation. The property beats it.
 *
 * @slot - Shown by browsers without script, and after an error when there is no poster. Children `<gan-direction>` are directions instead.
 * @slot poster - Shown before the first picture and after an error, in place of the `poster` attribute's image.
 * @slot progress - Shown while loading, in place of a thin bar.
 * @slot controls - Shown with the picture, in its box, in place of the panel of `controls`.
 *
 * @fires {GanCanvasLoadEvent} load - The first picture of a source is shown.
 * @fires {GanCanvasErrorEvent} error - Something fatal; mending the attribute recovers.
 * @fires {GanCanvasProgressEvent} progress - Loading went on: `phase`, `loaded`, `total`.
 * @fires {GanCanvasRenderEvent} render - A picture was drawn and is shown.
 * @fires {GanCanvasBackendChangeEvent} backend-change - Another backend draws from now on.
 * @fires {GanCanvasFineTuneStepEvent} fine-tune-step - A training took a step.
 * @fires {GanCanvasFineTuneEndEvent} fine-tune-end - A training is over, well or badly.
 * @fires {Event} input - A visitor changed a setting by the controls; many times while something is dragged. Bubbles, as of an HTML control.
 * @fires {Event} change - A visitor has changed a setting by the controls. Bubbles.
 *
 * @csspart base - The box of everything.
 * @csspart canvas - The picture, with role img and its alternative text.
 * @csspart placeholder - What is shown while there is no picture.
 * @csspart poster - The image of the `poster` attribute.
 * @csspart fallback - The default content, when shown after an error.
 * @csspart load - The button that loads the picture, where the visitor's browser saves data.
 * @csspart message - The message shown after an error when there is neither poster nor default content.
 * @csspart progress - The bar of progress.
 * @csspart controls - The panel of `controls`, as a whole.
 * @csspart field - A field or a selection in the controls.
 * @csspart slider - A slider in the controls.
 * @csspart group - Controls that unfold together.
 * @csspart direction - A direction with its slider, in the controls.
 * @csspart end - The picture at an end of a direction's slider.
 * @csspart meter - The diversity that the size of the latent leaves.
 * @csspart variations - The grid of pictures to choose from, in the controls.
 * @csspart variation - A picture to choose.
 * @csspart pad - The plane of two directions, in the controls.
 * @csspart knob - Where in it the picture is.
 * @csspart frame - A picture of the timeline, in the controls.
 * @csspart film-progress - How far the recording of a film is, in the controls.
 * @csspart training-panel - The panel of `trainable`, as a whole.
 * @csspart drop-zone - Where pictures are dropped, in the panel.
 * @csspart thumbnail - A picture that was given, in the panel.
 * @csspart refused - The list of files that cannot be used, in the panel.
 * @csspart kept - The offer to go on with a training that was interrupted, in the panel.
 * @csspart training-progress - The bar of a training's progress, in the panel.
 * @csspart before - The picture before the training, in the panel.
 * @csspart now - The picture as it is now, in the panel.
 * @csspart plot - A plot of losses or of diversity, in the panel.
 * @csspart button - A button of a panel.
 * @csspart primary-button - The main button of a panel.
 * @csspart problem - What went wrong, in a panel.
 *
 * @cssprop [--gan-canvas-rendering=auto] - `image-rendering` of the picture: `auto` is smooth, `pixelated` shows the pixels.
 * @cssprop [--gan-canvas-background=transparent] - Background of the box, seen in empty cells of a grid.
 * @cssprop [--gan-canvas-radius=0] - Radius of the corners.
 * @cssprop [--gan-canvas-fit=contain] - `object-fit` of picture and poster, when the box has another shape.
 * @cssprop [--gan-canvas-accent=currentColor] - Colour of the bar of progress, and of the panels' main buttons, sliders and outlines.
 * @cssprop [--gan-canvas-accent-text=Canvas] - Colour of the text on the accent, in the panels.
 * @cssprop [--gan-canvas-panel-background=Canvas] - Background of the panels.
 * @cssprop [--gan-canvas-panel-color=CanvasText] - Colour of the panels' text.
 * @cssprop [--gan-canvas-panel-font=0.9375rem/1.45 system-ui, sans-serif] - Font of the panels.
 *
 * @cssState ready - A picture of the source is shown.
 * @cssState loading - Weights are loaded, or the first picture is drawn.
 * @cssState error - Something fatal happened.
 */
export class GanCanvas extends GanCanvasMethods {
  static override styles = styles;

  /** As on every element, and knows the types of this one's events. */
  declare addEventListener: ListensToGanCanvas;
  /** The counterpart of `addEventListener`. */
  declare removeEventListener: ListensToGanCanvas;

  /** Any string; equal seeds give equal pictures on every backend, browser and release. Default "0". */
  @property()
  get seed(): string {
    return this.#seed;
  }

  set seed(value: string | number | null) {
    const seed = value === null || value === undefined ? '0' : String(value);
    if (seed === this.#seed) return;
    this.#seed = seed;
    this.#latent = null;
  }

  /** The z in use, z_dim numbers; set, it wins over `seed` until `seed` changes. Null before the first picture. */
  @property({ attribute: false })
  get latent(): Float32Array | null {
    const latent = this.#latent ?? this.#shown?.latent;
    return latent instanceof Float32Array ? latent.slice() : null;
  }

  set latent(value: Float32Array | readonly number[] | null) {
    this.#latent = ArrayBuffer.isView(value) || Array.isArray(value) ? (value as Float32Array).slice() : value;
  }

  readonly #internals = this.attachInternals();
  readonly #warn = createWarnOnce(this);
  #seed = '0';
  #latent: unknown = null;
  #shown: { readonly latent: Float32Array; readonly classIndex: number | null; readonly job: PictureJob } | null = null;
  #brokenPoster: string | null = null;

  readonly #visibility = new VisibilityController(this);
  readonly #saver = new DataSaver(this);
  readonly #status = new StatusController(this, { isWanted: () => this.#isWanted, states: this.#internals.states });
  readonly #generators = new GeneratorController(this, {
    open: (options) => this.openGenerator(options),
    source: () => readSource(this, this.ownerDocument.baseURI),
    onProgress: (progress) => this.#status.handleProgress(progress),
    onOpen: () => this.#handleOpen(),
    onBackendChange: (backend, previousBackend, report) =>
      this.#fire(new GanCanvasBackendChangeEvent({ backend, previousBackend, report })),
  });
  readonly #walk = new WalkController(this, {
    isWanted: () => this.autoplay && this.#visibility.isVisible && this.ready && this.#latent === null,
    seed: () => this.#seed,
    intervalMs: () => readInterval(this.interval, this.#warn),
    loop: () => this.loop,
    isBusy: () => this.#pictures.isBusy,
    onMove: () => {
      this.#pictures.invalidate();
      this.#pictures.draw();
    },
  });
  readonly #pictures: PictureController = new PictureController(this, {
    use: (work, signal) => this.#generators.use(work, signal),
    isWanted: () => this.#isWanted && !this.#status.isSourceBroken,
    job: (generator) => this.readJob(generator),
    onPicture: (picture, job) => this.#handlePicture(picture, job),
    onError: (error) => this.#status.handleError(error, this.#generators.failed),
  });

  readonly #trainings = new FineTuneController(this, {
    use: (work) => this.useGenerator(work),
    onWeights: (generator) => this.keepWeights(generator),
    onStep: (step) => this.#fire(new GanCanvasFineTuneStepEvent(step)),
    onEnd: (result, error) => this.#fire(new GanCanvasFineTuneEndEvent(result, error)),
  });

  readonly #controls: LazyPanelController = new LazyPanelController(this, {
    name: 'of controls',
    room: () => (this.controls && this.#mayLoad ? html`<div class="coming"></div>` : nothing),
    isWanted: () => this.controls && this.#isWanted,
    load: async () => (await import('./controls/controls-panel.ts')).createControlsPanel({ host: this }),
  });

  readonly #panel: LazyPanelController = new LazyPanelController(this, {
    name: 'for training',
    room: () => (this.trainable && this.#mayLoad ? html`<div class="coming training"></div>` : nothing),
    isWanted: () => this.trainable && this.#isWanted,
    load: async () => (await import('./training-panel/training-panel.ts')).createTrainingPanel({ host: this, canvas: () => this.#canvas }),
  });

  /** True while a picture of the source is shown. */
  get ready(): boolean {
    return this.#status.isReady;
  }

  /** The backend that draws; null before the weights are loaded. */
  get activeBackend(): BackendName | null {
    return this.#generators.backend;
  }

  /** The attempts to use a backend or a worker, with each refusal's reason; empty before the weights are loaded. */
  get backendReport(): BackendReport {
    return this.#generators.backendReport;
  }

  /** What the weights file says of the model; null before it is loaded. */
  get modelInfo(): ModelInfo | null {
    return this.#generators.info;
  }

  /** Pixels along a side of one picture; null before the weights are loaded. */
  get resolution(): number | null {
    return this.#generators.info?.resolution ?? null;
  }

  constructor() {
    super();
    // It adds itself to its host. Whatever the directions were, the children may say something else now.
    new DirectionChildrenController(this, () => this.requestUpdate('directions', undefined));
  }

  get #isWanted(): boolean {
    const isCalledFor = this.#visibility.wasVisible || String(this.loading).trim().toLowerCase() === 'eager';
    return isCalledFor && this.#mayLoad;
  }

  /** False while the visitor, who saves data, has not asked for the picture. */
  get #mayLoad(): boolean {
    return this.#status.hasLoaded || !this.#saver.holds;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // A source that failed is tried anew when the element comes back, not when it is only moved.
    if (this.#status.isSourceBroken && !this.#generators.failed) this.#status.clear();
    this.requestUpdate();
  }

  /** Constructed style sheets belong to their document: after `adoptNode` new ones are needed. */
  adoptedCallback(): void {
    adoptStyles(this, [styles]);
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.#refreshSource();
    if (PICTURE_PROPERTIES.some((name) => changed.has(name))) {
      this.#pictures.invalidate();
      if (!this.#status.isSourceBroken) this.#status.clear();
    }
    if (changed.has('seed') || changed.has('latent')) this.#walk.restart();
  }

  protected override updated(): void {
    if (!this.#shown) this.#shapeCanvas();
  }

  /** @internal Where generators come from; tests give it others. */
  protected async openGenerator(options: CreateGeneratorOptions): Promise<TrainableGenerator> {
    const { openGenerator } = await import('../engine/engine-client.ts');
    return openGenerator(options);
  }

  get #canvas(): HTMLCanvasElement | null {
    return this.renderRoot.querySelector('canvas');
  }

  /** The attributes as the page wrote them. */
  get #settings(): PictureSettings {
    const { seed, latentDim, truncation, classLabel, noise, mix, samples, columns } = this;
    const directions = this.directions ?? readDirectionChildren(this);
    return { seed, latent: this.#latent, latentDim, truncation, classLabel, noise, directions, mix, samples, columns };
  }

  /** @internal */
  protected override get ownSettings(): OwnSettings {
    return { settings: this.#settings, warn: this.#warn };
  }

  /** @internal */
  protected override async readJob(generator: Generator): Promise<PictureJob> {
    const settings = await fittingSettings(this.#settings, generator, this.#warn);
    return { options: readPicture(settings, generator.info, this.#warn), position: this.#walk.position };
  }

  #refreshSource(): void {
    if (!this.#generators.refresh()) return;
    this.#pictures.cancel();
    this.#pictures.invalidate();
    this.#walk.restart();
    this.#status.reset();
  }

  /** Before the first picture the canvas takes the shape that it will have, so that nothing on the page jumps. */
  #shapeCanvas(): void {
    const { columns, rows } = readGrid(this.samples, this.columns, this.#warn);
    if (!this.#canvas) return;
    this.#canvas.width = columns;
    this.#canvas.height = rows;
  }

  #handleOpen(): void {
    if (this.#status.isSourceBroken) {
      // A method opened what drawing could not.
      this.#status.clear();
      this.#pictures.invalidate();
    }
    this.requestUpdate();
  }

  #handlePicture(picture: RenderedBitmap, job: PictureJob): void {
    const { bitmap, latent, classIndex, durationMs, backend } = picture;
    const { width, height } = bitmap;
    const isFirst = !this.#status.hasLoaded;
    const labelBefore = this.#describe();
    this.#show(bitmap);
    this.#shown = { latent, classIndex, job };
    this.#status.clear();
    if (isFirst) this.#handleLoad(backend);
    else if (this.#describe() !== labelBefore) this.requestUpdate();
    const { from, to, t } = job.position ?? { from: job.options.seed ?? '0', to: null, t: 0 };
    this.#fire(
      new GanCanvasRenderEvent({ seed: from, toSeed: to, t, latent: latent.slice(), classIndex, durationMs, backend, width, height }),
    );
  }

  #handleLoad(backend: BackendName): void {
    this.#status.handleLoad(this.alt === '' ? null : this.#describe());
    if (this.modelInfo) this.#fire(new GanCanvasLoadEvent({ modelInfo: this.modelInfo, backend }));
  }

  readonly #handlePosterError = (): void => {
    this.#brokenPoster = this.poster;
    this.requestUpdate();
  };

  readonly #handleFallbackChange = (): void => this.requestUpdate();

  #show(bitmap: ImageBitmap): void {
    const canvas = this.#canvas;
    if (!canvas) return bitmap.close();
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
  }

  #fire(event: Event): void {
    this.dispatchEvent(event);
  }

  #describe(): string {
    if (this.alt != null) return this.alt;
    const info = this.modelInfo;
    const { classIndex, job } = this.#shown ?? {};
    return describePicture({
      model: info?.name ?? this.model ?? 'pomona',
      seed: job?.options.seed ?? this.seed,
      ownLatent: job?.options.latent !== undefined,
      mix: job?.options.mix ?? null,
      className: classIndex == null ? null : (info?.labels[classIndex] ?? String(classIndex)),
      samples: job?.options.samples ?? 1,
      walking: job?.position != null,
    });
  }

  /** @internal Works with the generator of what the attributes name now, opening it if need be. */
  protected override useGenerator<T>(work: (generator: TrainableGenerator) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#refreshSource();
    return this.#generators.use(work, signal);
  }

  /** The live weights as a file that `src` and `importWeights()` read; with `delta` only the tensors that moved. */
  async exportWeights(options: ExportOptions = {}): Promise<Blob> {
    assertOptions(options);
    const bytes = await this.useGenerator((generator) => generator.exportWeights({ delta: options.delta === true }));
    return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
  }

  /** Puts the tensors of a weights file, full or delta, in place of the live ones, and draws anew; with `replaces`, also those of another network. */
  async importWeights(blob: Blob, options: ImportOptions = {}): Promise<void> {
    assertBlob(blob);
    assertOptions(options);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    this.#refreshSource();
    await this.#generators.importWeights(bytes, { replaces: options.replaces === true });
    this.#redraw();
  }

  /** Back to the weights of `model` or `src`, and draws anew. */
  async resetWeights(): Promise<void> {
    this.#refreshSource();
    await this.#generators.resetWeights();
    this.#redraw();
  }

  /**
   * Shows what a link says that was made by the controls' “Copy link”: a fragment `#gan-canvas=…` with settings, never a `src`. A page that
   * wants that calls it once, as it loads; false when the address has no such fragment.
   */
  async showShared(url: string = location.href): Promise<boolean> {
    const { showShared } = await import('./controls/share-link.ts');
    return showShared(this, url);
  }

  /**
   * Teaches the model pictures, 1 to 2,000: files, folders that were dropped, image elements, canvases, bitmaps, URLs that allow it. The picture
   * follows, and `exportWeights()` keeps what was learnt. No picture leaves the page. A run at once: iterate it for its steps, `pause()`,
   * `resume()`, `stop()`, and `done`, which rejects with GanCanvasError or AbortError.
   */
  fineTune(images: PictureInputs, options: FineTuneOptions = {}): FineTuneRun {
    return this.#trainings.start(images, options);
  }

  /** Goes on with the training that this browser keeps for the model, pictures and all; see {@link findKeptTraining}. */
  resumeFineTune(options: Pick<FineTuneOptions, 'signal'> = {}): FineTuneRun {
    return this.#trainings.start(null, options);
  }

  /** The training of the model that a reload or a crash cut short, or null. */
  async findKeptTraining(): Promise<KeptRunSummary | null> {
    const { findKeptRun } = await import('../engine/fine-tune/kept-run.ts');
    return this.useGenerator((generator) => findKeptRun(generator.loadedInfo.name));
  }

  /** Forgets that training and the pictures that were stored with it. */
  async eraseKeptTraining(): Promise<void> {
    const { eraseKeptRun } = await import('../engine/fine-tune/kept-run.ts');
    return this.useGenerator((generator) => eraseKeptRun(generator.loadedInfo.name));
  }

  /** @internal */
  protected override async keepWeights(generator: TrainableGenerator): Promise<void> {
    await this.#generators.keepWeights(generator);
    this.#redraw();
  }

  #redraw(): void {
    this.#pictures.invalidate();
    this.requestUpdate();
  }

  #renderPlaceholder(): TemplateResult {
    const { error } = this.#status;
    return renderPlaceholder({
      error,
      poster: this.poster == null || this.poster === this.#brokenPoster ? null : this.poster,
      alt: this.alt,
      crossOrigin: this.crossOrigin == null ? undefined : readCrossOrigin(this.crossOrigin),
      hasFallback: error !== null && hasDefaultContent(this),
      onLoad: error === null && this.#saver.holds ? this.#saver.allow : null,
      onPosterError: this.#handlePosterError,
      onFallbackChange: this.#handleFallbackChange,
    });
  }

  protected override render(): TemplateResult {
    const isShown = this.#shown !== null && this.#status.error === null;
    return html`
      <div part="base" class=${this.trainable || this.controls ? 'panels' : ''} aria-busy=${this.#status.isLoading}>
        <div class="layout">
          <div class="picture">
            <canvas
              part="canvas"
              class=${isShown ? '' : 'empty'}
              role=${this.alt === '' ? 'presentation' : 'img'}
              aria-label=${this.alt === '' ? nothing : this.#describe()}
            ></canvas>
            ${isShown ? nothing : this.#renderPlaceholder()} ${this.#status.isLoading ? renderProgress(this.#status.progress) : nothing}
          </div>
          <slot name="controls">${this.#controls.render()}</slot>
        </div>
        ${this.#panel.render()}
        <div class="live" role="status">${this.#status.announcement}</div>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gan-canvas': GanCanvas;
  }
}
