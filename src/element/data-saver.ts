import type { ReactiveControllerHost } from 'lit';

interface Connection {
  readonly saveData?: boolean;
}

/** Where the visitor asked their browser to save data, nothing is loaded before a click: a picture costs megabytes. */
export class DataSaver {
  readonly #host: ReactiveControllerHost;
  #isAllowed = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  /** True while loading has to wait for the click. */
  get holds(): boolean {
    return !this.#isAllowed && (savesData() || matchMedia('(prefers-reduced-data: reduce)').matches);
  }

  /** The visitor clicked. */
  readonly allow = (): void => {
    this.#isAllowed = true;
    this.#host.requestUpdate();
  };
}

function savesData(): boolean {
  return (navigator as { connection?: Connection }).connection?.saveData === true;
}
