import { startsFromNothing, type FineTuneMethod, type FineTuneNetwork, type FineTuneOptions } from '../../engine/fine-tune/fine-tune.ts';
import type { ModelInfo } from '../../weights/model-info.ts';

/** What the visitor chose. Null: the default of training, whatever that is for the method and the model. */
export interface TrainingChoices {
  /** Null: by the number of pictures. */
  readonly method: FineTuneMethod | null;
  readonly steps: number | null;
  readonly batch: number | null;
  readonly learningRate: number | null;
  readonly moving: FineTuneOptions['moving'] | null;
  readonly frozenBlocks: number | null;
  readonly classLabel: string | null;
  /** Of a GAN from nothing. */
  readonly loss: FineTuneOptions['loss'] | null;
  /** Of what begins from nothing; what was left alone is left out. */
  readonly network: Partial<FineTuneNetwork>;
  readonly addsToModel: boolean;
  readonly mirror: boolean;
  /** `#rrggbb` */
  readonly background: string;
  readonly seed: string;
  /** Keep the state in the browser's storage. */
  readonly keeps: boolean;
}

/** The choices as they are shown, and where changes go. */
export interface ChoicesView {
  readonly choices: TrainingChoices;
  /** How many pictures there are. */
  readonly pictures: number;
  readonly info: ModelInfo | null;
  readonly onChange: (changes: Partial<TrainingChoices>) => void;
}

/** How much is learnt, by its steps. */
export interface Strength {
  readonly steps: number;
  readonly title: string;
  readonly hint: string;
}

const STRENGTHS: readonly Strength[] = [
  { steps: 100, title: 'Gentle', hint: 'a touch of your pictures' },
  { steps: 300, title: 'Normal', hint: 'clearly yours' },
  { steps: 1000, title: 'Thorough', hint: 'takes three times as long' },
];
const STRENGTHS_FROM_NOTHING: readonly Strength[] = [
  { steps: 500, title: 'A first look', hint: 'colours and rough shapes' },
  { steps: 2000, title: 'Normal', hint: 'what it can do' },
  { steps: 6000, title: 'Patient', hint: 'takes three times as long' },
];

/** The strengths that there are for a method. */
export function listStrengths(method: FineTuneMethod): readonly Strength[] {
  return startsFromNothing(method) ? STRENGTHS_FROM_NOTHING : STRENGTHS;
}

/** The changes that choosing a method makes: from nothing takes more steps. */
export function switchMethod(before: FineTuneMethod, method: FineTuneMethod): Partial<TrainingChoices> {
  const isOfAKind = startsFromNothing(before) === startsFromNothing(method);
  return { method, ...(!isOfAKind && { steps: listStrengths(method)[1]?.steps ?? null, batch: null, learningRate: null }) };
}

export const INITIAL_CHOICES: TrainingChoices = {
  method: null,
  steps: 300,
  batch: null,
  learningRate: null,
  moving: null,
  frozenBlocks: null,
  classLabel: null,
  loss: null,
  network: {},
  addsToModel: false,
  mirror: true,
  background: '#ffffff',
  seed: '0',
  keeps: true,
};

/** Below it, training chooses reconstruction by itself. */
const FEWEST_FOR_STYLE = 10;

/** True when the model can be taught a style: its file names a discriminator to learn with. */
export function canLearnStyle(info: ModelInfo | null): boolean {
  return info === null || info.discriminator !== null;
}

/** True when the model can be taught at all; a DCGAN can only be begun anew. */
export function canBeTaught(info: ModelInfo | null): boolean {
  return info?.architecture.kind !== 'dcgan';
}

/** The method in force. */
export function chooseMethod({ method }: TrainingChoices, pictures: number, info: ModelInfo | null): FineTuneMethod {
  if (method !== null && startsFromNothing(method)) return method;
  if (!canBeTaught(info)) return 'textbook-gan';
  if (!canLearnStyle(info)) return 'reconstruction';
  return method ?? (pictures > 0 && pictures < FEWEST_FOR_STYLE ? 'reconstruction' : 'adversarial');
}

function readColour(text: string): [red: number, green: number, blue: number] {
  const part = (at: number) => Number.parseInt(text.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

/** The choices as options of a training; what was left alone is left out. */
export function readChoices(choices: TrainingChoices, pictures: number, info: ModelInfo | null): FineTuneOptions {
  const method = chooseMethod(choices, pictures, info);
  const { steps, batch, learningRate, mirror, background, seed, keeps } = choices;
  return {
    method,
    ...(steps !== null && { steps }),
    ...(batch !== null && { batch }),
    ...(learningRate !== null && { learningRate }),
    ...(startsFromNothing(method) ? readNothing(method, choices) : readTeaching(choices, info)),
    mirror,
    background: readColour(background),
    seed,
    keeps,
  };
}

function readNothing(method: FineTuneMethod, { network, loss }: TrainingChoices): FineTuneOptions {
  return { ...(Object.keys(network).length > 0 && { network }), ...(method === 'textbook-gan' && loss != null && { loss }) };
}

function readTeaching({ moving, frozenBlocks, classLabel, addsToModel }: TrainingChoices, info: ModelInfo | null): FineTuneOptions {
  return {
    ...(moving !== null && { moving }),
    ...(frozenBlocks !== null && { frozenBlocks }),
    ...(classLabel !== null && { classLabel: readClass(classLabel, info) }),
    addsToModel,
  };
}

/** Classes with names go by them; others by their index. */
function readClass(label: string, info: ModelInfo | null): string | number {
  return info?.labels.includes(label) ? label : Number(label);
}

/** The model's classes: their names, or their indices. */
export function listClasses(info: ModelInfo | null): readonly string[] {
  if (info === null) return [];
  if (info.labels.length > 0) return info.labels;
  return Array.from({ length: info.architecture.classes }, (_, index) => String(index));
}
