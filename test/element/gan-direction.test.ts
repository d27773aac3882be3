import { assert } from 'chai';
import { GanDirection } from '../../src/element.ts';
import { isDirectionChild, readDirectionChildren } from '../../src/element/direction-children.ts';
import { assertThrowsCode } from '../support/assert-error.ts';
import { createFakeCanvas, nextEvent, settle, type FakeCanvas } from './fake-generator.ts';

if (!customElements.get('gan-direction')) customElements.define('gan-direction', GanDirection);

function createDirection(properties: Partial<GanDirection>): GanDirection {
  return Object.assign(document.createElement('gan-direction'), properties);
}

describe('element/gan-direction', () => {
  let element: FakeCanvas;
  beforeEach(() => {
    element = createFakeCanvas();
  });
  afterEach(() => element.remove());

  /** What the latest picture was drawn with. */
  const drawn = () => element.opened[0]?.rendered.at(-1)?.directions;
  const show = async (html: string): Promise<void> => {
    element.innerHTML = html;
    const loaded = nextEvent(element, 'load');
    document.body.append(element);
    await loaded;
  };

  it('names a direction, how far to go, and in which layers; a size left out is 1', async () => {
    await show(`
      <gan-direction name="redness" size="1.2" layers="4-7"></gan-direction>
      <gan-direction name="roundness"></gan-direction>
      <gan-direction name="mine" size="-2" vector="[1, 0.5]"></gan-direction>`);
    assert.deepEqual(drawn(), {
      redness: { size: 1.2, layers: '4-7' },
      roundness: { size: 1 },
      mine: { size: -2, vector: [1, 0.5] },
    });
    assert.equal(element.querySelector('gan-direction')?.offsetHeight, 0);
  });

  it('is followed live: attributes, properties, children that come and go', async () => {
    await show('<gan-direction name="redness"></gan-direction>');
    const change = async (act: () => void): Promise<unknown> => {
      const rendered = nextEvent(element, 'render');
      act();
      await rendered;
      return drawn();
    };
    const [child] = element.getElementsByTagName('gan-direction');
    assert.deepEqual(await change(() => child?.setAttribute('size', '2')), { redness: { size: 2 } });
    assert.deepEqual(await change(() => Object.assign(child ?? {}, { size: 3, layers: '1-2' })), { redness: { size: 3, layers: '1-2' } });
    assert.deepEqual(await change(() => element.append(createDirection({ name: 'b', size: 0.5 }))), {
      redness: { size: 3, layers: '1-2' },
      b: { size: 0.5 },
    });
    assert.deepEqual(await change(() => child?.remove()), { b: { size: 0.5 } });
    assert.isUndefined(await change(() => element.replaceChildren()));
    element.remove();
    element.append(createDirection({ name: 'c' }));
    assert.deepEqual(await change(() => document.body.append(element)), { c: { size: 1 } });
  });

  it('is beaten by the attribute, and the attribute by the property', async () => {
    await show('<gan-direction name="child"></gan-direction>');
    element.setAttribute('directions', 'attribute:1');
    await nextEvent(element, 'render');
    assert.equal(drawn(), 'attribute:1');
    element.directions = { property: 1 };
    await nextEvent(element, 'render');
    assert.deepEqual(drawn(), { property: 1 });
    element.directions = null;
    element.removeAttribute('directions');
    await nextEvent(element, 'render');
    assert.deepEqual(drawn(), { child: { size: 1 } });
  });

  it('counts in pictures that methods draw', async () => {
    await show('<gan-direction name="child" size="2"></gan-direction>');
    await element.generate();
    assert.deepEqual(drawn(), { child: { size: 2 } });
  });

  it('fires error for a child that cannot be read, and recovers when it is mended', async () => {
    await show('<gan-direction name="child"></gan-direction>');
    const [child] = element.getElementsByTagName('gan-direction');
    child?.setAttribute('vector', 'nonsense');
    const { code, message } = await nextEvent(element, 'error');
    assert.equal(code, 'bad-vector');
    assert.include(message, 'child');
    assert.isFalse(element.ready);
    child?.removeAttribute('vector');
    await nextEvent(element, 'render');
    assert.isTrue(element.ready);
  });

  it('is no fallback content', async () => {
    element.innerHTML = '<gan-direction name="x" vector="?"></gan-direction>';
    document.body.append(element);
    await nextEvent(element, 'error');
    await settle();
    assert.isFalse(element.shadowRoot?.querySelector<HTMLElement>('[part="message"]')?.hidden);
    element.append('No picture today.');
    await settle();
    assert.isTrue(element.shadowRoot?.querySelector<HTMLElement>('[part="message"]')?.hidden);
  });

  it('refuses names that are missing or come twice, and leaves sizes to the engine', () => {
    const read = (html: string) => {
      element.innerHTML = html;
      return readDirectionChildren(element);
    };
    assertThrowsCode(() => read('<gan-direction size="1"></gan-direction>'), 'unknown-direction', 'no name');
    assertThrowsCode(() => read('<gan-direction name="a"></gan-direction><gan-direction name="a"></gan-direction>'), 'bad-vector', '"a"');
    assert.deepEqual(read('<gan-direction name="a" size="much"></gan-direction>'), { a: { size: NaN } });
    assert.isNull(read('<p><gan-direction name="deep"></gan-direction></p>'));
    assert.isFalse(isDirectionChild(document.createElement('p')));
  });
});
