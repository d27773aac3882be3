/** More than this many former seeds are let go, the oldest first. */
const MOST_SEEDS = 200;

/** The seeds that were shown, as a browser keeps the pages that were. */
export class SeedHistory {
  #seeds: string[] = [];
  #at = -1;

  get canGoBack(): boolean {
    return this.#at > 0;
  }

  get canGoForward(): boolean {
    return this.#at < this.#seeds.length - 1;
  }

  /** A seed is shown; where it is another than the present one, what lay ahead is forgotten. */
  visit(seed: string): void {
    if (seed === this.#seeds[this.#at]) return;
    this.#seeds = [...this.#seeds.slice(0, this.#at + 1), seed].slice(-MOST_SEEDS);
    this.#at = this.#seeds.length - 1;
  }

  /** The seed before the present one, which becomes the present one; null when there is none. */
  back(): string | null {
    return this.canGoBack ? (this.#seeds[(this.#at -= 1)] ?? null) : null;
  }

  /** The seed that was gone back from; null when there is none. */
  forward(): string | null {
    return this.canGoForward ? (this.#seeds[(this.#at += 1)] ?? null) : null;
  }
}
