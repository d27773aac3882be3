/** A row of numbers times a matrix, in WGSL, by all threads of a workgroup. */
export interface ProductCode {
  /** Of the function that it becomes: `NAME(…parameters, depth, columns, base, count)`, to be called by all threads alike. */
  readonly name: string;
  readonly parameters?: readonly string[];
  /** In a workgroup, one-dimensional. */
  readonly threads: number;
  /** Of an element of the matrix: that many columns. */
  readonly components: 1 | 4;
  /** The number `k` of the row, an f32. */
  readonly factor: string;
  /** The element of the matrix at row `k` and column `column`. */
  readonly element: string;
  /** What becomes of `total`, the sum for `column`. */
  readonly finish: string;
}

export const elementType = (components: 1 | 4): string => (components === 4 ? 'vec4<f32>' : 'f32');

/**
 * For the columns from `base`, `count` of them: threads share them, and where there are more threads than those, what each has to add. So a thread has
 * few reads one after another, which is what such small products take their time for.
 */
export function productCode({ name, parameters = [], threads, components, factor, element, finish }: ProductCode): string {
  const type = elementType(components);
  return `
var<workgroup> ${name}Parts : array<${type}, ${threads}>;

fn ${name}(${parameters.map((each) => `${each}, `).join('')}depth : i32, columns : i32, base : i32, count : i32) {
  let local = i32(localIndex);
  for (var first = 0; first < count; first += ${threads}) {
    let held = min(${threads}, count - first);
    let shares = ${threads} / held;
    let column = base + first + local % held;
    let share = local / held;
    var sum = ${type}();
    if (share < shares) {
      for (var k = share; k < depth; k += shares) { sum = fma(${type}(${factor}), ${element}, sum); }
    }
    ${name}Parts[local] = sum;
    workgroupBarrier();
    if (local < held) {
      var total = ${name}Parts[local];
      for (var part = 1; part < shares; part++) { total += ${name}Parts[part * held + local]; }
      ${finish}
    }
    workgroupBarrier();
  }
}
`;
}
