import * as tf from '@tensorflow/tfjs-core';
import type { RepeatedWork } from '../runtime/repeated-work.ts';
import { moveByAdam, paceAdam, type AdamPace, type AdamSettings, type AdamVectors } from './adam.ts';
import type { NamedTensors } from './flat-parameters.ts';
import { limitGradient, type GradientLimit } from './limit-gradient.ts';
import { group, ungroup } from './tensor-groups.ts';
import type { TrainedNetwork } from './trained-network.ts';
import type { StepFigures } from './trainer.ts';

/** How a network moves along its gradient. */
export interface Pace {
  readonly adam: AdamSettings;
  readonly limit: GradientLimit | null;
  /** What the learning rate is multiplied by; may differ from step to step, as the rest may not. */
  readonly rate: number;
}

/** What a loss gives: the gradient [length] by what moves, and whatever else is of interest. */
export interface Lesson<Figures extends tf.NamedTensorMap> {
  readonly gradient: tf.Tensor1D;
  readonly figures: Figures;
}

/**
 * Moves a network along the gradient that `differentiate` gives, at its parameters as they are given; the figures are the result, owned by the
 * caller. `inputs` is run in a tidy. All that differs from step to step comes as tensors, since the work is recorded ({@link RepeatedWork}).
 */
export function learnStep<Figures extends tf.NamedTensorMap>(
  work: RepeatedWork,
  kind: string,
  network: TrainedNetwork,
  { adam, limit, rate }: Pace,
  inputs: () => tf.NamedTensorMap,
  differentiate: (given: tf.NamedTensorMap, vector: tf.Tensor1D) => Lesson<Figures>,
): Figures {
  const results = tf.tidy(() => {
    const { length, epsilon } = paceAdam(network.updates + 1, adam);
    const pace = group('pace', { length: tf.scalar(length * rate), epsilon: tf.scalar(epsilon) });
    const all: tf.NamedTensorMap = { ...group('state', network.vectors), ...pace, ...inputs() };
    return work.run(kind, all, (given) => {
      const state = ungroup<AdamVectors>(given, 'state');
      const { gradient, figures } = differentiate(given, state.vector);
      const limited = limit ? limitGradient(gradient, limit) : gradient;
      const moved = moveByAdam(state, limited, adam, ungroup<tf.NamedTensorMap & AdamPace>(given, 'pace'));
      return { ...group('moved', moved), ...group('figures', figures) };
    });
  });
  network.take(ungroup(results, 'moved'));
  return ungroup(results, 'figures');
}

/** The gradient of a loss that gives further tensors on its way; a tidy's. `compute` gets all parameters of the network, and is run in a tidy. */
export function differentiateWith<Figures extends tf.NamedTensorMap>(
  network: TrainedNetwork,
  vector: tf.Tensor1D,
  compute: (parameters: NamedTensors) => { readonly loss: tf.Scalar; readonly figures: Figures },
): Lesson<Figures> {
  const kept: [string, tf.Tensor][] = [];
  const { gradient } = network.differentiate((parameters) => {
    const { loss, figures } = compute(parameters);
    for (const [name, tensor] of Object.entries(figures)) kept.push([name, tf.keep(tf.clone(tensor))]);
    return loss;
  }, vector);
  const figures = Object.fromEntries(kept.map(([name, tensor]) => [name, tf.clone(tensor)])) as Figures;
  tf.dispose(kept.map(([, tensor]) => tensor));
  return { gradient, figures };
}

/** The numbers in scalars, which are disposed of. */
export async function readFigures(scalars: Readonly<Record<string, tf.Scalar>>): Promise<StepFigures> {
  const entries = Object.entries(scalars);
  const values = await Promise.all(entries.map(([, scalar]) => scalar.data()));
  tf.dispose(entries.map(([, scalar]) => scalar));
  return Object.fromEntries(entries.map(([name], index) => [name, values[index]?.[0] ?? NaN]));
}
