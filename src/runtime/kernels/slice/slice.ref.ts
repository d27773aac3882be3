/** The values of x [shape] at begin … begin + size, one by one. */
export function sliceRef(x: ArrayLike<number>, shape: readonly number[], begin: readonly number[], size: readonly number[]): number[] {
  const count = size.reduce((product, each) => product * each, 1);
  return Array.from({ length: count }, (_, index) => {
    let [rest, at, stride] = [index, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += ((begin[axis] ?? 0) + (rest % (size[axis] ?? 1))) * stride;
      rest = Math.floor(rest / (size[axis] ?? 1));
      stride *= shape[axis] ?? 1;
    }
    return x[at] ?? NaN;
  });
}
