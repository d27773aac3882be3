import { dotProduct } from './dot-product.ts';

/** Eigenvalues and eigenvectors of a symmetric matrix: A v = λ v. */
export interface SymmetricEigen {
  /** n numbers, descending. */
  readonly values: Float64Array;
  /** n·n numbers; row i is the unit eigenvector of `values[i]`, its component of largest magnitude positive. */
  readonly vectors: Float64Array;
}

/** Rotations that one eigenvalue may take; EISPACK allows 30, and no matrix of finite numbers was seen to need half of it. */
const MAX_SWEEPS = 60;

/** target[i…] += factor · source[j…] */
function addScaled(target: Float64Array, i: number, factor: number, source: Float64Array, j: number, length: number): void {
  for (let k = 0; k < length; k += 1) target[i + k] = (target[i + k] as number) + factor * (source[j + k] as number);
}

/** sqrt(a² + b²) without overflow; Math.hypot differs between engines. */
function hypotenuse(a: number, b: number): number {
  const large = Math.max(Math.abs(a), Math.abs(b));
  if (large === 0) return 0;
  const ratio = Math.min(Math.abs(a), Math.abs(b)) / large;
  return large * Math.sqrt(1 + ratio * ratio);
}

/** Qᵀ A Q = T: the diagonal and (from 1 on) the subdiagonal of T, and Qᵀ. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly subdiagonal: Float64Array;
  /** n·n numbers. */
  readonly rows: Float64Array;
}

/**
 * The Householder vector that clears row k of `a` right of its first place after the diagonal: left in that row, its factor
 * (2 / vᵀv) returned, the value that stays put into `subdiagonal`. 0: there was nothing to clear.
 */
function reflectRow(a: Float64Array, n: number, k: number, subdiagonal: Float64Array): number {
  const start = k * n + k + 1;
  const length = n - k - 1;
  let scale = 0;
  for (let i = 0; i < length; i += 1) scale = Math.max(scale, Math.abs(a[start + i] as number));
  if (scale === 0) return 0;
  for (let i = 0; i < length; i += 1) a[start + i] = (a[start + i] as number) / scale;
  const head = a[start] as number;
  const norm = Math.sqrt(dotProduct(a, start, a, start, length));
  const stays = head > 0 ? -norm : norm;
  subdiagonal[k + 1] = stays * scale;
  a[start] = head - stays;
  return 1 / (norm * norm - head * stays);
}

/** Reduces the symmetric `a` (overwritten) to tridiagonal form, row by row. */
function* tridiagonalize(a: Float64Array, n: number): Generator<void, Tridiagonal> {
  const diagonal = new Float64Array(n);
  const subdiagonal = new Float64Array(n);
  const factors = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 1; k += 1) {
    const v = k * n + k + 1;
    const length = n - k - 1;
    const factor = reflectRow(a, n, k, subdiagonal);
    factors[k] = factor;
    if (factor === 0) continue;
    // A ← (1 − f v vᵀ) A (1 − f v vᵀ) = A − v wᵀ − w vᵀ with w = p − (f/2)(pᵀv) v, p = f A v.
    for (let i = 0; i < length; i += 1) w[i] = factor * dotProduct(a, (k + 1 + i) * n + k + 1, a, v, length);
    addScaled(w, 0, (-factor / 2) * dotProduct(w, 0, a, v, length), a, v, length);
    for (let i = 0; i < length; i += 1) {
      const row = (k + 1 + i) * n + k + 1;
      addScaled(a, row, -(a[v + i] as number), w, 0, length);
      addScaled(a, row, -(w[i] as number), a, v, length);
    }
    yield;
  }
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    diagonal[i] = a[i * n + i] as number;
    rows[i * n + i] = 1;
  }
  for (let k = n - 2; k >= 0; k -= 1) {
    const v = k * n + k + 1;
    const length = n - k - 1;
    const factor = factors[k] as number;
    if (factor === 0) continue;
    for (let i = k + 1; i < n; i += 1) {
      const row = i * n + k + 1;
      addScaled(rows, row, -factor * dotProduct(rows, row, a, v, length), a, v, length);
    }
    yield;
  }
  return { diagonal, subdiagonal, rows };
}

/** Rows i and i + 1 become c · row i − s · row i+1 and s · row i + c · row i+1. */
function rotateRows(rows: Float64Array, n: number, i: number, c: number, s: number): void {
  const upper = i * n;
  const lower = upper + n;
  for (let k = 0; k < n; k += 1) {
    const a = rows[upper + k] as number;
    const b = rows[lower + k] as number;
    rows[upper + k] = c * a - s * b;
    rows[lower + k] = s * a + c * b;
  }
}

/** One implicit QL sweep over the block from `first` to `last`; `e[i]` couples i and i + 1 here. */
function sweep({ diagonal: d, rows }: Tridiagonal, e: Float64Array, first: number, last: number, n: number): void {
  // Wilkinson's shift.
  const below = e[first] as number;
  const half = ((d[first + 1] as number) - (d[first] as number)) / (2 * below);
  const root = hypotenuse(half, 1);
  let g = (d[last] as number) - (d[first] as number) + below / (half + (half >= 0 ? root : -root));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = last - 1; i >= first; i -= 1) {
    const f = s * (e[i] as number);
    const b = c * (e[i] as number);
    const r = hypotenuse(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The block falls apart here.
      d[i + 1] = (d[i + 1] as number) - p;
      e[last] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = (d[i + 1] as number) - p;
    const t = ((d[i] as number) - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
    rotateRows(rows, n, i, c, s);
  }
  d[first] = (d[first] as number) - p;
  e[first] = g;
  e[last] = 0;
}

/** The last index of the block that begins at `first`: where the coupling to the next is too small to matter. */
function blockEnd(d: Float64Array, e: Float64Array, first: number, n: number): number {
  let last = first;
  while (last < n - 1) {
    const size = Math.abs(d[last] as number) + Math.abs(d[last + 1] as number);
    if (Math.abs(e[last] as number) <= Number.EPSILON * size) break;
    last += 1;
  }
  return last;
}

/** Diagonalises: `diagonal` becomes the eigenvalues, `rows` the eigenvectors, in no order. */
function* diagonalize(t: Tridiagonal, n: number): Generator<void, void> {
  const e = new Float64Array(n);
  e.set(t.subdiagonal.subarray(1));
  for (let first = 0; first < n; first += 1) {
    for (let sweeps = 0; sweeps < MAX_SWEEPS; sweeps += 1) {
      const last = blockEnd(t.diagonal, e, first, n);
      if (last === first) break;
      sweep(t, e, first, last, n);
      yield;
    }
  }
}

/** Descending, each vector with its component of largest magnitude (the first of equals) positive. */
function arrange({ diagonal, rows }: Tridiagonal, n: number): SymmetricEigen {
  const order = Array.from(diagonal.keys()).sort((a, b) => (diagonal[b] as number) - (diagonal[a] as number) || a - b);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const vector = rows.subarray(from * n, from * n + n);
    let largest = 0;
    for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
    vectors.set(largest < 0 ? vector.map((value) => -value) : vector, to * n);
  });
  return { values: Float64Array.from(order, (index) => diagonal[index] as number), vectors };
}

/**
 * {@link symmetricEigen} in steps of at most some n² operations: a caller that has a thread to share stops between them.
 */
export function* symmetricEigenSteps(matrix: Float64Array, n: number): Generator<void, SymmetricEigen> {
  const tridiagonal = yield* tridiagonalize(matrix.slice(), n);
  yield* diagonalize(tridiagonal, n);
  return arrange(tridiagonal, n);
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix of finite numbers, n·n, row by row (borrowed; only its symmetry is relied on, not
 * checked). Householder reduction to tridiagonal form, then the implicit QL method (Golub, Van Loan, Matrix Computations, 8.3), in
 * float64 with + − × ÷ sqrt only, so that every engine gives the same bits. About 5 n³ multiplications.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const steps = symmetricEigenSteps(matrix, n);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
