import type { DirectionInfo, GenerateOptions } from '../../src/index.ts';

/** Draws one picture with one direction at one size, all else as it is. */
export type DrawMoved = (name: string, size: number, options: Pick<GenerateOptions, 'signal'>) => Promise<ImageData>;

/** A slider for each direction, between the pictures of its two ends. */
export interface DirectionSliders {
  /** Makes the sliders, at these sizes; without directions there are none. */
  show(directions: readonly DirectionInfo[], sizes: ReadonlyMap<string, number>): void;
  /** The sizes that are not 0. */
  read(): Record<string, number>;
  centre(): void;
  /** Draws the ends' pictures, one after the other. */
  drawEnds(draw: DrawMoved, signal: AbortSignal): Promise<void>;
}

/** `fur-colour` as `Fur colour`, `pca-1` as `PCA 1`. */
function titleOf({ name, kind }: DirectionInfo): string {
  if (kind === 'pca') return name.replace('pca-', 'PCA ');
  if (kind === 'sefa') return name.replace('sefa-', 'SeFa ');
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The one figure that says most of a direction; empty text where the file has none. */
function figureOf({ validation }: DirectionInfo): string {
  const { ratio, explainedVariance, explainedStyle } = validation;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  if (typeof ratio === 'number') return `side effects ${ratio.toFixed(1)} × smaller`;
  if (typeof explainedVariance === 'number') return `${percent(explainedVariance)} of what varies`;
  return typeof explainedStyle === 'number' ? `${percent(explainedStyle)} of all change` : '';
}

function formatSize(size: number): string {
  return size === 0 ? '0' : `${size > 0 ? '+' : '−'}${Math.abs(size).toFixed(1)}`;
}

function create<K extends keyof HTMLElementTagNameMap>(tag: K, properties: Partial<HTMLElementTagNameMap[K]>): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), properties);
}

function createEnd(size: number): HTMLCanvasElement {
  const canvas = create('canvas', { width: 1, height: 1 });
  canvas.ariaHidden = 'true';
  canvas.dataset.size = String(size);
  return canvas;
}

function createSlider(direction: DirectionInfo, size: number): HTMLElement {
  const { name, range } = direction;
  const [least, most] = range;
  const input = create('input', { type: 'range', id: `direction-${name}`, min: String(least), max: String(most), step: '0.1' });
  // Only with its range does a slider take a value of that range.
  input.value = String(size);
  input.dataset.direction = name;
  const output = create('output', {});
  output.htmlFor.add(input.id);
  const showSize = (): void => {
    output.textContent = formatSize(Number(input.value));
  };
  input.addEventListener('input', showSize);
  showSize();
  const card = create('div', { className: 'direction' });
  card.append(
    create('label', { htmlFor: input.id, textContent: titleOf(direction) }),
    output,
    createEnd(least),
    input,
    createEnd(most),
    create('small', { textContent: figureOf(direction) }),
  );
  return card;
}

function showImage(canvas: HTMLCanvasElement, image: ImageData): void {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

/** Fills `container` with sliders. */
export function createDirectionSliders(container: HTMLElement): DirectionSliders {
  const inputs = (): HTMLInputElement[] => [...container.querySelectorAll('input')];
  return {
    show(directions, sizes) {
      container.replaceChildren(...directions.map((each) => createSlider(each, sizes.get(each.name) ?? 0)));
    },
    read: () =>
      Object.fromEntries(
        inputs()
          .filter(({ value }) => Number(value) !== 0)
          .map(({ dataset, value }) => [dataset.direction ?? '', Number(value)]),
      ),
    centre() {
      for (const input of inputs()) {
        input.value = '0';
        input.dispatchEvent(new Event('input'));
      }
    },
    async drawEnds(draw, signal) {
      for (const card of container.querySelectorAll('.direction')) {
        const name = card.querySelector('input')?.dataset.direction ?? '';
        for (const canvas of card.querySelectorAll('canvas')) showImage(canvas, await draw(name, Number(canvas.dataset.size), { signal }));
      }
    },
  };
}
