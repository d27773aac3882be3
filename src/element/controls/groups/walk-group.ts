import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { readInterval } from '../../read-settings.ts';
import type { ControlDesk, ControlGroup } from '../control-group.ts';
import { renderSlider } from '../render-slider.ts';

/** Seconds from picture to picture that the slider knows. */
const SECONDS = { min: 0.2, max: 10, step: 0.1 } as const;

/** The walk from seed to seed. */
export class WalkGroup implements ControlGroup {
  readonly id = 'walk';
  readonly title = 'Walk';

  render(desk: ControlDesk): TemplateResult {
    const { autoplay, interval, loop } = desk.settings;
    const seconds = readInterval(interval, () => undefined) / 1000;
    const isHeld = matchMedia('(prefers-reduced-motion: reduce)').matches;
    return html`
      <div class="bar">
        <button
          type="button"
          part="button primary-button"
          class="primary"
          id="play"
          @click=${() => desk.rest({ autoplay: !desk.settings.autoplay })}
        >
          ${autoplay ? 'Pause' : 'Play'}
        </button>
        <label class="choice">
          <input type="checkbox" id="loop" .checked=${live(loop)} @change=${() => desk.rest({ loop: !desk.settings.loop })} />
          <span>Come back after eight</span>
        </label>
      </div>
      ${renderSlider({
        name: 'interval',
        title: 'Seconds from picture to picture',
        ...SECONDS,
        value: seconds,
        text: seconds.toFixed(1),
        onMove: (value) => desk.move({ interval: Math.round(1000 * value) }),
        onRest: () => desk.rest(),
      })}
      ${isHeld ? html`<p class="hint">This device asks for less motion, so the walk rests.</p>` : nothing}
    `;
  }
}
