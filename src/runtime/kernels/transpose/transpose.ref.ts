/** x of that shape with axis perm[i] as its i-th, value by value. */
export function transposeRef(x: ArrayLike<number>, shape: readonly number[], perm: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  return Float32Array.from({ length: x.length }, (_, index) => {
    let [rest, from] = [index, 0];
    for (const axis of [...perm].reverse()) {
      const size = shape[axis] ?? NaN;
      from += (rest % size) * (strides[axis] ?? NaN);
      rest = Math.floor(rest / size);
    }
    return x[from] ?? NaN;
  });
}
