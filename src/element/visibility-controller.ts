import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Whether the host is on screen now, and whether it ever was; asks for an update when either changes. */
export class VisibilityController implements ReactiveController {
  /** True while a part of the host is in the viewport. */
  isVisible = false;
  /** True from the first time on. */
  wasVisible = false;
  readonly #host: ReactiveControllerHost & Element;
  #observer: IntersectionObserver | undefined;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer = new IntersectionObserver((entries) => this.#handleEntries(entries));
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    // What was last seen stays: a host that is moved is seen again at once, or told that it is not.
    this.#observer?.disconnect();
  }

  #handleEntries(entries: readonly IntersectionObserverEntry[]): void {
    this.isVisible = entries.at(-1)?.isIntersecting ?? false;
    this.wasVisible ||= this.isVisible;
    this.#host.requestUpdate();
  }
}
