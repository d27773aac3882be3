import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { importCheckpoint } from '../../src/engine/import-checkpoint.ts';
import type { ModelInfo } from '../../src/index.ts';
import { createExhibit, type Update } from '../exhibits/create-exhibit.ts';
import { attributeControls, renderPicture, type Attributes } from './attributes.ts';

const meta: Meta<Attributes> = {
  title: 'Element/Training',
  component: 'gan-canvas',
  argTypes: attributeControls,
  parameters: { controls: { include: Object.keys(attributeControls) } },
};
export default meta;

type Story = StoryObj<Attributes>;

/** The panel of `trainable`: drop pictures, press start, watch. No picture leaves the page. */
export const FineTuning: Story = {
  args: { trainable: true, samples: 9, seed: 'pupil' },
  render: (args) => html`<div class="exhibit">${renderPicture(args)}</div>`,
};

interface ImportState {
  readonly isOver: boolean;
  readonly url: string | null;
  readonly said: readonly string[];
  readonly info: ModelInfo | null;
}

const EXAMPLE = 'checkpoints/tiny-stylegan2-ada.pkl';

async function showCheckpoint(file: Blob, name: string, update: Update<ImportState>): Promise<void> {
  update({ isOver: false, said: [`Reading ${name} …`] });
  try {
    const { generator, summary } = await importCheckpoint(file, { name });
    const url = URL.createObjectURL(new Blob([generator as Uint8Array<ArrayBuffer>]));
    update({ url, said: [`${name}: ${summary.family}`, ...summary.notes] });
  } catch (error) {
    update({ said: [`${name} was not taken. ${(error as Error).message}`] });
  }
}

async function fetchExample(): Promise<Blob> {
  const response = await fetch(EXAMPLE);
  return response.blob();
}

/**
 * A PyTorch checkpoint becomes a weights file in the page; none of the program in it is run, and nothing is sent anywhere. The example is a
 * StyleGAN2-ADA of 16×16 pixels with random weights: it was never trained, so it draws what its architecture draws by itself.
 */
export const ImportingACheckpoint: StoryObj = {
  parameters: { controls: { disable: true } },
  render: () => {
    const start: ImportState = { isOver: false, url: null, said: [], info: null };
    return createExhibit<ImportState>(start, ({ isOver, url, said }, update) => {
      const handleDrag = (event: DragEvent): void => {
        event.preventDefault();
        update({ isOver: event.type === 'dragover' });
      };
      const take = (file: File | undefined): void => {
        if (file) void showCheckpoint(file, file.name, update);
      };
      const takeExample = async (): Promise<void> => {
        await showCheckpoint(await fetchExample(), 'tiny-stylegan2-ada.pkl', update);
      };
      if (url === null && said.length === 0) queueMicrotask(() => void takeExample());
      return html`
        <div
          class="drop ${isOver ? 'over' : ''}"
          @dragover=${handleDrag}
          @dragleave=${handleDrag}
          @drop=${(event: DragEvent) => {
            event.preventDefault();
            take(event.dataTransfer?.files[0]);
          }}
        >
          <p>Drop a <code>.pkl</code>, <code>.pt</code> or <code>.pth</code> here, or</p>
          <label class="field"
            >choose one
            <input
              type="file"
              accept=".pkl,.pt,.pth"
              @change=${(event: Event) => {
                take((event.currentTarget as HTMLInputElement).files?.[0]);
              }}
            />
          </label>
        </div>
        ${url === null ? '' : html`<div class="single"><gan-canvas src=${url} samples="9"></gan-canvas></div>`}
        <div role="status">
          <ul>
            ${said.map((line) => html`<li>${line}</li>`)}
          </ul>
        </div>
        <p><button type="button" @click=${takeExample}>Import the example again</button></p>
      `;
    });
  },
};
