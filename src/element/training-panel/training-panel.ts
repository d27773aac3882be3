import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { startsFromNothing } from '../../engine/fine-tune/fine-tune.ts';
import type { KeptRunSummary } from '../../engine/fine-tune/kept-run.ts';
import { GanCanvasError, isAbortError } from '../../support/errors.ts';
import type { PictureInputs } from '../gather-pictures.ts';
import { downloadFile } from '../panel/download-file.ts';
import { fieldStyles } from '../panel/field.styles.ts';
import { PanelElement, registerPanel } from '../panel/panel-element.ts';
import { panelStyles } from '../panel/panel.styles.ts';
import { CropEditor } from './crop-editor.ts';
import { DropTarget } from './drop-target.ts';
import { PictureCollection, type ChosenPicture } from './picture-collection.ts';
import { takeStills, type PictureStills } from './picture-stills.ts';
import { renderChoices } from './render-choices.ts';
import { renderKept } from './render-kept.ts';
import { renderOpened, renderOpening } from './render-opening.ts';
import { renderOutcome } from './render-outcome.ts';
import { renderPictures } from './render-pictures.ts';
import { renderRunning } from './render-running.ts';
import { canShareWeights, nameWeights } from './save-weights.ts';
import { tellPictures } from './tell-training.ts';
import { canBeTaught, chooseMethod, INITIAL_CHOICES, readChoices, type TrainingChoices } from './training-choices.ts';
import type { TrainingHost } from './training-host.ts';
import { pictureStyles } from './pictures.styles.ts';
import { progressStyles } from './progress.styles.ts';
import { TrainingSession } from './training-session.ts';

/** Names that the page styles the panel's parts by. */
const PARTS = ['drop-zone', 'thumbnail', 'refused', 'button', 'primary-button', 'training-progress', 'before', 'now', 'plot', 'kept', 'problem']; // prettier-ignore

const BROKEN = 'This browser cannot show it: the file is damaged, or of a kind that it does not know. Save it as JPEG or PNG.';

/** What an element gives its panel. */
export interface PanelContext {
  readonly host: TrainingHost;
  /** The canvas that the host's picture is shown in. */
  readonly canvas: () => HTMLCanvasElement | null;
}

/**
 * The panel of `<gan-canvas trainable>`: pictures in, a training watched, the result kept. It works by the public methods of its host
 * alone, and nothing that fails in it leaves it: it is said where it happened.
 */
export class TrainingPanel extends PanelElement {
  protected override readonly sheets = [panelStyles, fieldStyles, pictureStyles, progressStyles];
  #context: PanelContext | null = null;
  #choices: TrainingChoices = INITIAL_CHOICES;
  #kept: KeptRunSummary | null = null;
  /** The source that was loaded last. */
  #source: string | null = null;
  #stills: PictureStills | null = null;
  /** Name of the saved model that draws; null when it is another. */
  #opened: string | null = null;
  #announcement = '';
  /** What went wrong, or is still to be done, where the visitor pressed a button. */
  #problem: string | null = null;
  #isBusy = false;
  /** Id of what gets the focus once it is rendered. */
  #focusNext: string | null = null;
  readonly #canShare = canShareWeights();

  readonly #collection = new PictureCollection(this);
  readonly #session = new TrainingSession(this, {
    announce: (text) => this.#announce(text),
    onEnd: (result) => {
      if (result) this.#collection.dropRefused(result.refused);
      this.#moveFocus('outcome');
      void this.#findKept();
    },
  });
  readonly #cropEditor = new CropEditor(this, {
    urlOf: (picture) => this.#collection.urlOf(picture),
    onCrop: ({ id }, crop, size) => this.#collection.adjust(id, crop, size),
    onBroken: (picture) => this.#handleBroken(picture),
  });
  readonly #drop = new DropTarget(this, {
    target: () => this.#context?.host ?? null,
    isOpen: () => !this.#session.isUnderWay,
    onPictures: (inputs) => void this.#add(inputs),
  });

  /** Ties the panel to its element; to be called once, before it is connected. */
  attach(context: PanelContext): void {
    this.#context = context;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { host } = this.#context ?? {};
    host?.addEventListener('load', this.#handleLoad);
    host?.addEventListener('render', this.#handleRender);
    if (host?.ready && !this.#session.isUnderWay) void this.#findKept();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    const { host } = this.#context ?? {};
    host?.removeEventListener('load', this.#handleLoad);
    host?.removeEventListener('render', this.#handleRender);
  }

  protected override updated(): void {
    if (this.#focusNext === null) return;
    this.renderRoot.querySelector<HTMLElement>(`#${this.#focusNext}`)?.focus();
    this.#focusNext = null;
  }

  readonly #handleLoad = (): void => {
    const { model, src } = this.#context?.host ?? {};
    const source = JSON.stringify([model, src]);
    // What was learnt outlives another backend, but not another source.
    if (source !== this.#source && !this.#session.isUnderWay) this.#forgetOutcome();
    this.#source = source;
    this.requestUpdate();
    if (!this.#session.isUnderWay) void this.#findKept();
  };

  #forgetOutcome(): void {
    this.#session.clear();
    this.#problem = null;
    this.#stills = null;
    this.#opened = null;
  }

  readonly #handleRender = (): void => this.#stills?.refresh(this.#context?.canvas() ?? null);

  #announce(text: string): void {
    this.#announcement = text;
    this.requestUpdate();
  }

  /** Moves the focus to what replaces what had it; it stays elsewhere on the page. */
  #moveFocus(id: string): void {
    const active = this.shadowRoot?.activeElement;
    // Focus that was lost with its button is on the body.
    if (!active && document.activeElement !== document.body && document.activeElement !== this.#context?.host) return;
    this.#focusNext = id;
    this.requestUpdate();
  }

  async #findKept(): Promise<void> {
    try {
      this.#kept = (await this.#context?.host.findKeptTraining()) ?? null;
    } catch {
      // What keeps the element from opening its model is told where its picture would be.
      this.#kept = null;
    }
    this.requestUpdate();
  }

  async #add(inputs: PictureInputs): Promise<void> {
    const { added, refused } = await this.#collection.add(inputs);
    this.#problem = null;
    const total = this.#collection.pictures.length;
    const told = [
      `${tellPictures(added)} added${total > added ? `, ${total} in all` : ''}.`,
      ...(refused > 0 ? [`${refused} ${refused === 1 ? 'file' : 'files'} cannot be used; they are listed with the reasons.`] : []),
    ];
    this.#announce(told.join(' '));
  }

  #handleBroken({ id, name }: ChosenPicture): void {
    this.#collection.remove(id, BROKEN);
    this.#announce(`${name} cannot be used. ${BROKEN}`);
  }

  #handleRemove({ id, name }: ChosenPicture): void {
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>('.remove')];
    const at = buttons.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    this.#collection.remove(id);
    this.#announce(`${name} removed, ${tellPictures(this.#collection.pictures.length)} left.`);
    if (at < 0) return;
    void this.updateComplete.then(() => {
      const left = [...this.renderRoot.querySelectorAll<HTMLElement>('.remove')];
      (left[Math.min(at, left.length - 1)] ?? this.renderRoot.querySelector<HTMLElement>('#choose'))?.focus();
    });
  }

  readonly #handleRemoveAll = (): void => {
    this.#collection.clear();
    this.#announce('All pictures removed.');
    this.#moveFocus('choose');
  };

  readonly #handleFiles = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    // The same files can be chosen again.
    input.value = '';
    if (files.length > 0) void this.#add(files);
  };

  #handleChoose(folder: boolean): void {
    this.renderRoot.querySelector<HTMLInputElement>(folder ? '#folder' : '#files')?.click();
  }

  /** Shows the first field that has a value out of range; false when there is none. */
  #showInvalid(): boolean {
    const invalid = this.renderRoot.querySelector<HTMLInputElement>('#advanced input:invalid');
    if (!invalid) return false;
    const advanced = this.renderRoot.querySelector<HTMLDetailsElement>('#advanced');
    if (advanced) advanced.open = true;
    invalid.reportValidity();
    return true;
  }

  readonly #handleStart = (): void => {
    const { host } = this.#context ?? {};
    const { pictures } = this.#collection;
    if (!host || this.#showInvalid()) return;
    this.#problem = null;
    if (pictures.length === 0) {
      this.#problem = 'Add pictures first.';
      this.#announce(this.#problem);
      this.#focusNext = 'choose';
      return;
    }
    this.#begin();
    const inputs = pictures.map(({ name, source, crop }) => ({ name, source, ...(crop && { crop }) }));
    this.#session.start(host, inputs, readChoices(this.#choices, pictures.length, host.modelInfo));
  };

  readonly #handleGoOn = (): void => {
    if (!this.#context) return;
    this.#begin();
    this.#session.start(this.#context.host, null);
  };

  #begin(): void {
    this.#kept = null;
    this.#stills = takeStills(this.#context?.host.ready ? this.#context.canvas() : null);
    this.#moveFocus('running');
  }

  /** Does what may fail, and says so where the buttons are. */
  async #attempt(what: string, work: (host: TrainingHost) => Promise<string | null>): Promise<void> {
    const { host } = this.#context ?? {};
    if (!host || this.#isBusy) return;
    this.#isBusy = true;
    this.#problem = null;
    this.requestUpdate();
    try {
      const done = await work(host);
      if (done !== null) this.#announce(done);
    } catch (error) {
      if (!isAbortError(error)) {
        this.#problem = `${what} did not work. ${error instanceof GanCanvasError ? error.message : String(error)}`;
        this.#announce(this.#problem);
      }
    } finally {
      this.#isBusy = false;
      this.requestUpdate();
    }
  }

  readonly #handleErase = (): void =>
    void this.#attempt('Erasing', async (host) => {
      await host.eraseKeptTraining();
      this.#kept = null;
      this.#moveFocus('choose');
      return 'The interrupted training and its pictures are erased.';
    });

  readonly #handleUndo = (): void =>
    void this.#attempt('Undoing', async (host) => {
      await host.resetWeights();
      this.#forgetOutcome();
      this.#moveFocus('start');
      return 'Undone: the first model draws again.';
    });

  readonly #handleOpen = (file: File): void =>
    void this.#attempt(`Opening ${file.name}`, async (host) => {
      await host.importWeights(file);
      this.#forgetOutcome();
      this.#opened = file.name;
      this.#moveFocus('opened');
      return `${file.name} is open: the pictures are drawn by it now.`;
    });

  readonly #handleSave = (options: { readonly delta: boolean }): void =>
    void this.#attempt('Saving', async (host) => {
      const name = nameWeights(host.modelInfo?.name ?? 'model', options);
      downloadFile(await host.exportWeights(options), name);
      return `Saved as ${name}.`;
    });

  readonly #handleShare = (): void =>
    void this.#attempt('Sharing', async (host) => {
      const name = nameWeights(host.modelInfo?.name ?? 'model', { delta: false });
      const blob = await host.exportWeights();
      await navigator.share({ files: [new File([blob], name, { type: 'application/octet-stream' })] });
      return null;
    });

  protected override render(): TemplateResult {
    return html`
      <section class="panel" aria-labelledby="title">
        <h2 id="title">Teach it your own pictures</h2>
        ${this.#session.isUnderWay ? this.#renderRunning() : this.#renderChoosing()}
        <div class="live" role="status">${this.#announcement}</div>
      </section>
      ${this.#cropEditor.render()}
    `;
  }

  #renderRunning(): TemplateResult {
    return renderRunning({
      session: this.#session,
      stills: this.#stills,
      isKept: this.#choices.keeps,
      onPause: () => {
        this.#session.pause();
        this.#moveFocus('go-on');
      },
      onGoOn: () => {
        this.#session.goOn();
        this.#moveFocus('pause');
      },
      onStop: () => {
        this.#session.stop();
        this.#moveFocus('running');
      },
    });
  }

  #renderChoosing(): TemplateResult {
    const [session, collection] = [this.#session, this.#collection];
    const isOver = session.phase === 'ended';
    const opening = renderOpening({ isBusy: this.#isBusy, onOpen: this.#handleOpen });
    return html`
      ${this.#kept ? this.#renderKept(this.#kept) : nothing} ${isOver ? this.#renderOutcome(opening) : nothing}
      ${
        this.#opened !== null && !session.hasLearnt
          ? renderOpened({ name: this.#opened, isBusy: this.#isBusy, onUndo: this.#handleUndo })
          : nothing
      }
      ${renderPictures({
        collection,
        isDraggedOver: this.#drop.isOver,
        onChoose: (folder) => this.#handleChoose(folder),
        onFiles: this.#handleFiles,
        onRemove: (picture) => this.#handleRemove(picture),
        onRemoveAll: this.#handleRemoveAll,
        onCrop: (picture) => void this.#cropEditor.open(picture),
        onBroken: (picture) => this.#handleBroken(picture),
      })}
      ${renderChoices({
        choices: this.#choices,
        pictures: collection.pictures.length,
        info: this.#context?.host.modelInfo ?? null,
        onChange: (changes) => this.#handleChange(changes),
      })}
      ${isOver || this.#problem === null ? nothing : html`<p class="failure" part="problem">${this.#problem}</p>`}
      <p class="buttons">
        <button type="button" part="button primary-button" class="primary" id="start" @click=${this.#handleStart}>
          ${(session.hasLearnt || this.#opened !== null) && !this.#isNextFromNothing ? 'Train further' : 'Start'}
        </button>
        ${isOver ? nothing : opening}
      </p>
    `;
  }

  get #isNextFromNothing(): boolean {
    const method = chooseMethod(this.#choices, this.#collection.pictures.length, this.#context?.host.modelInfo ?? null);
    return startsFromNothing(method);
  }

  #handleChange(changes: Partial<TrainingChoices>): void {
    const network = { ...this.#choices.network, ...changes.network };
    this.#choices = { ...this.#choices, ...changes, network };
    this.requestUpdate();
  }

  #renderKept(kept: KeptRunSummary): TemplateResult {
    return renderKept({ kept, isBusy: this.#isBusy, onGoOn: this.#handleGoOn, onErase: this.#handleErase });
  }

  #renderOutcome(opening: TemplateResult): TemplateResult {
    return renderOutcome({
      opening,
      session: this.#session,
      stills: this.#stills,
      isBusy: this.#isBusy,
      problem: this.#problem,
      canShare: this.#canShare,
      isFromNothing: !canBeTaught(this.#context?.host.modelInfo ?? null),
      onUndo: this.#handleUndo,
      onSave: this.#handleSave,
      onShare: this.#handleShare,
    });
  }
}

registerPanel('gan-canvas-training-panel', TrainingPanel);

/** The panel of an element, with its parts given on to the page. */
export function createTrainingPanel(context: PanelContext): TrainingPanel {
  const panel = new TrainingPanel();
  panel.attach(context);
  panel.setAttribute('part', 'training-panel');
  panel.setAttribute('exportparts', PARTS.join(', '));
  return panel;
}
