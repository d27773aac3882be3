import type { ReactiveController, ReactiveControllerHost, TemplateResult, nothing } from 'lit';
import { html } from 'lit';

/** A panel: an element of the host's shadow tree that renders itself. */
export interface LazyPanel extends HTMLElement {
  requestUpdate(): void;
}

export interface LazyPanelControllerOptions {
  /** What it is a panel of or for, for the message when it cannot be loaded. */
  readonly name: string;
  /** What is in the place of the panel until it is there, so that nothing jumps when it comes; `nothing` when none is to be expected. */
  readonly room: () => TemplateResult | typeof nothing;
  /** True when the host is to show the panel. */
  readonly isWanted: () => boolean;
  /** Makes the panel; called once, when it is first wanted. */
  readonly load: () => Promise<LazyPanel>;
}

/** Loads a panel when it is first wanted, and keeps it, so that what is under way in it is found again; it renders after its host. */
export class LazyPanelController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: LazyPanelControllerOptions;
  #panel: LazyPanel | null = null;
  #failure: string | null = null;
  #isLoading = false;

  constructor(host: ReactiveControllerHost, options: LazyPanelControllerOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostConnected(): void {
    // A page without network is tried anew.
    this.#failure = null;
  }

  hostUpdated(): void {
    if (!this.#options.isWanted()) return;
    this.#panel?.requestUpdate();
    if (this.#panel || this.#isLoading || this.#failure !== null) return;
    this.#isLoading = true;
    void this.#load();
  }

  render(): TemplateResult | HTMLElement | typeof nothing {
    if (!this.#options.isWanted()) return this.#options.room();
    if (this.#failure === null) return this.#panel ?? this.#options.room();
    return html`<p part="message" role="alert">
      The panel ${this.#options.name} could not be loaded. <small>${this.#failure}</small>
      <button type="button" part="button" @click=${this.#handleRetry}>Try again</button>
    </p>`;
  }

  readonly #handleRetry = (): void => {
    this.#failure = null;
    this.#host.requestUpdate();
  };

  async #load(): Promise<void> {
    try {
      this.#panel = await this.#options.load();
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
    this.#isLoading = false;
    this.#host.requestUpdate();
  }
}
