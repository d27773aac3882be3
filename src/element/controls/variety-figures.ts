import type { ModelInfo } from '../../weights/model-info.ts';

/** A share of variety at a size of the latent, sizes ascending. */
type Curve = readonly (readonly [latentDim: number, coverage: number])[];

/** The card's coverage at each size that it was measured at; empty where the file has none. */
function readCurve({ metrics, tuning }: ModelInfo): Curve {
  const table: unknown = metrics.latent_dim;
  // The figures are those of the model that was tuned, not of what it became.
  if (typeof table !== 'object' || table === null || tuning !== null) return [];
  return Object.entries(table as Record<string, { readonly coverage?: unknown } | null>)
    .flatMap(([size, figures]) => (typeof figures?.coverage === 'number' ? [[Number(size), figures.coverage] as const] : []))
    .sort(([a], [b]) => a - b);
}

/** Coverage between two sizes that were measured: linear in the number of doublings. */
function interpolate(curve: Curve, latentDim: number): number | null {
  const above = curve.findIndex(([size]) => size >= latentDim);
  const [upper, lower] = [curve[above], curve[Math.max(0, above - 1)]];
  if (!upper || !lower) return null;
  if (upper[0] === lower[0]) return upper[1];
  const t = Math.log2(latentDim / lower[0]) / Math.log2(upper[0] / lower[0]);
  return lower[1] + t * (upper[1] - lower[1]);
}

/**
 * The diversity that a size of the latent leaves, 0…1 of that of all components, by the coverage that the weights file gives: the share of
 * the real pictures that generated ones come near. Null where the file gives none.
 */
export function readDiversity(info: ModelInfo, latentDim: number): number | null {
  const curve = readCurve(info);
  const [size, whole] = curve.at(-1) ?? [0, 0];
  const coverage = size === info.zDim ? interpolate(curve, latentDim) : null;
  return coverage === null || whole <= 0 ? null : Math.min(1, coverage / whole);
}

/** At most this many values of a picture are compared. */
const MOST_VALUES = 12_288;

/** How far pictures lie apart: the mean over all pairs of the root mean square difference of their bytes. */
export function meanDistance(images: readonly ImageData[]): number {
  let [sum, pairs] = [0, 0];
  for (const [index, a] of images.entries()) {
    for (const b of images.slice(index + 1)) {
      sum += distance(a.data, b.data);
      pairs += 1;
    }
  }
  return pairs === 0 ? 0 : sum / pairs;
}

function distance(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  const stride = Math.max(1, Math.ceil(a.length / MOST_VALUES));
  let [sum, values] = [0, 0];
  for (let index = 0; index < a.length; index += stride) {
    sum += ((a[index] ?? 0) - (b[index] ?? 0)) ** 2;
    values += 1;
  }
  return Math.sqrt(sum / values);
}
