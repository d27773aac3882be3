import { emulateMedia } from '@web/test-runner-commands';
import { assert } from 'chai';
import { createFakeCanvas, createGate, nextEvent, settle } from './fake-generator.ts';
import type { FakeCanvas } from './fake-generator.ts';

function setVisibility(state: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: state });
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('element/walk', () => {
  let element: FakeCanvas;
  beforeEach(() => {
    element = createFakeCanvas({ autoplay: true, seed: 'w', interval: 5000 });
  });
  afterEach(async () => {
    element.remove();
    Reflect.deleteProperty(document, 'visibilityState');
    await emulateMedia({ reducedMotion: 'no-preference' });
  });

  const walked = () => element.opened.flatMap((generator) => generator.walked);
  async function show(): Promise<void> {
    const loaded = nextEvent(element, 'load');
    document.body.append(element);
    await loaded;
  }
  /** Waits for so many more steps of the walk. */
  async function steps(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await nextEvent(element, 'render');
  }
  async function assertStandsStill(): Promise<void> {
    await settle();
    await settle();
    const before = walked().length;
    for (let frame = 0; frame < 5; frame += 1) await settle();
    assert.equal(walked().length, before);
  }

  it('walks from the seed to the next, forwards', async () => {
    await show();
    await steps(4);
    const [first] = walked();
    assert.deepEqual(first?.slice(0, 2), ['w', 'w/1']);
    const places = walked().map(([from, , t]) => Number(from.split('/')[1] ?? 0) + t);
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
  });

  it('never has more than one picture under way, however slow it is drawn', async () => {
    await show();
    await steps(1);
    const [generator] = element.opened;
    assert.exists(generator);
    const gate = createGate();
    generator.gate = gate;
    while (generator.concurrent === 0) await settle();
    const before = walked().length;
    for (let frame = 0; frame < 5; frame += 1) await settle();
    assert.equal(walked().length, before);
    assert.equal(generator.mostConcurrent, 1);
    gate.open();
    await steps(2);
  });

  it('stands still for visitors who prefer reduced motion, and walks when they no longer do', async () => {
    await emulateMedia({ reducedMotion: 'reduce' });
    await show();
    await assertStandsStill();
    assert.lengthOf(walked(), 0);
    await emulateMedia({ reducedMotion: 'no-preference' });
    await steps(2);
  });

  it('stands still in a hidden tab', async () => {
    await show();
    await steps(1);
    setVisibility('hidden');
    await assertStandsStill();
    setVisibility('visible');
    await steps(2);
  });

  it('stands still off-screen', async () => {
    const spacer = document.createElement('div');
    spacer.style.height = '300vh';
    await show();
    await steps(1);
    document.body.prepend(spacer);
    await new Promise<void>((resolve) => {
      const observer = new IntersectionObserver(([entry]) => {
        if (entry?.isIntersecting) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(element);
    });
    await assertStandsStill();
    spacer.remove();
    await steps(2);
  });

  it('keeps the place where it is stopped, goes on from it, and begins anew with a new seed', async () => {
    await show();
    await steps(3);
    element.autoplay = false;
    await assertStandsStill();
    const place = walked().at(-1);
    element.truncation = 0.3;
    await steps(1);
    assert.deepEqual(walked().at(-1), place);
    element.seed = 'v';
    const still = await nextEvent(element, 'render');
    assert.deepEqual([still.seed, still.toSeed], ['v', null]);
  });

  it('does not walk away from a latent of the page’s own', async () => {
    element.latent = new Float32Array(8);
    await show();
    await assertStandsStill();
    assert.lengthOf(walked(), 0);
  });
});
