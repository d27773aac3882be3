import { html, type TemplateResult } from 'lit';
import type { FineTuneOptions, FineTuneRun, FineTuneStep, GanCanvas } from '../../src/index.ts';
import { createExhibit, type Update } from './create-exhibit.ts';
import { showPixels } from './pixels.ts';

export interface Lesson {
  /** The model that draws the pictures to learn from. */
  readonly teacher: string;
  /** How many. */
  readonly count: number;
  /** What the pupil is said to be before it has learnt anything. */
  readonly pupil: string;
  /** What the button says, and what the way back is called. */
  readonly start: string;
  readonly back: string;
  readonly options: FineTuneOptions;
}

interface LessonState {
  readonly examples: readonly ImageData[];
  readonly before: readonly ImageData[];
  readonly run: FineTuneRun | null;
  readonly step: FineTuneStep | null;
  readonly said: string;
}

const START: LessonState = { examples: [], before: [], run: null, step: null, said: '' };
const SEEDS = ['8', '8/1', '8/2', '8/3'] as const;

async function drawAll(tag: GanCanvas, seeds: readonly string[]): Promise<readonly ImageData[]> {
  const drawn: ImageData[] = [];
  for (const seed of seeds) drawn.push(await tag.generate({ seed }));
  return drawn;
}

async function teach(tag: GanCanvas, { options }: Lesson, state: LessonState, update: Update<LessonState>): Promise<void> {
  const before = state.before.length > 0 ? state.before : await drawAll(tag, SEEDS);
  const pictures = state.examples.map((picture, index) => showPixels(picture, `Example ${index}`));
  const run = tag.fineTune(pictures, { keeps: false, ...options });
  update({ run, before, step: null, said: '' });
  try {
    for await (const step of run) update({ step, ...(step.notice !== null && { said: step.notice }) });
    const { reason, seconds } = await run.done;
    update({ run: null, said: `${reason === 'finished' ? 'Done' : `It ${reason}`} after ${seconds.toFixed(0)} seconds.` });
  } catch (error) {
    update({ run: null, said: (error as Error).message });
  }
}

function renderProgress({ run, step, said }: LessonState): TemplateResult {
  if (!run || !step) return html`${said}`;
  const losses = Object.entries(step.losses).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  return html`Step ${step.step} of ${step.steps}, ${Math.ceil(step.secondsLeft)} seconds left. Losses: ${losses.join(', ')}. ${said}`;
}

/** A pupil that is shown pictures which a teacher draws in the same page, so that the reader needs none. */
export function createLesson(lesson: Lesson): HTMLElement {
  return createExhibit<LessonState>(START, (state, update) => {
    const { examples, before, run, step } = state;
    const handleTeacher = async (event: Event): Promise<void> => {
      const seeds = Array.from({ length: lesson.count }, (_, index) => `lesson/${index}`);
      update({ examples: await drawAll(event.currentTarget as GanCanvas, seeds) });
    };
    const findPupil = (event: Event): GanCanvas | null =>
      (event.currentTarget as Element).closest('.exhibit')?.querySelector<GanCanvas>('.pupil') ?? null;
    const handleStart = (event: Event): void => {
      const pupil = findPupil(event);
      if (pupil) void teach(pupil, lesson, state, update);
    };
    const handleBack = async (event: Event): Promise<void> => {
      await findPupil(event)?.resetWeights();
      update({ before: [], step: null, said: '' });
    };
    return html`
      <div class="row">
        <figure>
          <gan-canvas model=${lesson.teacher} samples="4" seed="lesson" @load=${handleTeacher}></gan-canvas>
          <figcaption>What it is shown: ${lesson.count} such pictures</figcaption>
        </figure>
        ${
          before.length > 0
            ? html`<figure>
                <div class="quarters">${before.map((picture, index) => showPixels(picture, `Before: seed ${SEEDS[index]}`))}</div>
                <figcaption>Before</figcaption>
              </figure>`
            : ''
        }
        <figure>
          <gan-canvas class="pupil" seed=${SEEDS[0]} samples="4"></gan-canvas>
          <figcaption>${step ? `Now, after ${step.step} steps` : lesson.pupil}</figcaption>
        </figure>
      </div>
      <p class="buttons">
        <button class="primary" type="button" ?disabled=${examples.length === 0 || run !== null} @click=${handleStart}>
          ${lesson.start}
        </button>
        <button type="button" ?disabled=${run === null} @click=${() => run?.stop()}>Stop</button>
        <button type="button" ?disabled=${run !== null || before.length === 0} @click=${handleBack}>${lesson.back}</button>
      </p>
      <p class="note" role="status">${renderProgress(state)}</p>
    `;
  });
}
