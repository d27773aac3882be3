import { assert } from 'chai';
import type { GanCanvas } from '../../src/index.ts';
import { loadDirectedWeights } from '../support/named-directions.ts';
import { tinySource } from '../support/tiny-source.ts';
import { findIn, findPanel, textIn } from '../support/training-panel.ts';
import { until } from '../support/until.ts';
import { createCanvas, nextEvent, readPixels, showPicture } from './show.ts';

describe('browser/controls', () => {
  let element: GanCanvas;
  let panel: ShadowRoot;
  afterEach(() => element.remove());

  async function show(src: string, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    element = createCanvas({ src, backend: 'wasm', controls: '', ...attributes });
    await showPicture(element);
    panel = await findPanel(element, 'controls');
  }

  async function open(group: string): Promise<void> {
    const more = await until(() => panel.querySelector<HTMLElement>('#more'));
    if (more.ariaExpanded !== 'true') more.click();
    const summary = await until(() => panel.querySelector<HTMLElement>(`#group-${group}`));
    if (!(summary.parentElement as HTMLDetailsElement).open) summary.click();
    await until(() => summary.parentElement?.querySelector('.body'));
  }

  const namedSource = async (): Promise<string> =>
    URL.createObjectURL(new Blob([(await loadDirectedWeights('stylegan2-tiny')) as Uint8Array<ArrayBuffer>]));
  const pixelsOf = (canvas: Element | null) => {
    const { width, height } = canvas as HTMLCanvasElement;
    return (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data;
  };

  it('draws the ends of a direction, and what its slider says, as the element draws them', async () => {
    await show(await namedSource(), { seed: '3' });
    await open('directions');
    await until(() => panel.querySelectorAll('.direction canvas:not(.empty)').length === 4);
    const { data } = await element.generate({ directions: { redness: -3 } });
    assert.deepEqual(pixelsOf(panel.querySelector('.direction canvas')), data);
    const drawn = nextEvent(element, 'render');
    const slider = findIn<HTMLInputElement>(panel, '#direction-redness');
    slider.value = '-3';
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await drawn;
    assert.deepEqual(readPixels(element).data, data);
  });

  it('finds directions where a model names none, and says why it cannot: a DCGAN by PCA', async () => {
    await show(await tinySource('tiny-dcgan'));
    await open('directions');
    await until(() => textIn(panel, '.hint').includes('DCGAN'));
    const kind = findIn<HTMLSelectElement>(panel, '#direction-kind');
    assert.deepEqual(
      [...kind.options].map(({ value }) => value),
      ['pca', 'sefa'],
    );
    kind.value = 'sefa';
    kind.dispatchEvent(new Event('change'));
    await until(() => panel.querySelectorAll('.direction').length === 10);
    const slider = findIn<HTMLInputElement>(panel, '#direction-sefa-1');
    slider.value = '2';
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    const drawn = nextEvent(element, 'render');
    const found = await element.discoverDirections({ method: 'sefa' });
    await drawn;
    const { vector, layers } = found[0] ?? {};
    assert.deepEqual(element.directions, { 'sefa-1': { vector: vector ?? [], layers: layers ?? null, size: 2 } });
  });

  it('shows a grid of variations, each the picture that choosing it gives', async () => {
    await show(await tinySource('stylegan2-tiny'), { seed: '3' });
    await open('variations');
    await until(() => !panel.querySelector('.variation canvas.empty'));
    const shown = pixelsOf(panel.querySelector('#variation-4 canvas'));
    const drawn = nextEvent(element, 'render');
    findIn(panel, '#variation-4').click();
    await drawn;
    assert.equal(element.seed, '3/4');
    assert.deepEqual(readPixels(element).data, shown);
  });

  it('works in another document, under a policy that allows no inline styles or scripts', async () => {
    await show(await namedSource());
    const violations: string[] = [];
    const frame = document.createElement('iframe');
    frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="style-src 'none'; script-src 'none'"><body></body>`;
    document.body.append(frame);
    await until(() => frame.contentDocument?.querySelector('meta'));
    frame.contentDocument?.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
    frame.contentDocument?.body.append(element);
    await open('pad');
    await until(() => !panel.querySelector('.pad canvas.empty'));
    assert.equal(getComputedStyle(findIn(panel, '.pad')).display, 'grid');
    assert.equal(findIn(panel, '.knob').style.left, '50%');
    assert.deepEqual(violations, []);
    frame.remove();
  });
});
