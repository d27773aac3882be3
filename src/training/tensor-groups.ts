import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** Tensors with names of a group of their own. */
export function group(name: string, tensors: NamedTensorMap): NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([each, tensor]) => [`${name}.${each}`, tensor]));
}

/** The tensors of a group by their own names. */
export function ungroup<Tensors extends NamedTensorMap>(tensors: NamedTensorMap, name: string): Tensors {
  const own = Object.entries(tensors).filter(([each]) => each.startsWith(`${name}.`));
  return Object.fromEntries(own.map(([each, tensor]) => [each.slice(name.length + 1), tensor])) as Tensors;
}

/** A list of tensors as a group. */
export function groupList(name: string, tensors: readonly Tensor[]): NamedTensorMap {
  return Object.fromEntries(tensors.map((tensor, index) => [`${name}.${index}`, tensor]));
}

/** The list that {@link groupList} made a group of. */
export function ungroupList<Item extends Tensor>(tensors: NamedTensorMap, name: string): Item[] {
  // Names that are whole numbers come in their order.
  return Object.values(ungroup(tensors, name)) as Item[];
}
