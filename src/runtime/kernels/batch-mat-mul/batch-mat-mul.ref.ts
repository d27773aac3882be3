/** What is multiplied: `batch` products of matrices [rows, depth] and [depth, columns], or their transposes. */
export interface MatrixSizes {
  readonly batch: number;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The products [batch, rows, columns], in double precision. */
export function batchMatMulRef(a: ArrayLike<number>, b: ArrayLike<number>, sizes: MatrixSizes): Float64Array {
  const { batch, rows, depth, columns, transposeA, transposeB } = sizes;
  return Float64Array.from({ length: batch * rows * columns }, (_, index) => {
    const [n, row, column] = [Math.floor(index / (rows * columns)), Math.floor(index / columns) % rows, index % columns];
    let sum = 0;
    for (let p = 0; p < depth; p++) {
      const left = a[n * rows * depth + (transposeA ? p * rows + row : row * depth + p)] ?? NaN;
      sum += left * (b[n * depth * columns + (transposeB ? column * depth + p : p * columns + column)] ?? NaN);
    }
    return sum;
  });
}
