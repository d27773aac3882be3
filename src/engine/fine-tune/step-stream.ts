/** Values as they come, for whoever iterates: each gets the latest that it has not had, so that nobody falls behind. */
export class StepStream<T> {
  readonly #waiting = new Set<() => void>();
  #latest: { readonly value: T; readonly count: number } | null = null;
  #isEnded = false;

  push(value: T): void {
    this.#latest = { value, count: (this.#latest?.count ?? 0) + 1 };
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    let seen = 0;
    for (;;) {
      if (this.#latest && this.#latest.count > seen) {
        seen = this.#latest.count;
        yield this.#latest.value;
      } else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
