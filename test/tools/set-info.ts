import { readFile } from 'node:fs/promises';
import { NOISE_MODES, type ModelInfo } from '../../src/weights/model-info.ts';
import { isRecord } from '../../src/weights/safetensors.ts';

const SETS = 'weights/training/sets.json';

/** What `weights/training/sets.json` says of a model: its defaults, its licence and whom to credit. */
export type SetInfo = Pick<ModelInfo, 'truncation' | 'noise' | 'licence' | 'attribution' | 'trainingData'>;

/** Reads a set's entry. Throws when there is none, or when it lacks something. */
export async function readSetInfo(name: string): Promise<SetInfo> {
  const sets: unknown = JSON.parse(await readFile(SETS, 'utf8'));
  const entry = isRecord(sets) ? sets[name] : undefined;
  if (!isRecord(entry)) throw new Error(`${SETS} has no entry "${name}"; write one.`);
  const noise = NOISE_MODES.find((mode) => mode === entry.noise);
  const { truncation, licence, attribution, training_data: trainingData } = entry;
  if (
    noise &&
    typeof truncation === 'number' &&
    [licence, attribution, trainingData].every((text) => typeof text === 'string' && text !== '')
  )
    return { truncation, noise, licence: String(licence), attribution: String(attribution), trainingData: String(trainingData) };
  throw new Error(`The entry "${name}" of ${SETS} needs truncation, noise, licence, attribution and training_data.`);
}
