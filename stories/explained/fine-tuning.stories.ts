import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { FineTuneRun, FineTuneStep, GanCanvas } from '../../src/index.ts';
import { createExhibit, type Update } from '../exhibits/create-exhibit.ts';
import { showPixels } from '../exhibits/pixels.ts';

const meta: Meta = { title: 'Explained/How fine-tuning works', parameters: { controls: { disable: true } } };
export default meta;

const STEPS = 120;

interface LessonState {
  readonly examples: readonly ImageData[];
  readonly before: ImageData | null;
  readonly run: FineTuneRun | null;
  readonly step: FineTuneStep | null;
  readonly said: string;
}

async function drawExamples(tag: GanCanvas): Promise<readonly ImageData[]> {
  const drawn: ImageData[] = [];
  for (let index = 0; index < 12; index++) drawn.push(await tag.generate({ seed: `lesson/${index}`, truncation: 0.7 }));
  return drawn;
}

async function teach(tag: GanCanvas, examples: readonly ImageData[], update: Update<LessonState>): Promise<void> {
  const before = await tag.generate({ seed: '8' });
  const run = tag.fineTune(
    examples.map((picture, index) => showPixels(picture, `example ${index}`)),
    { steps: STEPS, showEvery: 10, keeps: false },
  );
  update({ run, before, step: null, said: '' });
  try {
    for await (const step of run) update({ step, ...(step.notice !== null && { said: step.notice }) });
    const { reason, seconds } = await run.done;
    update({ run: null, said: `${reason} after ${seconds.toFixed(0)} s` });
  } catch (error) {
    update({ run: null, said: (error as Error).message });
  }
}

/** A fruit painter is shown twelve flowers, which another model draws here and now. */
export const TeachingAPainterFlowers: StoryObj = {
  parameters: { shows: 'button.primary:enabled' },
  render: () =>
    createExhibit<LessonState>({ examples: [], before: null, run: null, step: null, said: '' }, (state, update) => {
      const { examples, before, run, step, said } = state;
      const handleExamples = async (event: Event): Promise<void> => {
        update({ examples: await drawExamples(event.currentTarget as GanCanvas) });
      };
      const findPupil = (event: Event): GanCanvas | null =>
        (event.currentTarget as Element).closest('.exhibit')?.querySelector<GanCanvas>('.pupil') ?? null;
      const handleStart = (event: Event): void => {
        const pupil = findPupil(event);
        if (pupil) void teach(pupil, examples, update);
      };
      const handleReset = (event: Event): void => {
        void findPupil(event)?.resetWeights();
        update({ before: null, step: null, said: '' });
      };
      return html`
        <div class="row">
          <figure>
            <gan-canvas model="flowers" samples="4" seed="lesson" truncation="0.7" @load=${handleExamples}></gan-canvas>
            <figcaption>The teacher’s kind of picture: <code>flowers</code></figcaption>
          </figure>
          <figure>
            <gan-canvas class="pupil" seed="8" samples="4"></gan-canvas>
            <figcaption>The pupil: <code>pomona</code>${step ? `, after ${step.step} of ${step.steps} steps` : ''}</figcaption>
          </figure>
          ${before ? html`<figure>${showPixels(before, 'Before')}<figcaption>Seed 8 before</figcaption></figure>` : ''}
        </div>
        <p>
          <button class="primary" type="button" ?disabled=${examples.length === 0 || run !== null} @click=${handleStart}>
            Teach it ${examples.length} flowers
          </button>
          <button type="button" ?disabled=${run === null} @click=${() => run?.stop()}>Stop</button>
          <button type="button" ?disabled=${run !== null} @click=${handleReset}>Back to fruits</button>
        </p>
        <p class="note" role="status">
          ${step && run
            ? `${Object.entries(step.losses)
                .map(([name, value]) => `${name} ${value.toFixed(2)}`)
                .join(', ')}; ${Math.ceil(step.secondsLeft)} s left. ${said}`
            : said}
        </p>
      `;
    }),
};

/** The panel that `trainable` shows, for pictures of your own. */
export const YourOwnPictures: StoryObj = {
  render: () => html`<div class="exhibit"><gan-canvas trainable samples="9" seed="pupil"></gan-canvas></div>`,
};
