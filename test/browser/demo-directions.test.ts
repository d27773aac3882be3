import { assert } from 'chai';
import type { GanCanvas } from '../../src/index.ts';
import { DirectionPanel, type PanelElements } from '../../stories/demo/direction-panel.ts';
import { loadDirectedWeights } from '../support/named-directions.ts';
import { tinySource } from '../support/tiny-source.ts';
import { createCanvas, showPicture } from './show.ts';

describe('the demo’s directions', () => {
  let elements: PanelElements;
  let picture: GanCanvas;
  let panel: DirectionPanel;
  let changes: boolean[];
  beforeEach(() => {
    const [section, centre, sliders, note] = ['section', 'button', 'div', 'p'].map((tag) => document.createElement(tag));
    const kind = document.createElement('select');
    for (const value of ['named', 'pca', 'sefa']) kind.append(new Option(value, value));
    elements = { section, kind, centre, sliders, note } as PanelElements;
    elements.section.hidden = true;
    elements.section.append(elements.sliders);
    document.body.append(elements.section);
    changes = [];
  });
  afterEach(() => {
    picture.remove();
    elements.section.remove();
  });

  async function show(src: string, wanted = ''): Promise<void> {
    picture = createCanvas({ src, backend: 'wasm' });
    panel = new DirectionPanel(elements, picture, (isMoving) => changes.push(isMoving));
    panel.want(wanted);
    await showPicture(picture);
    await panel.showModel();
  }
  const namedSource = async (): Promise<string> =>
    URL.createObjectURL(new Blob([(await loadDirectedWeights('stylegan2-tiny')) as Uint8Array<ArrayBuffer>]));
  const sliders = (): HTMLInputElement[] => [...elements.sliders.querySelectorAll('input')];

  it('has a slider with the range of each named direction, named to assistive technology', async () => {
    await show(await namedSource(), 'redness:1.5 unknown:2');
    assert.deepEqual(
      sliders().map(({ min, max, value, labels }) => [min, max, value, labels?.[0]?.textContent]),
      [
        ['-3', '3', '1.5', 'Redness'],
        ['-2', '2', '0', 'Light from left'],
      ],
    );
    assert.include(elements.sliders.textContent, 'side effects 3.8 × smaller');
    assert.deepEqual([panel.text, panel.isNamed, panel.input], ['redness:1.5', true, { redness: 1.5 }]);
    assert.isFalse(elements.section.hidden);
  });

  it('tells of moving and of having moved, and goes back to the middle', async () => {
    await show(await namedSource());
    changes = [];
    const [slider] = sliders();
    if (slider) slider.value = '-2';
    for (const type of ['input', 'change']) slider?.dispatchEvent(new Event(type, { bubbles: true }));
    assert.deepEqual(changes, [true, false]);
    assert.equal(panel.text, 'redness:-2');
    elements.centre.click();
    assert.isNull(panel.input);
  });

  it('draws the pictures of both ends as the element draws them', async () => {
    await show(await namedSource());
    await panel.drawEnds();
    const [least] = elements.sliders.querySelectorAll('canvas');
    const { data } = await picture.generate({ directions: { redness: -3 } });
    const shown = least?.getContext('2d')?.getImageData(0, 0, least.width, least.height).data;
    assert.deepEqual(shown, data);
  });

  it('shows PCA where a model names no directions, and what the URL names', async () => {
    await show(await tinySource('stylegan2-tiny'), 'pca-2:-3');
    assert.equal(elements.kind.value, 'pca');
    assert.isTrue(elements.kind.options[0]?.disabled);
    assert.lengthOf(sliders(), 10);
    assert.deepEqual([panel.text, panel.isNamed], ['pca-2:-3', false]);
    const [found] = (await picture.discoverDirections({ method: 'pca' })).slice(1);
    assert.deepEqual(panel.input, { 'pca-2': { vector: found?.vector ?? new Float32Array(), layers: null, size: -3 } });
  });

  it('says why there is none instead of throwing: a DCGAN by PCA', async () => {
    await show(await tinySource('tiny-dcgan'), '{no text of directions');
    assert.lengthOf(sliders(), 0);
    assert.include(elements.note.textContent, 'DCGAN');
    await panel.drawEnds();
    elements.kind.value = 'sefa';
    elements.kind.dispatchEvent(new Event('change'));
    while (sliders().length === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
    assert.lengthOf(sliders(), 10);
    panel.clear();
    assert.isTrue(elements.section.hidden);
  });
});
