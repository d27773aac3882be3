import type { TemplateResult } from 'lit';
import { html, nothing, svg } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { RefusedPicture } from '../../engine/pictures/read-training-pictures.ts';
import { placeCrop } from './crop-square.ts';
import type { ChosenPicture, PictureCollection } from './picture-collection.ts';
import { tellPictures } from './tell-training.ts';

export interface PicturesView {
  readonly collection: PictureCollection;
  /** True while something is dragged over the element. */
  readonly isDraggedOver: boolean;
  readonly onChoose: (folder: boolean) => void;
  readonly onFiles: (event: Event) => void;
  readonly onRemove: (picture: ChosenPicture) => void;
  readonly onRemoveAll: () => void;
  readonly onCrop: (picture: ChosenPicture) => void;
  readonly onBroken: (picture: ChosenPicture) => void;
}

/** More than this many are counted, not shown. */
const MOST_SHOWN = 200;

/** Where pictures are dropped, what was given, and what cannot be read of it. */
export function renderPictures(view: PicturesView): TemplateResult {
  const { collection, isDraggedOver, onChoose, onFiles } = view;
  const { pictures, refused, isAdding } = collection;
  return html`
    <fieldset class="pictures" aria-busy=${isAdding}>
      <legend>Your pictures</legend>
      <div class="drop-zone ${isDraggedOver ? 'over' : ''}" part="drop-zone">
        <p>Drop pictures or folders here, paste them, or</p>
        <p class="buttons">
          <button type="button" part="button" id="choose" @click=${() => onChoose(false)}>Choose pictures</button>
          ${
            'webkitdirectory' in HTMLInputElement.prototype
              ? html`<button type="button" part="button" id="choose-folder" @click=${() => onChoose(true)}>Choose a folder</button>`
              : nothing
          }
        </p>
        <input type="file" id="files" accept="image/*" multiple hidden aria-label="Pictures" @change=${onFiles} />
        <input type="file" id="folder" webkitdirectory multiple hidden aria-label="Folder of pictures" @change=${onFiles} />
        <p class="hint">10 to 200 are best; 1 to 2,000 are taken. Your pictures stay in this page: nothing is uploaded.</p>
      </div>
      ${isAdding ? html`<p class="hint">Looking at the files…</p>` : nothing} ${pictures.length > 0 ? renderThumbnails(view) : nothing}
      ${refused.length > 0 ? renderRefused(refused) : nothing}
    </fieldset>
  `;
}

function renderThumbnails(view: PicturesView): TemplateResult {
  const { pictures } = view.collection;
  const shown = pictures.slice(0, MOST_SHOWN);
  const more = pictures.length - shown.length;
  return html`
    <div class="count">
      <span id="count">${tellPictures(pictures.length)}</span>
      <button type="button" part="button" class="plain" id="remove-all" @click=${view.onRemoveAll}>Remove all</button>
    </div>
    <ul class="thumbnails" aria-labelledby="count">
      ${repeat(
        shown,
        ({ id }) => id,
        (picture) => renderThumbnail(picture, view),
      )}
      ${more > 0 ? html`<li class="more">and ${more} more</li>` : nothing}
    </ul>
  `;
}

function renderThumbnail(picture: ChosenPicture, { collection, onRemove, onCrop, onBroken }: PicturesView): TemplateResult {
  const { name } = picture;
  return html`
    <li part="thumbnail">
      <button
        type="button"
        class="crop"
        title="Adjust the crop of ${name}"
        aria-label="Adjust the crop of ${name}"
        @click=${() => onCrop(picture)}
      >
        ${renderSquare(picture, collection.urlOf(picture), () => onBroken(picture))}
      </button>
      <button type="button" class="remove" title="Remove ${name}" aria-label="Remove ${name}" @click=${() => onRemove(picture)}>
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8" /></svg>
      </button>
    </li>
  `;
}

/** The square that training sees. */
function renderSquare({ crop, size }: ChosenPicture, url: string, onBroken: () => void): TemplateResult {
  if (!crop || !size) return html`<img alt="" loading="lazy" decoding="async" src=${url} @error=${onBroken} />`;
  const { left, top, side } = placeCrop(crop, size);
  const image = svg`<image href=${url} width=${size.width} height=${size.height} />`;
  return html`<svg viewBox="${left} ${top} ${side} ${side}" aria-hidden="true">${image}</svg>`;
}

function renderRefused(refused: readonly RefusedPicture[]): TemplateResult {
  const title = refused.length === 1 ? '1 file cannot be used' : `${refused.length} files cannot be used`;
  return html`
    <details class="refused" part="refused" ?open=${refused.length <= 3}>
      <summary>${title}</summary>
      <ul tabindex="0" aria-label=${title}>
        ${refused.map(({ name, reason }) => html`<li><b>${name}</b> ${reason}</li>`)}
      </ul>
    </details>
  `;
}
