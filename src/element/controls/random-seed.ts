/** As many as six digits, which can be read out and typed in again. */
const SEEDS = 1_000_000;

/** A number of the system's own randomness, 0…1 without the 1. */
export function drawRandom(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}

/** A seed that nobody chose. */
export function drawSeed(): string {
  return String(Math.floor(drawRandom() * SEEDS));
}
