import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';

/** A function of arrays in double precision: a kernel's slow twin. */
export type ArrayFunction = (inputs: readonly ArrayLike<number>[]) => ArrayLike<number>;

const STEP = 1e-5;
/** Of the gradient's length; single precision, and Winograd's tiles, round by less than a tenth of it. */
const TOLERANCE = 2e-4;

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? NaN) * (b[i] ?? NaN);
  return sum;
};

/**
 * Asserts that `gradients` are those of Σ probe · f(inputs), one for each input by its name: along a random direction each has the slope that f itself
 * has, by central differences in double precision. Choose inputs at which f is smooth.
 */
export function assertGradients(
  f: ArrayFunction,
  inputs: Readonly<Record<string, ArrayLike<number>>>,
  probe: ArrayLike<number>,
  gradients: Readonly<Record<string, ArrayLike<number>>>,
): void {
  for (const [which, name] of Object.keys(inputs).entries()) {
    const gradient = gradients[name];
    if (!gradient) throw new Error(`There is no gradient by ${name}.`);
    const direction = createNormalStream(name, 'direction')(gradient.length);
    const valueAt = (step: number): number =>
      dot(
        f(
          Object.values(inputs).map((input, index) =>
            index === which ? Float64Array.from(input, (value, i) => value + step * (direction[i] ?? NaN)) : input,
          ),
        ),
        probe,
      );
    const slope = (valueAt(STEP) - valueAt(-STEP)) / (2 * STEP);
    const length = Math.sqrt(dot(gradient, gradient));
    assert.strictEqual(gradient.length, Object.values(inputs)[which]?.length, name);
    assert.isAtMost(Math.abs(dot(gradient, direction) - slope), TOLERANCE * Math.max(length, 1e-3), `by ${name}, of length ${length}`);
  }
}
