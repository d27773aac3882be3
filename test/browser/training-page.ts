import type { GanCanvas } from '../../src/index.ts';
import { findPanel } from '../support/training-panel.ts';
import { until } from '../support/until.ts';

/** The page in `pages/trainable.ts`, in a frame, as a visitor has it in a tab. */
export class TrainingPage {
  readonly #frame = document.createElement('iframe');

  constructor(attributes: Readonly<Record<string, string>>) {
    const url = new URL('./pages/trainable.html', import.meta.url);
    url.search = new URLSearchParams({ attributes: JSON.stringify(attributes) }).toString();
    this.#frame.src = url.href;
    document.body.append(this.#frame);
  }

  /** The page's element, once it draws, and its panel. */
  async open(): Promise<{ readonly element: GanCanvas; readonly panel: ShadowRoot }> {
    const element = await until(() => this.#frame.contentDocument?.querySelector('gan-canvas'));
    await until(() => element.ready);
    return { element, panel: await findPanel(element) };
  }

  /** Chooses picture files of the page's own. */
  async choose(panel: ShadowRoot, count: number): Promise<void> {
    const page = this.#frame.contentWindow as unknown as { chooseDrawnFiles(panel: ShadowRoot, count: number): Promise<void> };
    await page.chooseDrawnFiles(panel, count);
  }

  /** Reloads the page: its scripts and workers end, and begin anew. */
  async reload(): Promise<void> {
    const loaded = new Promise((resolve) => this.#frame.addEventListener('load', resolve, { once: true }));
    this.#frame.contentWindow?.location.reload();
    await loaded;
  }

  remove(): void {
    this.#frame.remove();
  }
}
