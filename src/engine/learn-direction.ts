import { DIRECTION_NAME, parseLayers } from '../latent/directions.ts';
import { learnAxis } from '../latent/learn-axis.ts';
import { symmetricEigenSteps, type SymmetricEigen } from '../latent/symmetric-eigen.ts';
import { createLatentMapper } from '../model/latent-mapper.ts';
import { GanCanvasError } from '../support/errors.ts';
import type { StyleGan2Architecture } from '../weights/architecture.ts';
import type { ModelInfo } from '../weights/model-info.ts';
import type { DiscoverySource } from './discover-directions.ts';
import { planPictures } from './draw-plan.ts';
import type { DiscoveredDirection, DrawnPicture, LearnOptions, MarkedPicture } from './generator.ts';
import { sampleCovariance } from './sample-covariance.ts';

/** The pictures that were marked, and what the direction is to be called. */
export interface LearnRequest {
  readonly positives: readonly MarkedPicture[];
  readonly negatives: readonly MarkedPicture[];
  readonly name: string;
  readonly layers?: LearnOptions['layers'];
}

type Steps<T> = Generator<void, T>;

const MAX_EXAMPLES = 1000;

function invalid(message: string): GanCanvasError {
  return new GanCanvasError('invalid-argument', message);
}

/** Throws `invalid-argument` for a name that no direction can have, or that a direction which was not learnt has already. */
export function assertLearnable(name: unknown, info: ModelInfo): asserts name is string {
  if (typeof name !== 'string' || !DIRECTION_NAME.test(name)) {
    throw invalid(`The name is ${JSON.stringify(name)}; expected a lower-case letter, then lower-case letters, digits and hyphens.`);
  }
  const taken = info.directions.find((direction) => direction.name === name);
  if (taken && taken.kind !== 'learned') {
    throw invalid(`The model "${info.name}" has a direction "${name}" of its own (${taken.kind}); choose another name.`);
  }
}

function readPicture(picture: unknown, where: string): DrawnPicture {
  if (typeof picture === 'string' || typeof picture === 'number') return { seed: String(picture) };
  if (picture instanceof Float32Array) return { latent: picture };
  const isObject = typeof picture === 'object' && picture !== null && !Array.isArray(picture) && !ArrayBuffer.isView(picture);
  if (isObject && ('seed' in picture || 'latent' in picture)) return picture as DrawnPicture;
  throw invalid(`${where} is no picture of this model; expected a seed, a latent (Float32Array), or an object with either.`);
}

/** What a picture is drawn from. */
interface Example {
  /** zDim numbers, within latent-dim. */
  readonly z: Float32Array;
  /** 0 without classes, where it does not count. */
  readonly classIndex: number;
}

/** A side of what was marked; the messages name the picture that is none. */
function readExamples(info: ModelInfo, side: string, pictures: readonly MarkedPicture[]): Example[] {
  const given: unknown = pictures;
  if (!Array.isArray(given) || given.length === 0) throw invalid(`There are no ${side}; give an array of at least one picture.`);
  if (given.length > MAX_EXAMPLES)
    throw invalid(`There are ${String(given.length)} ${side}; at most ${String(MAX_EXAMPLES)} are learnt from.`);
  return given.map((picture, index) => {
    const { seed, latent, latentDim, classLabel } = readPicture(picture, `${side}[${String(index)}]`);
    const [cell] = planPictures(info, new Map(), { seed, latent, latentDim, classLabel }).cells;
    return { z: cell?.z ?? new Float32Array(), classIndex: cell?.classes[0]?.of ?? 0 };
  });
}

/** A space that varies alike in every direction, as a DCGAN's z does. */
function evenSpread(dim: number): SymmetricEigen {
  const vectors = new Float64Array(dim * dim);
  for (let row = 0; row < dim; row += 1) vectors[row * dim + row] = 1;
  return { values: new Float64Array(dim).fill(1), vectors };
}

/** How w varies. */
interface Spread {
  readonly eigen: SymmetricEigen;
  /** Samples of w that it is known from. */
  readonly samples: number;
}

/** By weights and class (null: all classes), so that whoever marks more pictures and learns again need not wait again. */
const spreads = new WeakMap<DiscoverySource['tensors'], Map<number | null, Spread>>();

function* measureSpread(
  architecture: StyleGan2Architecture,
  tensors: DiscoverySource['tensors'],
  classIndex: number | null,
): Steps<Spread> {
  const known = spreads.get(tensors) ?? new Map<number | null, Spread>();
  const found = known.get(classIndex);
  if (found) return found;
  const { covariance, samples } = yield* sampleCovariance(architecture, tensors, classIndex);
  const spread = { eigen: yield* symmetricEigenSteps(covariance, architecture.w_dim), samples };
  spreads.set(tensors, known.set(classIndex, spread));
  return spread;
}

/** The class that all examples are of; null when they are of several, or there are none. */
function commonClass(examples: readonly Example[], classes: number): number | null {
  const [first] = examples;
  return classes > 0 && first && examples.every(({ classIndex }) => classIndex === first.classIndex) ? first.classIndex : null;
}

/** The examples as points of the space that directions live in, positives first, and how that space varies. */
function* placeExamples(
  { info, tensors }: DiscoverySource,
  examples: readonly Example[],
): Steps<{ rows: Float64Array[]; spread: Spread | null }> {
  const { architecture } = info;
  if (architecture.kind === 'dcgan') return { rows: examples.map(({ z }) => Float64Array.from(z)), spread: null };
  const mapper = createLatentMapper(architecture, tensors);
  const rows: Float64Array[] = [];
  for (const { z, classIndex } of examples) {
    rows.push(mapper.map(z, [classIndex]));
    yield;
  }
  // Where all are of one class, what parts the classes is not what they were marked for.
  return { rows, spread: yield* measureSpread(architecture, tensors, commonClass(examples, architecture.classes)) };
}

/**
 * Learns a direction from pictures that show more and less of something, in steps. `validation` has the numbers of `positives` and `negatives`,
 * `heldOut` (the share of them that fall on their own side of a direction learnt without them; not with fewer than two of either),
 * `standardDeviation` (the length of the vector) and `samples` (of w; not for a DCGAN).
 */
export function* learnDirection(source: DiscoverySource, request: LearnRequest): Steps<DiscoveredDirection> {
  const { info } = source;
  const { name } = request;
  assertLearnable(name, info);
  const range = request.layers == null ? null : parseLayers(request.layers, info.numWs);
  const positives = readExamples(info, 'positives', request.positives);
  const negatives = readExamples(info, 'negatives', request.negatives);
  const { rows, spread } = yield* placeExamples(source, [...positives, ...negatives]);
  const [more, less] = [rows.slice(0, positives.length), rows.slice(positives.length)];
  const { unit, standardDeviation, heldOut } = learnAxis(more, less, spread?.eigen ?? evenSpread(info.directionDim));
  if (!(standardDeviation > 0)) throw invalid('The positives and the negatives do not differ; mark other pictures.');
  const counts = { positives: positives.length, negatives: negatives.length };
  return {
    name,
    kind: 'learned',
    layers: info.architecture.kind === 'dcgan' ? null : range,
    range: [-3, 3],
    validation: { ...counts, ...(heldOut !== null && { heldOut }), standardDeviation, ...(spread && { samples: spread.samples }) },
    vector: Float32Array.from(unit, (value) => value * standardDeviation),
  };
}
