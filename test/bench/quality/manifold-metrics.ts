import { forEachProduct, selectRows, squaredNorms, type FeatureMatrix, type LabelledFeatures } from './feature-matrix.ts';
import { nearestOthers, squaredDistance } from './nearest-neighbours.ts';

/** Neighbours that span a ball for precision and recall (Kynkäänniemi et al., 2019), and for density and coverage (Naeem et al., 2020). */
const RECALL_NEIGHBOURS = 3;
const COVERAGE_NEIGHBOURS = 5;

/** How two sets lie in each other's balls: around each row, as far as its k-th nearest neighbour of the same set. */
export interface ManifoldMetrics {
  /** Share of the generated rows in some real row's ball, k = 3: is what it draws like the real? */
  readonly precision: number;
  /** Share of the real rows in some generated row's ball, k = 3: is there something like each real one? */
  readonly recall: number;
  /** Real balls, k = 5, that a generated row lies in, over k; about 1 for equal distributions. */
  readonly density: number;
  /** Share of the real balls, k = 5, with a generated row inside. */
  readonly coverage: number;
}

/** Squared distances to the k-th neighbour, of rows with `of` neighbours each. */
function radii(neighbours: Float64Array, of: number, k: number): Float64Array {
  return Float64Array.from({ length: neighbours.length / of }, (_, row) => neighbours[row * of + k - 1] as number);
}

/** Real against generated rows; both need at least 6. */
export function measureManifolds(real: FeatureMatrix, generated: FeatureMatrix): ManifoldMetrics {
  const realNeighbours = nearestOthers(real, COVERAGE_NEIGHBOURS);
  const narrow = radii(realNeighbours, COVERAGE_NEIGHBOURS, RECALL_NEIGHBOURS);
  const wide = radii(realNeighbours, COVERAGE_NEIGHBOURS, COVERAGE_NEIGHBOURS);
  const ownRadii = nearestOthers(generated, RECALL_NEIGHBOURS);
  const balls = radii(ownRadii, RECALL_NEIGHBOURS, RECALL_NEIGHBOURS);
  const [normsReal, normsGenerated] = [squaredNorms(real), squaredNorms(generated)];
  const isPrecise = new Uint8Array(generated.count);
  const isRecalled = new Uint8Array(real.count);
  const isCovered = new Uint8Array(real.count);
  let inside = 0;
  forEachProduct(real, generated, (i, j, product) => {
    const distance = squaredDistance(normsReal[i] as number, normsGenerated[j] as number, product);
    if (distance <= (narrow[i] as number)) isPrecise[j] = 1;
    if (distance <= (balls[j] as number)) isRecalled[i] = 1;
    if (distance < (wide[i] as number)) {
      isCovered[i] = 1;
      inside += 1;
    }
  });
  return {
    precision: share(isPrecise),
    recall: share(isRecalled),
    density: inside / (COVERAGE_NEIGHBOURS * generated.count),
    coverage: share(isCovered),
  };
}

function share(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
}

/** Share of the real rows in some generated row's ball, k = 3. NaN with fewer than 4 generated rows, which have no balls, or no real ones. */
export function measureRecall(real: FeatureMatrix, generated: FeatureMatrix): number {
  if (generated.count <= RECALL_NEIGHBOURS || real.count === 0) return NaN;
  const balls = radii(nearestOthers(generated, RECALL_NEIGHBOURS), RECALL_NEIGHBOURS, RECALL_NEIGHBOURS);
  const [normsReal, normsGenerated] = [squaredNorms(real), squaredNorms(generated)];
  const isRecalled = new Uint8Array(real.count);
  forEachProduct(real, generated, (i, j, product) => {
    if (squaredDistance(normsReal[i] as number, normsGenerated[j] as number, product) <= (balls[j] as number)) isRecalled[i] = 1;
  });
  return share(isRecalled);
}

/** The recall of each class by itself, the balls of the class' own generated rows counting only; NaN as in {@link measureRecall}. */
export function measureClassRecall(real: LabelledFeatures, generated: LabelledFeatures, classes: number): number[] {
  const ofClass = ({ features, labels }: LabelledFeatures, index: number): FeatureMatrix =>
    selectRows(
      features,
      labels.flatMap((label, row) => (label === index ? [row] : [])),
    );
  return Array.from({ length: classes }, (_, index) => measureRecall(ofClass(real, index), ofClass(generated, index)));
}
