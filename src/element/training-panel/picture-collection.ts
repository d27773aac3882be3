import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { checkPictureFile } from '../../engine/pictures/decode-picture.ts';
import { MAX_PICTURES, TOO_MANY_PICTURES } from '../../engine/pictures/picture-limits.ts';
import type { PictureCrop } from '../../engine/pictures/read-training-picture.ts';
import type { RefusedPicture } from '../../engine/pictures/read-training-pictures.ts';
import { asPublicError } from '../../engine/public-error.ts';
import { gatherPictures, type GatheredPicture, type PictureInputs } from '../gather-pictures.ts';
import type { ShownSize } from './crop-square.ts';

/** A picture that the visitor gave. */
export interface ChosenPicture {
  readonly id: number;
  readonly name: string;
  readonly source: Blob;
  readonly crop: PictureCrop | null;
  /** Known once the crop was adjusted. */
  readonly size: ShownSize | null;
}

/** What came of adding pictures. */
export interface AddedPictures {
  readonly added: number;
  readonly refused: number;
}

/** Files whose headers are looked at together. */
const AT_ONCE = 16;

/** The pictures that the visitor gave, those that cannot be read, and the URLs that they are shown by. */
export class PictureCollection implements ReactiveController {
  pictures: readonly ChosenPicture[] = [];
  refused: readonly RefusedPicture[] = [];
  /** How many calls of `add` are under way. */
  #adding = 0;
  #lastId = 0;
  readonly #urls = new Map<number, string>();
  readonly #host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get isAdding(): boolean {
    return this.#adding > 0;
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }

  /** Adds what can be read, in the order given, and lists the others. What no pictures can come from is listed as well. */
  async add(inputs: PictureInputs): Promise<AddedPictures> {
    const before = { pictures: this.pictures.length, refused: this.refused.length };
    this.#adding += 1;
    this.#host.requestUpdate();
    try {
      const { pictures, refused } = await gatherPictures(inputs);
      this.#refuse(refused);
      for (let at = 0; at < pictures.length; at += AT_ONCE) await this.#check(pictures.slice(at, at + AT_ONCE));
    } catch (error) {
      this.#refuse([{ name: 'What was given', reason: asPublicError(error).message }]);
    } finally {
      this.#adding -= 1;
      this.#host.requestUpdate();
    }
    return { added: this.pictures.length - before.pictures, refused: this.refused.length - before.refused };
  }

  /** Takes a picture out; with a reason, it is listed among those that cannot be read. */
  remove(id: number, reason: string | null = null): void {
    const picture = this.pictures.find((each) => each.id === id);
    if (!picture) return;
    this.#forgetUrl(id);
    this.pictures = this.pictures.filter((each) => each !== picture);
    if (reason !== null) this.#refuse([{ name: picture.name, reason }]);
    this.#host.requestUpdate();
  }

  clear(): void {
    this.hostDisconnected();
    this.pictures = [];
    this.refused = [];
    this.#host.requestUpdate();
  }

  /** Sets the square of a picture that is used; null: the largest, in the middle. */
  adjust(id: number, crop: PictureCrop | null, size: ShownSize): void {
    this.pictures = this.pictures.map((each) => (each.id === id ? { ...each, crop, size } : each));
    this.#host.requestUpdate();
  }

  /** Lists pictures that training could not read, and takes them out, so that they are not tried again. */
  dropRefused(refused: readonly RefusedPicture[]): void {
    const names = new Set(refused.map(({ name }) => name));
    for (const { id, name } of this.pictures) if (names.has(name)) this.remove(id);
    this.#refuse(refused);
    this.#host.requestUpdate();
  }

  /** A URL to show a picture by; valid until it is removed or the panel leaves the page. */
  urlOf({ id, source }: ChosenPicture): string {
    const url = this.#urls.get(id) ?? URL.createObjectURL(source);
    this.#urls.set(id, url);
    return url;
  }

  async #check(pictures: readonly GatheredPicture[]): Promise<void> {
    const reasons = await Promise.all(pictures.map(({ source }) => findReason(source)));
    const added: ChosenPicture[] = [];
    for (const [index, { name, source, crop }] of pictures.entries()) {
      const isFull = this.pictures.length + added.length >= MAX_PICTURES;
      const reason = reasons[index] ?? (isFull ? TOO_MANY_PICTURES : null);
      if (reason !== null) this.#refuse([{ name, reason }]);
      else added.push({ id: ++this.#lastId, name, source: source as Blob, crop: crop ?? null, size: null });
    }
    this.pictures = [...this.pictures, ...added];
    this.#host.requestUpdate();
  }

  #refuse(refused: readonly RefusedPicture[]): void {
    const known = new Set(this.refused.map(({ name, reason }) => `${name}\n${reason}`));
    this.refused = [...this.refused, ...refused.filter(({ name, reason }) => !known.has(`${name}\n${reason}`))];
  }

  #forgetUrl(id: number): void {
    const url = this.#urls.get(id);
    if (url !== undefined) URL.revokeObjectURL(url);
    this.#urls.delete(id);
  }
}

/** Why a picture cannot be read, as far as its header tells; null when nothing speaks against it. */
async function findReason(source: GatheredPicture['source']): Promise<string | null> {
  try {
    if (source instanceof Blob) {
      await checkPictureFile(source);
      return null;
    }
    source.close();
    return 'The panel takes picture files; pixels are given to fineTune().';
  } catch (error) {
    return asPublicError(error).message;
  }
}
