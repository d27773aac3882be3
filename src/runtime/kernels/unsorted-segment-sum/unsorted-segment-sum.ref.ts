/** The rows of x [rows, inner] added up by their segments, [segments, inner], in double precision. A row of no such segment counts nowhere. */
export function unsortedSegmentSumRef(x: ArrayLike<number>, ids: ArrayLike<number>, segments: number, inner: number): Float64Array {
  const y = new Float64Array(segments * inner);
  for (let index = 0; index < x.length; index++) {
    const segment = ids[Math.floor(index / inner)] ?? NaN;
    if (segment >= 0 && segment < segments) {
      const to = segment * inner + (index % inner);
      y[to] = (y[to] ?? NaN) + (x[index] ?? NaN);
    }
  }
  return y;
}
