import type { TemplateResult } from 'lit';
import { html } from 'lit';
import { isAbortError } from '../../../support/errors.ts';
import type { RecordAnimationOptions } from '../../animation/animation-options.ts';
import { downloadFile } from '../../panel/download-file.ts';
import type { ControlDesk } from '../control-group.ts';
import { nameFile } from '../name-file.ts';
import type { Timeline } from '../timeline.ts';

const FORMATS = [
  { type: 'video/webm', title: 'WebM', ending: 'webm' },
  { type: 'image/gif', title: 'GIF', ending: 'gif' },
] as const;

/** Records a film of the timeline, or where there is none of the way to the next picture. */
export class FilmRecorder {
  readonly #timeline: Timeline;
  #format: (typeof FORMATS)[number] = FORMATS[0];
  #recording: AbortController | null = null;
  #share = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  get isRecording(): boolean {
    return this.#recording !== null;
  }

  stop(): void {
    this.#recording?.abort();
  }

  render(desk: ControlDesk, tell: (done: string, problem: string) => void): TemplateResult {
    const { frames, durationMs } = this.#timeline;
    const what = frames.length > 1 ? `the ${frames.length} pictures of the timeline` : 'the way to the next picture';
    return html`
      <div class="bar">
        <label class="field">
          Film
          <select part="field" id="film-format" @change=${(event: Event) => this.#handleFormat(event, desk)}>
            ${FORMATS.map(({ type, title }) => html`<option value=${type} .selected=${type === this.#format.type}>${title}</option>`)}
          </select>
        </label>
        <button type="button" part="button" id="record" @click=${() => (this.isRecording ? this.stop() : void this.#record(desk, tell))}>
          ${this.isRecording ? 'Cancel' : `Record ${this.#format.title}`}
        </button>
      </div>
      ${
        this.isRecording
          ? html`<progress part="film-progress" max="1" value=${this.#share} aria-label="Recording"></progress>`
          : html`<p class="hint">Of ${what}, ${(durationMs / 1000).toFixed(1)} seconds.</p>`
      }
    `;
  }

  #handleFormat({ target }: Event, desk: ControlDesk): void {
    this.#format = FORMATS.find(({ type }) => type === (target as HTMLSelectElement).value) ?? FORMATS[0];
    desk.requestUpdate();
  }

  async #record(desk: ControlDesk, tell: (done: string, problem: string) => void): Promise<void> {
    const { type, ending } = this.#format;
    this.#recording = new AbortController();
    this.#share = 0;
    tell('', '');
    try {
      const blob = await desk.host.recordAnimation({ type, ...this.#course(desk), signal: this.#recording.signal });
      const name = nameFile(desk, ending);
      downloadFile(blob, name);
      tell(`Saved as ${name}.`, '');
    } catch (error) {
      tell(isAbortError(error) ? 'Recording is cancelled.' : '', isAbortError(error) ? '' : String((error as Error).message));
    } finally {
      this.#recording = null;
      desk.requestUpdate();
    }
  }

  #course(desk: ControlDesk): RecordAnimationOptions {
    const { frames, durationMs, loops } = this.#timeline;
    const truncation = (own: number | null) => own ?? desk.info.truncation;
    return {
      durationMs,
      loop: loops,
      ...(frames.length > 1 && {
        keyframes: frames.map(({ seed, directions, truncation: own }) => ({ seed, directions, truncation: truncation(own) })),
      }),
      onProgress: (done, total) => {
        this.#share = done / total;
        desk.requestUpdate();
      },
    };
  }
}
