import { html, type TemplateResult } from 'lit';
import type { FineTuneOptions, FineTuneRun, FineTuneStep, GanCanvas } from '../../src/index.ts';
import { createExhibit, type Update } from './create-exhibit.ts';
import { meanStep, showPixels } from './pixels.ts';
import { createUntrainedUrl } from './untrained-network.ts';

/** One that learns: what it is called, and how it does it. */
export interface Contestant {
  readonly name: string;
  readonly options: FineTuneOptions;
}

interface Progress {
  readonly run: FineTuneRun | null;
  readonly step: FineTuneStep | null;
  readonly sharpness: number | null;
  readonly said: string;
}

interface ContestState {
  readonly examples: readonly ImageData[];
  readonly progress: Readonly<Record<string, Progress>>;
}

const IDLE: Progress = { run: null, step: null, sharpness: null, said: 'Random weights, nothing learnt yet.' };
const ENDS = { finished: 'Done', stopped: 'Stopped', collapsed: 'It collapsed', diverged: 'It diverged' } as const;
const EXAMPLES = 200;
const JUDGED = 16;

/** The mean step between neighbours in some pictures, brought to the side of those that are learnt. */
async function measureSharpness(tag: GanCanvas): Promise<number> {
  let sum = 0;
  for (let index = 0; index < JUDGED; index++) sum += meanStep(await tag.generate({ seed: `judged/${index}` }));
  return sum / JUDGED;
}

/** A picture at another size, as the training sees it. */
function resize(picture: ImageData, side: number): ImageData {
  const whole = new OffscreenCanvas(picture.width, picture.height);
  whole.getContext('2d')?.putImageData(picture, 0, 0);
  const small = new OffscreenCanvas(side, side).getContext('2d');
  if (!small) throw new Error('This browser cannot scale pictures.');
  small.imageSmoothingQuality = 'high';
  small.drawImage(whole, 0, 0, side, side);
  return small.getImageData(0, 0, side, side);
}

/** Trains one of them to the end; false when it was stopped before. */
async function learn(
  tag: GanCanvas,
  { options }: Contestant,
  examples: readonly ImageData[],
  update: (change: Partial<Progress>) => void,
): Promise<boolean> {
  const run = tag.fineTune(
    examples.map((picture, index) => showPixels(picture, `Example ${index}`)),
    { keeps: false, ...options },
  );
  update({ ...IDLE, run });
  try {
    for await (const step of run) update({ step });
    const { reason, seconds } = await run.done;
    const sharpness = await measureSharpness(tag);
    update({ run: null, sharpness, said: `${ENDS[reason]} after ${seconds.toFixed(0)} seconds.` });
    return reason !== 'stopped';
  } catch (error) {
    update({ run: null, said: (error as Error).message });
    return false;
  }
}

function renderProgress({ run, step, sharpness, said }: Progress): TemplateResult {
  const judged = sharpness === null ? '' : html` Step between neighbours: <b>${sharpness.toFixed(1)}</b> of 255.`;
  if (run && !step) return html`Beginning …`;
  if (!run || !step) return html`${said}${judged}`;
  return html`Step ${step.step} of ${step.steps}, ${Math.ceil(step.secondsLeft)} seconds left.`;
}

/** Networks of one form that learn the same pictures in different ways, from nothing. */
export function createContest(contestants: readonly Contestant[], side: number): HTMLElement {
  const { url } = createUntrainedUrl({ resolution: side, zDim: 16, filterSize: 4, width: 16, contrast: 0.5 });
  const start: ContestState = { examples: [], progress: {} };
  return createExhibit<ContestState>(start, (state, update) => renderContest({ contestants, side, url }, state, update));
}

interface ContestSetting {
  readonly contestants: readonly Contestant[];
  readonly side: number;
  /** Of random weights, for the pictures before anything is learnt. */
  readonly url: string;
}

function renderContest({ contestants, side, url }: ContestSetting, state: ContestState, update: Update<ContestState>): TemplateResult {
  const { examples } = state;
  let { progress } = state;
  const isBusy = Object.values(progress).some(({ run }) => run !== null);
  const handleTeacher = async (event: Event): Promise<void> => {
    const tag = event.currentTarget as GanCanvas;
    const drawn: ImageData[] = [];
    for (let index = 0; index < EXAMPLES; index++) drawn.push(resize(await tag.generate({ seed: `shown/${index}` }), side));
    update({ examples: drawn });
  };
  const handleStart = async (event: Event): Promise<void> => {
    const tags = (event.currentTarget as Element).closest('.exhibit')?.querySelectorAll<GanCanvas>('.pupil') ?? [];
    for (const [index, tag] of [...tags].entries()) {
      const contestant = contestants[index];
      if (!contestant) return;
      // One after the other: each has the machine to itself.
      const goesOn = await learn(tag, contestant, examples, (change) => {
        progress = { ...progress, [contestant.name]: { ...(progress[contestant.name] ?? IDLE), ...change } };
        update({ progress });
      });
      if (!goesOn) return;
    }
  };
  const handleStop = (): void => Object.values(progress).forEach(({ run }) => run?.stop());
  const shown = examples.slice(0, JUDGED);
  const truth = shown.reduce((sum, picture) => sum + meanStep(picture), 0) / Math.max(1, shown.length);
  return html`
    <div class="row">
      <figure>
        <gan-canvas class-label="peach whole" samples="9" seed="shown" @load=${handleTeacher}></gan-canvas>
        <figcaption>
          What they are shown: ${EXAMPLES} such peaches of ${side} × ${side} pixels.
          ${shown.length > 0 ? html`Step between neighbours: <b>${truth.toFixed(1)}</b> of 255.` : ''}
        </figcaption>
      </figure>
      ${contestants.map(
        ({ name }) =>
          html`<figure>
            <gan-canvas class="pupil" src=${url} samples="9" seed="pupil" alt="Nine pictures by the ${name}"></gan-canvas>
            <figcaption><b>${name}.</b> <span role="status">${renderProgress(progress[name] ?? IDLE)}</span></figcaption>
          </figure>`,
      )}
    </div>
    <p class="buttons">
      <button class="primary" type="button" ?disabled=${examples.length === 0 || isBusy} @click=${handleStart}>Let both learn</button>
      <button type="button" ?disabled=${!isBusy} @click=${handleStop}>Stop</button>
    </p>
  `;
}
