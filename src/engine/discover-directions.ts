import { parseLayers } from '../latent/directions.ts';
import { symmetricEigenSteps } from '../latent/symmetric-eigen.ts';
import { styleGram } from '../model/style-gram.ts';
import { assertNever, GanCanvasError } from '../support/errors.ts';
import type { ModelInfo } from '../weights/model-info.ts';
import type { WeightsTensor } from '../weights/weights-file.ts';
import { resolveClass } from './draw-plan.ts';
import { DISCOVERY_METHODS, type DiscoverOptions, type DiscoveredDirection, type DiscoveryMethod } from './generator.ts';
import { sampleCovariance } from './sample-covariance.ts';

/** What directions are looked for in. */
export interface DiscoverySource {
  readonly info: ModelInfo;
  /** The live tensors by name; borrowed, and not to change meanwhile. */
  readonly tensors: ReadonlyMap<string, WeightsTensor>;
}

type Steps<T> = Generator<void, T>;

const DEFAULT_COUNT = 10;
/** Of the strongest; below it an eigenvalue is a rounding error, and its vector noise. */
const NEGLIGIBLE = 1e-12;

/** The options, checked against the model. */
interface Request {
  readonly method: DiscoveryMethod;
  readonly count: number;
  readonly layers: readonly [number, number] | null;
  readonly classIndex: number | null;
}

function invalid(message: string): GanCanvasError {
  return new GanCanvasError('invalid-argument', message);
}

function readRequest(info: ModelInfo, { method, count = DEFAULT_COUNT, layers, classLabel }: DiscoverOptions): Request {
  if (!DISCOVERY_METHODS.includes(method)) throw invalid(`method is ${String(method)}; it must be one of ${DISCOVERY_METHODS.join(', ')}.`);
  if (!(Number.isInteger(count) && count >= 1 && count <= info.directionDim)) {
    throw invalid(`count is ${String(count)}; it must be a whole number from 1 to ${String(info.directionDim)}.`);
  }
  const isDcgan = info.architecture.kind === 'dcgan';
  if (isDcgan && method === 'pca') {
    throw invalid(`The model "${info.name}" is a DCGAN: its z varies alike in every direction, so PCA finds nothing. Use method: 'sefa'.`);
  }
  const range = layers == null ? null : parseLayers(layers, info.numWs);
  return {
    method,
    count,
    layers: isDcgan ? null : range,
    classIndex: classLabel === undefined ? null : resolveClass(info, classLabel),
  };
}

/** vᵀ C v, the variance along the unit vector v. */
function varianceAlong(covariance: Float64Array, v: Float64Array): number {
  let sum = 0;
  for (const [i, a] of v.entries()) for (const [j, b] of v.entries()) sum += a * b * (covariance[i * v.length + j] as number);
  return sum;
}

interface Spectrum {
  /** Descending; what the method maximises. */
  readonly values: Float64Array;
  readonly vectors: Float64Array;
  /** Standard deviation of w (of z) along a unit vector. */
  readonly deviation: (vector: Float64Array) => number;
  /** Figures that are the same for all of them. */
  readonly figures: Readonly<Record<string, unknown>>;
}

function* analyse({ info, tensors }: DiscoverySource, { method, layers, classIndex }: Request): Steps<Spectrum> {
  const { architecture, directionDim, numWs } = info;
  const sampled = architecture.kind === 'dcgan' ? null : yield* sampleCovariance(architecture, tensors, classIndex);
  const deviation = (vector: Float64Array): number => (sampled ? Math.sqrt(varianceAlong(sampled.covariance, vector)) : 1);
  const figures = { ...(sampled && { samples: sampled.samples }), ...(classIndex !== null && { classIndex }) };
  const matrix = method === 'pca' && sampled ? sampled.covariance : yield* styleGram(architecture, tensors, layers ?? [0, numWs - 1]);
  return { ...(yield* symmetricEigenSteps(matrix, directionDim)), deviation, figures };
}

/** What share of the whole each direction has, under the name that says of what. */
function describeShare(method: DiscoveryMethod, share: number): Readonly<Record<string, number>> {
  switch (method) {
    case 'pca':
      return { explainedVariance: share };
    case 'sefa':
      return { explainedStyle: share };
    default:
      return assertNever(method);
  }
}

/**
 * Finds directions, in steps. {@link DiscoverOptions} says how; `validation` of each has `explainedVariance` (pca: its share of the variance
 * of w) or `explainedStyle` (sefa: its share of the squared change of all styles over all unit steps), `standardDeviation` (the length of the
 * vector) and `samples` (of w; not for a DCGAN). Fewer than `count` are found where the model varies in fewer dimensions.
 */
export function* discoverDirections(source: DiscoverySource, options: DiscoverOptions): Steps<readonly DiscoveredDirection[]> {
  const { info } = source;
  const request = readRequest(info, options);
  const { values, vectors, deviation, figures } = yield* analyse(source, request);
  const total = values.reduce((sum, value) => sum + value, 0);
  const dim = info.directionDim;
  const found: DiscoveredDirection[] = [];
  for (const [index, value] of values.subarray(0, request.count).entries()) {
    if (value <= NEGLIGIBLE * (values[0] as number)) break;
    const unit = vectors.subarray(index * dim, (index + 1) * dim);
    const standardDeviation = deviation(unit);
    found.push({
      name: `${request.method}-${String(index + 1)}`,
      kind: request.method,
      layers: request.layers,
      range: [-3, 3],
      validation: { ...describeShare(request.method, value / total), standardDeviation, ...figures },
      vector: Float32Array.from(unit, (entry) => entry * standardDeviation),
    });
  }
  return found;
}
