import type { MappingAttributes } from '../fused-kernels.ts';

/** z [n, zDim], one-hot classes [n, classes] (null: none) and the layers as `MappingInputs` has them. */
export interface MappingArrays {
  readonly z: ArrayLike<number>;
  readonly oneHot: ArrayLike<number> | null;
  readonly layers: ArrayLike<number>;
}

export interface MappingSizes {
  readonly batch: number;
  readonly zDim: number;
  /** 0: none. */
  readonly classes: number;
}

function normalise(x: readonly number[]): number[] {
  const moment = x.reduce((sum, value) => sum + value * value, 0) / x.length;
  return x.map((value) => value / Math.sqrt(moment + 1e-8));
}

/** The mapping network of StyleGAN2, [batch, wDim], step by step as its definition has it, and in double precision. */
export function mappingRef(
  { z, oneHot, layers }: MappingArrays,
  { batch, zDim, classes }: MappingSizes,
  { wDim, count, slope }: MappingAttributes,
): Float64Array {
  const w = new Float64Array(batch * wDim);
  for (let n = 0; n < batch; n++) {
    let start = 0;
    const dense = (x: readonly number[]): number[] => {
      const y = Array.from({ length: wDim }, (_, o) =>
        x.reduce((sum, value, i) => sum + value * (layers[start + i * wDim + o] ?? NaN), layers[start + x.length * wDim + o] ?? NaN),
      );
      start += (x.length + 1) * wDim;
      return y;
    };
    const rowOf = (all: ArrayLike<number>, length: number): number[] => Array.from({ length }, (_, k) => all[n * length + k] ?? NaN);
    const label = oneHot ? normalise(dense(rowOf(oneHot, classes))) : [];
    let x = [...normalise(rowOf(z, zDim)), ...label];
    for (let layer = 0; layer < count; layer++) x = dense(x).map((value) => (value > 0 ? value : slope * value));
    w.set(x, n * wDim);
  }
  return w;
}
