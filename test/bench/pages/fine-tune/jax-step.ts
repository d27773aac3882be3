/** The training step of test/bench/fine-tune/step.ts in jax-js: the same recipe, batch and random numbers, every part compiled by jit. */
import { blockUntilReady, jit, numpy as np, tree, valueAndGrad, type OwnedFunction } from '@jax-js/jax';
import {
  ADAM,
  AUGMENTED_SHARE,
  AVERAGE_IMAGES,
  createUniform,
  drawStepNumbers,
  listNoiseSizes,
  PENALTY_EVERY,
  R1_GAMMA,
  type StepPart,
  type StepWeights,
} from '../../fine-tune/step-recipe.ts';
import { paceAdam } from '../../../../src/training/adam.ts';
import { planAugmentation } from '../../../../src/training/diff-augment.ts';
import type { StyleGan2Architecture } from '../../../../src/weights/architecture.ts';
import type { WeightsTensor } from '../../../../src/weights/weights-file.ts';
import { draw, judge, penalise, toPlan, type Drawing, type Judgement, type Penalty, type Plan } from './jax-losses.ts';
import { mapParameters, type Parameters } from './jax-layers.ts';
import type { Latents } from './jax-networks.ts';

/** A network in training: its parameters, and the running means of their gradients' squares. */
type Trained = Readonly<{
  parameters: Parameters;
  squares: Parameters;
}>;

/** How Adam steps, numbers. */
type Pace = Readonly<{
  length: np.Array;
  epsilon: np.Array;
}>;

/** A part's numbers, its loss first, and the gradient by parameters. */
type Differentiated = readonly [readonly number[], Parameters];

interface Work {
  readonly judge: OwnedFunction<(parameters: Parameters, given: Judgement) => [[np.Array, np.Array], Parameters]>;
  readonly draw: OwnedFunction<(parameters: Parameters, given: Drawing) => [np.Array, Parameters]>;
  readonly penalise: OwnedFunction<(parameters: Parameters, given: Penalty) => [np.Array, Parameters]>;
  readonly move: OwnedFunction<(trained: Trained, gradient: Parameters, pace: Pace) => Trained>;
  readonly follow: OwnedFunction<(average: Parameters, parameters: Parameters) => Parameters>;
}

/** One update by Adam without a running mean of gradients. */
function moveByAdam({ parameters, squares }: Trained, gradient: Parameters, { length, epsilon }: Pace): Trained {
  const at = (all: Parameters, name: string): np.Array => all[name] as np.Array;
  const blended = mapParameters(squares, (square, name) =>
    square.mul(ADAM.beta2).add(np.square(at(gradient, name).ref).mul(1 - ADAM.beta2)),
  );
  const moved = mapParameters(parameters, (value, name) => {
    const root = np.sqrt(at(blended, name).ref).add(epsilon.ref);
    return value.sub(at(gradient, name).div(root).mul(length.ref));
  });
  tree.dispose([length, epsilon]);
  return { parameters: moved, squares: blended };
}

function compileWork(architecture: StyleGan2Architecture, batch: number): Work {
  const keep = 0.5 ** (batch / AVERAGE_IMAGES);
  return {
    judge: jit(valueAndGrad((parameters: Parameters, given: Judgement) => judge(parameters, given, architecture), { hasAux: true })),
    draw: jit(valueAndGrad((parameters: Parameters, given: Drawing) => draw(parameters, given, architecture))),
    penalise: jit((parameters: Parameters, given: Penalty) => penalise(parameters, given, architecture)),
    move: jit(moveByAdam),
    follow: jit((average: Parameters, parameters: Parameters) =>
      mapParameters(parameters, (value, name) => {
        const old = average[name] as np.Array;
        return value.sub(old.ref).mul(1 - keep).add(old); // prettier-ignore
      }),
    ),
  };
}

function toArray({ values, shape }: WeightsTensor): np.Array {
  return np.array(values).reshape([...shape]);
}

/** What training moves: no directions, no fixed noise, no mean w. */
function loadTrained(weights: ReadonlyMap<string, WeightsTensor>): Trained {
  const moving = [...weights].filter(([name]) => !/^directions\.|\.noise_const$|\.w_avg$/.test(name));
  const parameters = Object.fromEntries(moving.map(([name, tensor]) => [name, toArray(tensor)]));
  return { parameters, squares: mapParameters(parameters, (value) => np.zeros(value.shape)) };
}

/** Waits for a part: jax-js takes the memory of all that it has not yet computed at once, and two parts together do not fit. */
async function finish([figures, gradient]: readonly [readonly np.Array[], Parameters]): Promise<Differentiated> {
  await blockUntilReady(gradient);
  return [await Promise.all(figures.map(async (figure) => (await figure.data())[0] ?? NaN)), gradient];
}

/** A pair of networks in training on a fixed batch. */
export class JaxStep {
  readonly #batch: number;
  readonly #resolution: number;
  readonly #real: np.Array;
  readonly #latents: Latents;
  readonly #work: Work;
  #uniform = createUniform();
  #generator: Trained;
  #discriminator: Trained;
  #average: Parameters;
  #steps = 0;

  constructor({ architecture, generator, discriminator }: StepWeights, batch: number) {
    const { resolution, z_dim, classes } = architecture;
    const { real, z, oneHot, noise } = drawStepNumbers(architecture, batch);
    this.#batch = batch;
    this.#resolution = resolution;
    this.#real = np.array(real).reshape([batch, resolution, resolution, 3]);
    this.#latents = {
      z: np.array(z).reshape([batch, z_dim]),
      oneHot: np.array(oneHot).reshape([batch, classes]),
      noise: listNoiseSizes(architecture).map((size, layer) => np.array(noise[layer] ?? []).reshape([batch, size, size, 1])),
    };
    this.#work = compileWork(architecture, batch);
    this.#generator = loadTrained(generator);
    this.#discriminator = loadTrained(discriminator);
    this.#average = tree.ref(this.#generator.parameters);
  }

  /** Makes the next step one with R1, or one without. */
  async prepare(withPenalty: boolean): Promise<void> {
    if ((this.#steps % PENALTY_EVERY === 0) !== withPenalty) await this.run();
  }

  /** A whole step, in the order of src/training/adversarial-trainer.ts. */
  async run(): Promise<void> {
    const withPenalty = this.#steps % PENALTY_EVERY === 0;
    const { move, follow } = this.#work;
    const [, judged] = await this.#judge();
    this.#discriminator = move(this.#discriminator, judged, this.#pace(this.#steps + Math.ceil(this.#steps / PENALTY_EVERY)));
    if (withPenalty) {
      const [, penalised] = await this.#penalise((R1_GAMMA / 2) * PENALTY_EVERY);
      this.#discriminator = move(this.#discriminator, penalised, this.#pace(this.#steps + this.#steps / PENALTY_EVERY + 1));
    }
    const [, drawn] = await this.#draw();
    this.#generator = move(this.#generator, drawn, this.#pace(this.#steps));
    this.#average = follow(this.#average, tree.ref(this.#generator.parameters));
    this.#steps += 1;
    await blockUntilReady([this.#generator, this.#discriminator, this.#average]);
  }

  /** The gradients of every part by its network's parameters, before any step, by part and parameter, with the plans of ours. */
  async gradients(): Promise<Map<string, Float32Array>> {
    const all = new Map<string, Float32Array>();
    const add = async (part: StepPart, gradient: Parameters): Promise<void> => {
      for (const [name, values] of Object.entries(gradient)) all.set(`${part} ${name}`, (await values.data()) as Float32Array);
    };
    this.#uniform = createUniform();
    await add('discriminator', (await this.#judge())[1]);
    await add('generator', (await this.#draw())[1]);
    // R1's is the third plan of a step.
    this.#uniform = createUniform();
    for (const plan of [this.#plan(), this.#plan()]) tree.dispose(plan);
    await add('penalty', (await this.#penalise(R1_GAMMA / 2))[1]);
    return all;
  }

  #plan(): Plan {
    return toPlan(planAugmentation(this.#batch, this.#resolution, AUGMENTED_SHARE, this.#uniform));
  }

  /** After that many updates. */
  #pace(updates: number): Pace {
    const { length, epsilon } = paceAdam(updates + 1, ADAM);
    return { length: np.array(length), epsilon: np.array(epsilon) };
  }

  #judge(): Promise<Differentiated> {
    const [reals, fakes] = [this.#plan(), this.#plan()];
    const generator = tree.ref(this.#generator.parameters);
    const given: Judgement = { real: this.#real.ref, reals, fakes, latents: tree.ref(this.#latents), generator };
    const [figures, gradient] = this.#work.judge(tree.ref(this.#discriminator.parameters), given);
    return finish([figures, gradient]);
  }

  #penalise(weight: number): Promise<Differentiated> {
    const given: Penalty = { real: this.#real.ref, reals: this.#plan(), oneHot: this.#latents.oneHot.ref, weight: np.array(weight) };
    const [penalty, gradient] = this.#work.penalise(tree.ref(this.#discriminator.parameters), given);
    return finish([[penalty], gradient]);
  }

  #draw(): Promise<Differentiated> {
    const discriminator = tree.ref(this.#discriminator.parameters);
    const given: Drawing = { fakes: this.#plan(), latents: tree.ref(this.#latents), discriminator };
    const [loss, gradient] = this.#work.draw(tree.ref(this.#generator.parameters), given);
    return finish([[loss], gradient]);
  }
}
