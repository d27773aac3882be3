import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import type { PanelContext } from './training-panel/training-panel.ts';

export interface TrainingPanelControllerOptions extends PanelContext {
  /** True when the host is to show the panel. */
  readonly isWanted: () => boolean;
}

/** Names that the page styles the panel's parts by. */
const PARTS = ['drop-zone', 'thumbnail', 'refused', 'button', 'primary-button', 'training-progress', 'before', 'now', 'plot', 'kept', 'problem']; // prettier-ignore

/** Loads the panel when it is first wanted, and keeps it, so that a training under way is found again. */
export class TrainingPanelController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: TrainingPanelControllerOptions;
  #panel: HTMLElement | null = null;
  #failure: string | null = null;
  #isLoading = false;

  constructor(host: ReactiveControllerHost, options: TrainingPanelControllerOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostConnected(): void {
    // A page without network is tried anew.
    this.#failure = null;
  }

  hostUpdated(): void {
    if (!this.#options.isWanted() || this.#panel || this.#isLoading || this.#failure !== null) return;
    this.#isLoading = true;
    void this.#load();
  }

  render(): TemplateResult | HTMLElement | typeof nothing {
    if (!this.#options.isWanted()) return nothing;
    if (this.#failure === null) return this.#panel ?? nothing;
    return html`<p part="message" role="alert">
      The panel for training could not be loaded. <small>${this.#failure}</small>
      <button type="button" part="button" @click=${this.#handleRetry}>Try again</button>
    </p>`;
  }

  readonly #handleRetry = (): void => {
    this.#failure = null;
    this.#host.requestUpdate();
  };

  async #load(): Promise<void> {
    try {
      const { TrainingPanel } = await import('./training-panel/training-panel.ts');
      const panel = new TrainingPanel();
      panel.attach(this.#options);
      panel.setAttribute('part', 'training-panel');
      panel.setAttribute('exportparts', PARTS.join(', '));
      this.#panel = panel;
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
    this.#isLoading = false;
    this.#host.requestUpdate();
  }
}
