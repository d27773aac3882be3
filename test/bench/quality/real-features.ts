import { createHash } from 'node:crypto';
import { decodeSafetensors, isRecord } from '../../../src/weights/safetensors.ts';
import { decodeTensor } from './classifier.ts';
import { createFeatureMatrix, selectRows, type LabelledFeatures } from './feature-matrix.ts';

/** The features of a set's real pictures: half A, which the classifier was trained on, and half B. */
export interface RealFeatures {
  readonly set: string;
  /** The classifier's head for the first label of each picture. */
  readonly head: string;
  readonly halfA: LabelledFeatures;
  readonly halfB: LabelledFeatures;
}

/** Reads a features file. `classifierBytes` are those of the classifier that it must have been made with. */
export function decodeRealFeatures(bytes: Uint8Array, classifierBytes: Uint8Array): RealFeatures {
  const file = decodeSafetensors(bytes);
  const about: unknown = JSON.parse(file.metadata.features ?? 'null');
  if (!isRecord(about) || about.format !== 1 || typeof about.set !== 'string' || typeof about.classifier !== 'string')
    throw new Error('The file holds no real features of format 1; make it with weights/training/classifier.py.');
  const digest = createHash('sha256').update(classifierBytes).digest('hex');
  if (about.classifier.replace(/^sha256-/, '') !== digest)
    throw new Error(`The features of ${about.set} were made with another classifier; make them anew with weights/training/classifier.py.`);
  const [features, labels, half] = ['features', 'labels', 'half'].map((name) => {
    const tensor = file.tensors.get(name);
    if (!tensor) throw new Error(`The features of ${String(about.set)} have no tensor ${name}.`);
    return decodeTensor(tensor);
  });
  if (!features || !labels || !half) throw new Error('unreachable');
  const all = createFeatureMatrix(features.values, features.shape[1] ?? 0);
  const labelsEach = labels.values.length / all.count;
  if (half.values.length !== all.count || !Number.isInteger(labelsEach))
    throw new Error('The features, labels and halves differ in number.');
  const halfOf = (index: number): LabelledFeatures => {
    const rows = Array.from(half.values.keys()).filter((row) => half.values[row] === index);
    return { features: selectRows(all, rows), labels: rows.map((row) => labels.values[row * labelsEach] as number) };
  };
  const heads: unknown = about.labels ?? [about.set];
  const [head] = Array.isArray(heads) ? (heads as unknown[]) : [];
  return { set: about.set, head: String(head), halfA: halfOf(0), halfB: halfOf(1) };
}
