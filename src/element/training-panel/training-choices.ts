import type { FineTuneMethod, FineTuneOptions } from '../../engine/fine-tune/fine-tune.ts';
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
  readonly addsToModel: boolean;
  readonly mirror: boolean;
  /** `#rrggbb` */
  readonly background: string;
  readonly seed: string;
  /** Keep the state in the browser's storage. */
  readonly keeps: boolean;
}

/** Strengths by their steps. */
export const STRENGTHS = [
  { steps: 100, title: 'Gentle', hint: 'a touch of your pictures' },
  { steps: 300, title: 'Normal', hint: 'clearly yours' },
  { steps: 1000, title: 'Thorough', hint: 'takes three times as long' },
] as const;

export const INITIAL_CHOICES: TrainingChoices = {
  method: null,
  steps: 300,
  batch: null,
  learningRate: null,
  moving: null,
  frozenBlocks: null,
  classLabel: null,
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

/** The method in force. */
export function chooseMethod({ method }: TrainingChoices, pictures: number, info: ModelInfo | null): FineTuneMethod {
  if (!canLearnStyle(info)) return 'reconstruction';
  return method ?? (pictures > 0 && pictures < FEWEST_FOR_STYLE ? 'reconstruction' : 'adversarial');
}

function readColour(text: string): [red: number, green: number, blue: number] {
  const part = (at: number) => Number.parseInt(text.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

/** The choices as options of a training; what was left alone is left out. */
export function readChoices(choices: TrainingChoices, pictures: number, info: ModelInfo | null): FineTuneOptions {
  const { steps, batch, learningRate, moving, frozenBlocks, classLabel, addsToModel, mirror, background, seed, keeps } = choices;
  return {
    method: chooseMethod(choices, pictures, info),
    ...(steps !== null && { steps }),
    ...(batch !== null && { batch }),
    ...(learningRate !== null && { learningRate }),
    ...(moving !== null && { moving }),
    ...(frozenBlocks !== null && { frozenBlocks }),
    ...(classLabel !== null && { classLabel: readClass(classLabel, info) }),
    addsToModel,
    mirror,
    background: readColour(background),
    seed,
    keeps,
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
