import type { DirectionInfo } from '../../src/index.ts';

/** The sliders of a model's named directions, in groups from what shapes the picture to what colours it. */
export interface DirectionSliders {
  /** Makes the sliders of another model, at these sizes. */
  show(directions: readonly DirectionInfo[], numWs: number, sizes: ReadonlyMap<string, number>): void;
  /** The sizes that are not 0, as the attribute has them; empty text when all are. */
  read(): string;
  centre(): void;
}

const GROUPS = ['Form', 'Features', 'Surface'] as const;

/** Early rows of ws carry form, late ones colour and texture. */
function groupOf({ layers }: DirectionInfo, numWs: number): (typeof GROUPS)[number] | null {
  if (!layers) return null;
  const middle = (layers[0] + layers[1] + 1) / 2 / numWs;
  return GROUPS[Math.min(2, Math.floor(middle * 3))] ?? null;
}

/** `fur-colour` as `Fur colour`. */
function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function showSize(input: HTMLInputElement, output: HTMLOutputElement): void {
  const size = Number(input.value);
  output.textContent = size === 0 ? '' : `${size > 0 ? '+' : '−'}${Math.abs(size).toFixed(1)}`;
}

function createSlider({ name, range }: DirectionInfo, size: number): HTMLElement {
  const input = Object.assign(document.createElement('input'), {
    type: 'range',
    id: `direction-${name}`,
    min: String(range[0]),
    max: String(range[1]),
    step: '0.1',
  });
  // Only with its range does a slider take a value of that range.
  input.value = String(size);
  input.dataset.direction = name;
  const label = Object.assign(document.createElement('label'), { htmlFor: input.id, textContent: titleOf(name) });
  const output = document.createElement('output');
  output.htmlFor.add(input.id);
  input.addEventListener('input', () => showSize(input, output));
  showSize(input, output);
  const field = Object.assign(document.createElement('div'), { className: 'field' });
  field.append(label, output, input);
  return field;
}

function createGroup(title: string | null, fields: readonly HTMLElement[]): HTMLElement {
  const group = Object.assign(document.createElement('div'), { className: 'group' });
  if (title !== null) {
    group.role = 'group';
    group.ariaLabel = title;
    group.append(Object.assign(document.createElement('h3'), { textContent: title }));
  }
  group.append(...fields);
  return group;
}

/** Fills `container` with sliders; `fieldset`, around it, is hidden while there are none. */
export function createDirectionSliders(fieldset: HTMLElement, container: HTMLElement): DirectionSliders {
  const inputs = (): HTMLInputElement[] => [...container.querySelectorAll('input')];
  return {
    show(directions, numWs, sizes) {
      const groups = ([null, ...GROUPS] as const)
        .map((title) => ({ title: title ?? 'The whole', own: directions.filter((each) => groupOf(each, numWs) === title) }))
        .filter(({ own }) => own.length > 0);
      const sliders = (own: readonly DirectionInfo[]) => own.map((each) => createSlider(each, sizes.get(each.name) ?? 0));
      container.replaceChildren(...groups.map(({ title, own }) => createGroup(groups.length > 1 ? title : null, sliders(own))));
      fieldset.hidden = directions.length === 0;
    },
    read: () =>
      inputs()
        .filter(({ value }) => Number(value) !== 0)
        .map(({ dataset, value }) => `${dataset.direction ?? ''}:${String(Number(value))}`)
        .join(' '),
    centre() {
      for (const input of inputs()) {
        input.value = '0';
        input.dispatchEvent(new Event('input'));
      }
    },
  };
}
