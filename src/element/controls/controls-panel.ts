import type { PropertyValues, TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import type { GenerateOptions } from '../../engine/generator.ts';
import { createAbortError } from '../../support/errors.ts';
import { fieldStyles } from '../panel/field.styles.ts';
import { PanelElement, registerPanel } from '../panel/panel-element.ts';
import { panelStyles } from '../panel/panel.styles.ts';
import type { ControlDesk, ControlGroup } from './control-group.ts';
import { DEFAULT_SETTINGS, readSettings, type ControlledSettings } from './controlled-settings.ts';
import type { ControlsHost } from './controls-host.ts';
import { controlsStyles } from './controls-panel.styles.ts';
import { DirectionCatalog } from './direction-catalog.ts';
import { DirectionsGroup } from './groups/directions-group.ts';
import { groupStyles } from './groups/groups.styles.ts';
import { KeepGroup } from './groups/keep-group.ts';
import { MixGroup } from './groups/mix-group.ts';
import { PadGroup } from './groups/pad-group.ts';
import { TimelineGroup } from './groups/timeline-group.ts';
import { VariationsGroup } from './groups/variations-group.ts';
import { VarietyGroup } from './groups/variety-group.ts';
import { WalkGroup } from './groups/walk-group.ts';
import { drawRandom, drawSeed } from './random-seed.ts';
import { renderSeedRow } from './render-seed-row.ts';
import { SeedHistory } from './seed-history.ts';
import { SettingChanges } from './setting-changes.ts';
import { SmallPictures } from './small-pictures.ts';
import { Timeline } from './timeline.ts';

/** Names that the page styles the panel's parts by. */
const PARTS = ['button', 'primary-button', 'field', 'slider', 'group', 'direction', 'end', 'meter', 'variations', 'variation', 'pad', 'knob', 'frame', 'film-progress', 'problem']; // prettier-ignore

/** When the quickest of so many pictures takes as long as this, there are none beside the large one. */
const [JUDGED, SLOW_MS] = [3, 500];

/** What an element gives its controls. */
export interface ControlsContext {
  readonly host: ControlsHost;
}

/**
 * The panel of `<gan-canvas controls>`: sets the properties of its host, and follows them when the page sets them. What it changes fires
 * `input` and `change` on the host.
 */
export class ControlsPanel extends PanelElement {
  protected override readonly sheets = [panelStyles, fieldStyles, controlsStyles, groupStyles];
  #host: ControlsHost | null = null;
  /** What the page asked for, to go back to. */
  #initial: ControlledSettings = DEFAULT_SETTINGS;
  /** The source that was loaded last. */
  #source: string | null = null;
  #isUnfolded = false;
  #openGroup: string | null = 'variety';
  #announcement = '';
  /** What the latest pictures took, large and small. */
  #recentMs: readonly number[] = [];
  /** Selector of what gets the focus once it is rendered. */
  #focusNext: string | null = null;
  /** A group was opened, and is to come into sight. */
  #scrollNext = false;
  readonly #history = new SeedHistory();
  readonly #changes = new SettingChanges(() => this.#host);
  readonly #directions = new DirectionCatalog(() => this.requestUpdate());
  readonly #pictures = new SmallPictures(this, {
    draw: (options) => this.#drawSmall(options),
    // The element draws the large picture from the same settings, and says what is wrong with them.
    onError: () => undefined,
  });
  readonly #timeline = new Timeline();
  readonly #groups: readonly ControlGroup[] = [
    new VarietyGroup(),
    new DirectionsGroup(),
    new PadGroup(),
    new VariationsGroup(),
    new MixGroup(),
    new WalkGroup(),
    new TimelineGroup(this.#timeline),
    new KeepGroup(this.#timeline),
  ];

  /** Ties the panel to its element; to be called once, before it is connected. */
  attach({ host }: ControlsContext): void {
    this.#host = host;
    this.#initial = readSettings(host);
    this.#source = sourceOf(host);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#host?.addEventListener('load', this.#handleLoad);
    this.#host?.addEventListener('render', this.#handleRender);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#host?.removeEventListener('load', this.#handleLoad);
    this.#host?.removeEventListener('render', this.#handleRender);
    for (const group of this.#groups) group.stop?.();
  }

  protected override willUpdate(_: PropertyValues): void {
    // A film goes through seeds that nobody asked to come back to.
    if (this.#host && !this.#groups.some((group) => group.isPlaying?.())) this.#history.visit(this.#settings.seed);
  }

  protected override updated(): void {
    this.#wantPictures();
    if (this.#scrollNext) this.renderRoot.querySelector('details[open]')?.scrollIntoView({ block: 'nearest' });
    this.#scrollNext = false;
    if (this.#focusNext === null) return;
    this.renderRoot.querySelector<HTMLElement>(this.#focusNext)?.focus();
    this.#focusNext = null;
  }

  readonly #handleLoad = (): void => {
    const source = this.#host ? sourceOf(this.#host) : null;
    this.#recentMs = [];
    if (source !== this.#source) {
      this.#source = source;
      this.#initial = DEFAULT_SETTINGS;
      this.#pictures.clear();
      this.#directions.clear();
      for (const group of this.#groups) group.clear?.();
    }
    this.requestUpdate();
  };

  readonly #handleRender = (event: Event): void => {
    this.#judgePace((event as Event & { readonly durationMs: number }).durationMs);
  };

  async #drawSmall(options: GenerateOptions): Promise<ImageData> {
    if (!this.#host) throw createAbortError();
    const startMs = performance.now();
    const image = await this.#host.generate(options);
    this.#judgePace(performance.now() - startMs);
    return image;
  }

  get #isSlow(): boolean {
    return this.#recentMs.length === JUDGED && Math.min(...this.#recentMs) > SLOW_MS;
  }

  #judgePace(durationMs: number): void {
    const wasSlow = this.#isSlow;
    this.#recentMs = [...this.#recentMs, durationMs].slice(-JUDGED);
    if (wasSlow !== this.#isSlow) this.requestUpdate();
  }

  /** True while the picture moves by itself. */
  get #isPlaying(): boolean {
    return this.#settings.autoplay || this.#groups.some((group) => group.isPlaying?.());
  }

  get #settings(): ControlledSettings {
    return { ...(this.#host ? readSettings(this.#host) : DEFAULT_SETTINGS), ...this.#changes.pending };
  }

  /** Null before the model is known. */
  get #desk(): ControlDesk | null {
    const [host, info] = [this.#host, this.#host?.modelInfo];
    if (!host || !info) return null;
    const readNow = () => this.#settings;
    return {
      host,
      info,
      get settings() {
        return readNow();
      },
      directions: this.#directions,
      move: (changes) => this.#move(changes),
      rest: (changes) => this.#rest(changes),
      imageOf: (id) => this.#pictures.imageOf(id),
      announce: (text) => this.#announce(text),
      requestUpdate: () => this.requestUpdate(),
      focus: (selector) => this.#moveFocus(selector),
    };
  }

  #move(changes: Partial<ControlledSettings>): void {
    this.#changes.move(changes);
    this.requestUpdate();
  }

  #rest(changes?: Partial<ControlledSettings>): void {
    this.#changes.rest(changes);
    this.requestUpdate();
  }

  #announce(text: string): void {
    this.#announcement = text;
    this.requestUpdate();
  }

  #moveFocus(selector: string): void {
    this.#focusNext = selector;
    this.requestUpdate();
  }

  /** Only those of the group that is open, and none while something moves, walks, or is slow. */
  #wantPictures(): void {
    const desk = this.#isUnfolded ? this.#desk : null;
    const group = this.#groups.find(({ id }) => id === this.#openGroup);
    const isBusy = this.#changes.isMoving || this.#isPlaying || this.#isSlow;
    const pictures = desk && this.#host?.ready && !isBusy ? (group?.pictures?.(desk) ?? []) : [];
    const { seed, latentDim, truncation, classLabel, directions, mix } = this.#settings;
    const state = [this.#source, this.#host?.noise, seed, latentDim, truncation, classLabel, directions, mix];
    this.#pictures.want(pictures.length === 0 ? '' : JSON.stringify([state, pictures]), pictures);
  }

  #showSeed(seed: string | null): void {
    if (seed === null) return;
    this.#announce(`Seed ${seed}.`);
    this.#rest({ seed });
  }

  readonly #handleReset = (): void => {
    this.#announce('Everything is as it was at first.');
    this.#rest(this.#initial);
  };

  readonly #handleRandomise = (): void => {
    const desk = this.#desk;
    if (!desk) return;
    const seed = drawSeed();
    const { info, settings, directions } = desk;
    let sizes = settings.directions;
    for (const direction of directions.list(info, sizes)) {
      const [least, most] = direction.range;
      // The mean of two: more often near the middle, where pictures are good.
      const share = (drawRandom() + drawRandom()) / 2;
      sizes = directions.withSize(info, sizes, direction, Number((least + share * (most - least)).toFixed(1)) || 0);
    }
    this.#announce(`Seed ${seed}, and each direction by chance.`);
    this.#rest({ seed, directions: sizes });
  };

  readonly #handleMore = (): void => {
    this.#isUnfolded = !this.#isUnfolded;
    this.#refreshDirections();
    this.requestUpdate();
  };

  #handleToggle(event: Event, id: string): void {
    // The state is the panel's: one group is open at a time.
    event.preventDefault();
    this.#openGroup = this.#openGroup === id ? null : id;
    this.#scrollNext = true;
    this.#refreshDirections();
    this.requestUpdate();
  }

  /** The page may have taught the model some since. */
  #refreshDirections(): void {
    if (this.#host && this.#isUnfolded) void this.#directions.refresh(this.#host);
  }

  protected override render(): TemplateResult {
    const desk = this.#isUnfolded ? this.#desk : null;
    return html`
      <section class="panel" aria-label="Controls">
        ${renderSeedRow({
          seed: this.#settings.seed,
          canGoBack: this.#history.canGoBack,
          canGoForward: this.#history.canGoForward,
          isUnfolded: this.#isUnfolded,
          onBack: () => this.#showSeed(this.#history.back()),
          onForward: () => this.#showSeed(this.#history.forward()),
          onSeed: (seed) => this.#rest({ seed }),
          onNew: () => this.#showSeed(drawSeed()),
          onMore: this.#handleMore,
        })}
        <div id="groups" ?hidden=${!desk}>${desk ? this.#renderGroups(desk) : nothing}</div>
        <div class="live" role="status">${this.#announcement}</div>
      </section>
    `;
  }

  #renderGroups(desk: ControlDesk): TemplateResult {
    return html`
      ${this.#groups.filter((group) => group.isOffered?.(desk) ?? true).map((group) => this.#renderGroup(group, desk))}
      <p class="buttons ends">
        <button type="button" part="button" id="randomise" @click=${this.#handleRandomise}>Randomise</button>
        <button type="button" part="button" id="reset" @click=${this.#handleReset}>Reset</button>
      </p>
    `;
  }

  #renderGroup(group: ControlGroup, desk: ControlDesk): TemplateResult {
    const isOpen = group.id === this.#openGroup;
    return html`
      <details class="group" part="group" ?open=${isOpen}>
        <summary id="group-${group.id}" @click=${(event: Event) => this.#handleToggle(event, group.id)}>${group.title}</summary>
        ${isOpen ? html`<div class="body" role="group" aria-labelledby="group-${group.id}">${group.render(desk)}</div>` : nothing}
      </details>
    `;
  }
}

function sourceOf({ model, src }: ControlsHost): string {
  return JSON.stringify([model, src]);
}

registerPanel('gan-canvas-controls', ControlsPanel);

/** The controls of an element, with their parts given on to the page. */
export function createControlsPanel(context: ControlsContext): ControlsPanel {
  const panel = new ControlsPanel();
  panel.attach(context);
  panel.setAttribute('part', 'controls');
  panel.setAttribute('exportparts', PARTS.join(', '));
  return panel;
}
