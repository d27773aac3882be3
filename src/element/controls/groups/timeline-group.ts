import type { TemplateResult } from 'lit';
import { html, nothing, svg } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ControlDesk, ControlGroup } from '../control-group.ts';
import { renderSlider } from '../render-slider.ts';
import { renderSmallPicture } from '../render-small-picture.ts';
import type { SmallPicture } from '../small-pictures.ts';
import type { Timeline, TimelineFrame } from '../timeline.ts';
import { TimelinePlayer } from '../timeline-player.ts';

/** Seconds that the slider knows. */
const SECONDS = { min: 1, max: 30, step: 0.5 } as const;

const PATHS = { earlier: 'M4 10l4-4 4 4', later: 'M4 6l4 4 4-4', remove: 'M4.5 4.5l7 7M11.5 4.5l-7 7' } as const;

/** Pictures one after the other, gone through. */
export class TimelineGroup implements ControlGroup {
  readonly id = 'timeline';
  readonly title = 'Timeline';
  readonly #timeline: Timeline;
  readonly #player: TimelinePlayer;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    this.#player = new TimelinePlayer(timeline);
  }

  isPlaying(): boolean {
    return this.#player.isPlaying;
  }

  stop(): void {
    this.#player.stop();
  }

  clear(): void {
    this.stop();
    this.#timeline.clear();
  }

  pictures({ info }: ControlDesk): readonly SmallPicture[] {
    return this.#timeline.frames.map(({ id, seed, directions, truncation }) => ({
      id: `frame/${id}`,
      options: { seed, directions, truncation: truncation ?? info.truncation },
    }));
  }

  render(desk: ControlDesk): TemplateResult {
    const { frames, durationMs, loops } = this.#timeline;
    const canPlay = frames.length > 1;
    return html`
      <p class="buttons">
        <button type="button" part="button" id="add-frame" @click=${() => this.#add(desk)}>Add this picture</button>
        <button
          type="button"
          part="button primary-button"
          class="primary"
          id="play-timeline"
          aria-disabled=${!canPlay}
          @click=${() => this.#toggle(desk)}
        >
          ${this.#player.isPlaying ? 'Stop' : 'Play'}
        </button>
      </p>
      ${frames.length === 0 ? nothing : this.#renderFrames(desk)}
      ${canPlay ? nothing : html`<p class="hint">Add two pictures or more; Play leads from one to the next.</p>`}
      ${renderSlider({
        ...{ name: 'duration', title: 'Seconds in all', ...SECONDS, value: durationMs / 1000, text: (durationMs / 1000).toFixed(1) },
        onMove: (value) => {
          this.#timeline.durationMs = 1000 * value;
          desk.requestUpdate();
        },
        onRest: () => desk.requestUpdate(),
      })}
      <label class="choice">
        <input
          type="checkbox"
          id="timeline-loop"
          .checked=${live(loops)}
          @change=${() => {
            this.#timeline.loops = !loops;
            desk.requestUpdate();
          }}
        />
        <span>Back to the first, again and again</span>
      </label>
    `;
  }

  #renderFrames(desk: ControlDesk): TemplateResult {
    return html`
      <ol class="frames" aria-label="Pictures of the timeline">
        ${repeat(
          this.#timeline.frames,
          ({ id }) => id,
          (frame, index) => this.#renderFrame(desk, frame, index),
        )}
      </ol>
    `;
  }

  #renderFrame(desk: ControlDesk, frame: TimelineFrame, index: number): TemplateResult {
    const place = `picture ${index + 1}`;
    const button = (what: keyof typeof PATHS, title: string, isOpen: boolean, onClick: () => void) => html`
      <button
        type="button"
        part="button"
        class="icon"
        id="${what}-${frame.id}"
        aria-label=${title}
        title=${title}
        aria-disabled=${!isOpen}
        @click=${onClick}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">${svg`<path d=${PATHS[what]} />`}</svg>
      </button>
    `;
    return html`
      <li class="frame" part="frame">
        <button type="button" class="variation" id="frame-${frame.id}" aria-label="Show ${place}" @click=${() => this.#visit(desk, frame)}>
          ${renderSmallPicture(desk.imageOf(`frame/${frame.id}`))}
        </button>
        <span>${frame.seed}</span>
        ${button('earlier', `Move ${place} up`, index > 0, () => this.#move(desk, frame, -1))}
        ${button('later', `Move ${place} down`, index < this.#timeline.frames.length - 1, () => this.#move(desk, frame, 1))}
        ${button('remove', `Remove ${place}`, true, () => this.#remove(desk, frame, index))}
      </li>
    `;
  }

  #add(desk: ControlDesk): void {
    this.#timeline.add(desk.settings);
    desk.announce(`Picture ${this.#timeline.frames.length} is added.`);
  }

  #move(desk: ControlDesk, { id }: TimelineFrame, places: number): void {
    this.#timeline.move(id, places);
    desk.focus(`#${places < 0 ? 'earlier' : 'later'}-${id}`);
    desk.announce(`It is picture ${this.#timeline.frames.findIndex((frame) => frame.id === id) + 1} now.`);
  }

  #remove(desk: ControlDesk, { id }: TimelineFrame, index: number): void {
    this.#timeline.remove(id);
    const next = this.#timeline.frames[Math.min(index, this.#timeline.frames.length - 1)];
    desk.focus(next ? `#remove-${next.id}` : '#add-frame');
    desk.announce(`Picture ${index + 1} is removed.`);
  }

  #visit(desk: ControlDesk, { seed, directions, truncation }: TimelineFrame): void {
    this.#player.stop();
    // A film leaves a latent behind, which would win over an equal seed.
    desk.host.latent = null;
    desk.rest({ seed, directions, truncation });
  }

  #toggle(desk: ControlDesk): void {
    const { frames } = this.#timeline;
    const [first, last] = [frames[0], frames.at(-1)];
    if (this.#player.isPlaying) {
      if (first) this.#visit(desk, first);
    } else if (first && last && first !== last) {
      desk.rest({ autoplay: false, samples: null });
      this.#player.play(desk.host, desk.info, () => this.#visit(desk, last));
    }
    desk.requestUpdate();
  }
}
