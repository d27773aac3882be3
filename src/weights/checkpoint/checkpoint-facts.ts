import { isPickleList, isPickleObject, isTensorView } from './checkpoint-values.ts';
import type { PickleMap, PickleValue } from './checkpoint-values.ts';
import type { CheckpointFacts } from './converted-network.ts';
import type { FoundNetwork } from './found-network.ts';

/** What a checkpoint says of its model, as far as it says it in the way of our recipe. */
export interface ModelFacts {
  readonly imagesSeen: number;
  readonly labels: readonly string[];
  readonly nested: boolean;
}

function mapOf(value: PickleValue | undefined): PickleMap {
  if (value instanceof Map) return value;
  if (isPickleObject(value) && value.items !== null) return value.items;
  // Namespaces of argparse keep their options as attributes.
  return isPickleObject(value) && value.state instanceof Map ? value.state : new Map<PickleValue, PickleValue>();
}

function countOf(value: PickleValue | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** Labels only where each class has one, and no two the same. */
function readLabels(value: PickleValue | undefined, classes: number): readonly string[] {
  if (!isPickleList(value) || value.length !== classes) return [];
  const labels = value.filter((label) => typeof label === 'string');
  return new Set(labels).size === classes ? labels : [];
}

/** Reads `seen`, `labels` and `options.nested` of our recipe. */
export function readModelFacts(root: PickleValue, classes: number): ModelFacts {
  const map = mapOf(root);
  const nested = mapOf(map.get('options')).get('nested');
  return {
    imagesSeen: countOf(map.get('seen')) ?? 0,
    labels: readLabels(map.get('labels'), classes),
    nested: typeof nested === 'number' && nested > 0,
  };
}

/** What helps to convert: widths among the options of our recipe or what the generator was made with, and rosinality's `latent_avg`. */
export function readCheckpointFacts(root: PickleValue, generator: FoundNetwork | null): CheckpointFacts {
  const map = mapOf(root);
  const recorded = mapOf(generator?.modules.get('')?.attributes.get('_init_kwargs'));
  const synthesis = mapOf(recorded.get('synthesis_kwargs'));
  const read = (name: string): number | null =>
    countOf(recorded.get(name)) ?? countOf(synthesis.get(name)) ?? countOf(mapOf(map.get('options')).get(name));
  const average = map.get('latent_avg');
  return { channelBase: read('channel_base'), channelMax: read('channel_max'), latentAverage: isTensorView(average) ? average : null };
}
