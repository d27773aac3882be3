import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { downloadFile } from '../../panel/download-file.ts';
import type { ControlDesk, ControlGroup } from '../control-group.ts';
import { describeTag } from '../describe-tag.ts';
import { nameFile } from '../name-file.ts';
import { createShareLink } from '../share-link.ts';
import type { Timeline } from '../timeline.ts';
import { FilmRecorder } from './film-recorder.ts';

/** Pixels along a side of a picture file, at least: those of the model, or smoothly enlarged. */
const SIDES = [0, 256, 512, 1024, 2048] as const;

/** Takes the picture away: as HTML, as a link, as a file. */
export class KeepGroup implements ControlGroup {
  readonly id = 'keep';
  readonly title = 'Keep it';
  #side = 512;
  #problem = '';
  /** What was done last. */
  #done = '';
  /** What is to be copied was last the link. */
  #isLink = false;
  readonly #film: FilmRecorder;

  constructor(timeline: Timeline) {
    this.#film = new FilmRecorder(timeline);
  }

  isPlaying(): boolean {
    return this.#film.isRecording;
  }

  stop(): void {
    this.#film.stop();
  }

  render(desk: ControlDesk): TemplateResult {
    const { resolution } = desk.info;
    return html`
      <label class="field">
        ${this.#isLink ? 'The link to it' : 'The tag that draws it'}
        <textarea
          part="field"
          id="kept-text"
          rows="3"
          readonly
          spellcheck="false"
          @focus=${selectAll}
          .value=${live(this.#text(desk))}
        ></textarea>
      </label>
      <p class="buttons">
        <button type="button" part="button" id="copy-html" @click=${() => this.#copy(desk, false)}>Copy HTML</button>
        <button type="button" part="button" id="copy-link" @click=${() => this.#copy(desk, true)}>Copy link</button>
      </p>
      <div class="bar">
        <label class="field">
          Picture file
          <select part="field" id="side" @change=${({ target }: Event) => (this.#side = Number((target as HTMLSelectElement).value))}>
            ${SIDES.filter((side) => side === 0 || side > resolution).map(
              (side) =>
                html`<option value=${side} .selected=${side === this.#side}>${side || resolution} × ${side || resolution} pixels</option>`,
            )}
          </select>
        </label>
        <button type="button" part="button" id="save-png" @click=${() => this.#save(desk)}>Save PNG</button>
      </div>
      ${this.#film.render(desk, (done, problem) => this.#tell(desk, done, problem))}
      ${this.#done === '' ? nothing : html`<p class="hint">${this.#done}</p>`}
      ${this.#problem === '' ? nothing : html`<p class="failure" part="problem">${this.#problem}</p>`}
    `;
  }

  async #attempt(desk: ControlDesk, work: () => Promise<string>): Promise<void> {
    this.#tell(desk, '', '');
    try {
      this.#tell(desk, await work(), '');
    } catch (error) {
      this.#tell(desk, '', error instanceof Error ? error.message : String(error));
    }
  }

  #tell(desk: ControlDesk, done: string, problem: string): void {
    this.#done = done;
    this.#problem = problem;
    desk.announce(problem || done);
  }

  #text({ host }: ControlDesk): string {
    return this.#isLink ? createShareLink(host) : describeTag(host);
  }

  #copy(desk: ControlDesk, isLink: boolean): void {
    this.#isLink = isLink;
    void this.#attempt(desk, async () => {
      try {
        await navigator.clipboard.writeText(this.#text(desk));
        return `${isLink ? 'Link' : 'HTML'} copied.`;
      } catch {
        // No right to copy, or a page without TLS: the visitor can.
        desk.focus('#kept-text');
        return 'It is selected: press Ctrl+C, or ⌘C, to copy it.';
      }
    });
  }

  #save(desk: ControlDesk): void {
    void this.#attempt(desk, async () => {
      const { resolution } = desk.info;
      const file = nameFile(desk, 'png');
      downloadFile(await desk.host.toBlob({ type: 'image/png', scale: (this.#side || resolution) / resolution }), file);
      return `Saved as ${file}.`;
    });
  }
}

function selectAll({ target }: Event): void {
  (target as HTMLTextAreaElement).select();
}
