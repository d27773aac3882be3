import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { renderPlot } from './render-plot.ts';
import type { StepHistory } from './step-history.ts';
import { tellDuration, tellRate } from './tell-training.ts';
import type { TrainingSession } from './training-session.ts';

export interface RunningView {
  readonly session: TrainingSession;
  /** The picture before the training, and as it is now; null where there was none. */
  readonly stills: { readonly before: HTMLCanvasElement; readonly now: HTMLCanvasElement } | null;
  /** True when the pictures are kept in the browser's storage meanwhile. */
  readonly isKept: boolean;
  readonly onPause: () => void;
  readonly onGoOn: () => void;
  readonly onStop: () => void;
}

/** What the losses are called. The penalty is left out: it is of another size, and of every sixteenth step or so. */
const LOSS_TITLES: Readonly<Record<string, string>> = {
  generator: 'generator',
  discriminator: 'discriminator',
  reconstruction: 'difference',
  locality: 'drift elsewhere',
  divergence: 'divergence of z',
};
/** Of a textbook's GAN: how real the discriminator finds what it sees, 0…1. */
const REALNESS = [
  { name: 'onReal', title: 'your pictures' },
  { name: 'onFake', title: 'drawn ones' },
];

const PHASE_TITLES = { starting: 'Getting ready…', running: 'Training', paused: 'Paused', stopping: 'Stopping after this step…' } as const;

/** Progress, the picture before and now, plots, and what can be done meanwhile. */
export function renderRunning(view: RunningView): TemplateResult {
  const { session, isKept } = view;
  const { phase, step } = session;
  const title = phase === 'idle' || phase === 'ended' ? '' : PHASE_TITLES[phase];
  return html`
    <section class="running" aria-label="Training under way">
      <p class="lead" tabindex="-1" id="running">${title}</p>
      <progress part="training-progress" aria-label="Training" max=${step?.steps ?? 1} value=${ifDefined(step?.step)}></progress>
      ${step ? html`<p class="figures">${tellStep(session)}</p>` : nothing} ${renderStills(view)} ${renderPlots(session.history)}
      ${renderNotices(session.notices)}
      <p class="buttons">
        ${
          phase === 'paused'
            ? html`<button type="button" part="button" id="go-on" @click=${view.onGoOn}>Continue</button>`
            : html`<button type="button" part="button" id="pause" ?disabled=${phase === 'stopping'} @click=${view.onPause}>Pause</button>`
        }
        <button type="button" part="button" id="stop" ?disabled=${phase === 'stopping'} @click=${view.onStop}>Stop and keep</button>
      </p>
      ${
        isKept
          ? html`<p class="hint">
              Meanwhile this browser stores your pictures and how far the training has come, so that it can go on after a reload. At the end
              they are erased.
            </p>`
          : nothing
      }
    </section>
  `;
}

function tellStep({ step, phase }: TrainingSession): TemplateResult {
  const { step: at = 0, steps = 0, secondsLeft = 0, imagesPerSecond = 0 } = step ?? {};
  const left = phase === 'running' && at < steps ? html`<span>${tellDuration(secondsLeft)} left</span>` : nothing;
  return html`<span>Step ${at} of ${steps}</span> ${left} <span>${tellRate(imagesPerSecond)}</span>`;
}

export function renderStills({ stills }: Pick<RunningView, 'stills'>): TemplateResult | typeof nothing {
  if (!stills) return nothing;
  return html`
    <div class="stills">
      <figure part="before">
        ${stills.before}
        <figcaption>Before</figcaption>
      </figure>
      <figure part="now">
        ${stills.now}
        <figcaption>Now</figcaption>
      </figure>
    </div>
  `;
}

/** What the losses and the diversity were over the steps. */
export function renderPlots(history: StepHistory): TemplateResult {
  const losses = history.names.filter((name) => name in LOSS_TITLES).map((name) => ({ name, title: LOSS_TITLES[name] ?? name }));
  return html`
    <div class="plots">
      ${renderPlot({ title: 'Losses', lines: losses, history })}
      ${renderPlot({ title: 'How real the discriminator finds them (0 to 1)', lines: REALNESS, history, from: 0 })}
      ${renderPlot({ title: 'Diversity (1: as at the start)', lines: [{ name: 'diversity', title: 'now' }], history, from: 0 })}
    </div>
  `;
}

export function renderNotices(notices: readonly string[]): TemplateResult | typeof nothing {
  if (notices.length === 0) return nothing;
  return html`<ul class="notices">
    ${notices.map((notice) => html`<li>${notice}</li>`)}
  </ul>`;
}
