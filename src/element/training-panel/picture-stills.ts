/** The picture at the start of a training, and as it is now, each in a canvas of its own; {@link takeStills} makes them. */
export class PictureStills {
  readonly before: HTMLCanvasElement;
  readonly now: HTMLCanvasElement;

  constructor(source: HTMLCanvasElement) {
    this.before = createStill('The picture before the training');
    this.now = createStill('The picture as it is now');
    copyPicture(source, this.before);
    copyPicture(source, this.now);
  }

  /** The picture is another one now. */
  refresh(source: HTMLCanvasElement | null): void {
    if (source) copyPicture(source, this.now);
  }
}

/** Of what a canvas shows; null where it shows nothing yet. */
export function takeStills(source: HTMLCanvasElement | null): PictureStills | null {
  return source && source.width > 0 && source.height > 0 ? new PictureStills(source) : null;
}

function createStill(label: string): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.role = 'img';
  canvas.ariaLabel = label;
  return canvas;
}

function copyPicture(source: HTMLCanvasElement, target: HTMLCanvasElement): void {
  target.width = source.width;
  target.height = source.height;
  target.getContext('2d')?.drawImage(source, 0, 0);
}
