/** x [outer, rows, inner] summed along the rows, in double precision. */
export function sumRef(x: ArrayLike<number>, outer: number, rows: number, inner: number): Float64Array {
  return Float64Array.from({ length: outer * inner }, (_, index) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += x[(Math.floor(index / inner) * rows + row) * inner + (index % inner)] ?? NaN;
    return sum;
  });
}
