import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import type { GanCanvas, GanCanvasErrorEvent } from '../../src/index.ts';
import { createExhibit } from '../exhibits/create-exhibit.ts';
import { attributeControls, renderPicture, type Attributes } from './attributes.ts';

/** What the story's failure is called, for the test; `fails` is part of the message that is shown. */
interface Failure {
  readonly fails: string;
}

const meta: Meta<Attributes> = {
  title: 'Element/Failures',
  component: 'gan-canvas',
  tags: ['autodocs'],
  argTypes: attributeControls,
  parameters: {
    controls: { include: Object.keys(attributeControls) },
    docs: {
      description: {
        component:
          'What cannot be drawn shows the poster, the tag’s own content or a message, fires one `error` event with a `code`, and recovers as soon as the attribute is mended. Try it: mend an attribute in the controls.',
      },
    },
  },
  render: (args) => html`<div class="exhibit"><div class="failure">${renderPicture(args)}</div></div>`,
};
export default meta;

type Story = StoryObj<Attributes>;
const failure = (fails: string, args: Attributes): Story => ({ args, parameters: { fails } satisfies Failure });

/** `unknown-model`: the message names those there are. */
export const UnknownModel: Story = failure('pomona', { model: 'pomegranate' });

/** `weights-fetch`: there is no file at this address. */
export const WeightsMissing: Story = failure('404', { src: 'nowhere.safetensors' });

/** `weights-format`: there is a file, but it is a page. */
export const NoWeightsFile: Story = failure('HTML page', { src: 'index.html' });

/** `weights-integrity`: the bytes are not those that the hash is of. */
export const IntegrityMismatch: Story = failure('integrity', {
  src: 'dcgan/dcgan-16.safetensors',
  integrity: 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
});

/** `bad-vector`: a direction of three numbers in a space of 128. */
export const BadVector: Story = failure('128', { directions: '{"mine": {"vector": [1, 2, 3], "size": 1}}' });

/** `unknown-class`: no fruit of this model. */
export const UnknownClass: Story = failure('banana', { 'class-label': 'banana' });

/** `unknown-direction`: the model names none of that kind. */
export const UnknownDirection: Story = failure('juiciness', { directions: 'juiciness:2' });

/** `backend-unavailable`: a backend that nobody has. */
export const BackendRefused: Story = failure('quantum', { backend: 'quantum' });

/** A page of its own in a frame, in which a browser is without what is taken away from it: a worker would bring WebGPU back. */
function poorPage(missing: string, tag: string): TemplateResult {
  const page = `<!doctype html><html lang="en"><head><title>A page ${missing}</title>
<style>body { margin: 1rem; color: #2d271e; background: #f6f1e6; font: 1rem/1.5 Georgia, serif } h1 { margin: 0 0 0.5rem; font-size: 1.1rem }</style>
<script>delete Navigator.prototype.gpu; delete globalThis.Worker</script>
<script type="module" src="gan-canvas/gan-canvas.js"></script></head><body><main><h1>A page ${missing}</h1>${tag}</main></body></html>`;
  return html`<div class="exhibit"><iframe title="A page ${missing}" srcdoc=${page}></iframe></div>`;
}

/** `backend-unavailable`, with the reason: WebGPU is asked for by name in a page that has none. */
export const NoWebGpu: Story = {
  parameters: { fails: 'webgpu', controls: { disable: true } },
  render: () => poorPage('without WebGPU', '<gan-canvas backend="webgpu"></gan-canvas>'),
};

/** No failure at all: without WebGPU and without workers, `auto` draws on WebAssembly in the page itself. */
export const NeitherWebGpuNorWorkers: Story = {
  parameters: { controls: { disable: true } },
  render: () => poorPage('without WebGPU and workers', '<gan-canvas seed="poor"></gan-canvas>'),
};

/** The tag’s own content is what a page says in place of the message. */
export const OwnContent: Story = {
  args: { model: 'pomegranate' },
  parameters: { fails: 'orchard' },
  render: (args) =>
    html`<div class="exhibit">
      <div class="failure">
        ${renderPicture(args, html`<p>Our orchard is closed today. <a href="#fruit">See last year’s fruit</a>.</p>`)}
      </div>
    </div>`,
};

/** Mending the attribute is all that it takes. */
export const Mended: StoryObj = {
  parameters: { fails: 'tomatoe', controls: { disable: true } },
  render: () =>
    createExhibit<{ label: string; said: string }>({ label: 'tomatoe', said: '' }, ({ label, said }, update) => {
      const handleError = (event: GanCanvasErrorEvent): void => {
        update({ said: `error: ${event.code}` });
      };
      const handleRender = (event: Event): void => {
        update({ said: `render: ${(event.currentTarget as GanCanvas).classLabel ?? ''} is drawn` });
      };
      return html`
        <div class="failure">
          <gan-canvas seed="4" class-label=${label} @error=${handleError} @render=${handleRender}></gan-canvas>
        </div>
        <p role="status"><code>class-label="${label}"</code>. The last event was <code>${said}</code>.</p>
        <p>
          <button class="primary" type="button" ?disabled=${label === 'persimmon'} @click=${() => update({ label: 'persimmon' })}>
            Make it a persimmon
          </button>
        </p>
      `;
    }),
};
