import type { ControlsHost } from './controls-host.ts';
import { writeSettings, type ControlledSettings } from './controlled-settings.ts';

/**
 * What visitors change, on its way to the element. While something moves its changes reach the element once a frame, the latest of them;
 * the element draws one picture at a time, and next the one of the latest values. As an HTML control does, the element fires `input` when it
 * has changed, and `change` when the visitor is done.
 */
export class SettingChanges {
  readonly #host: () => ControlsHost | null;
  #pending: Partial<ControlledSettings> = {};
  #frame: number | undefined;
  #isMoving = false;

  constructor(host: () => ControlsHost | null) {
    this.#host = host;
  }

  /** What the element does not have yet. */
  get pending(): Partial<ControlledSettings> {
    return this.#pending;
  }

  /** True from the first move to the rest that ends it. */
  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** Something is being moved. */
  move(changes: Partial<ControlledSettings>): void {
    this.#isMoving = true;
    this.#pending = { ...this.#pending, ...changes };
    this.#frame ??= requestAnimationFrame(() => this.#flush());
  }

  /** Something was moved, or set at once. */
  rest(changes: Partial<ControlledSettings> = {}): void {
    this.#isMoving = false;
    this.#pending = { ...this.#pending, ...changes };
    this.#flush();
    this.#host()?.dispatchEvent(new Event('change', { bubbles: true }));
  }

  #flush(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    const changes = this.#pending;
    this.#pending = {};
    const host = this.#host();
    if (!host || Object.keys(changes).length === 0) return;
    writeSettings(host, changes);
    host.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
