/** What a visitor does on the demo page. What is said to run in the page uses nothing of this module. */
import type { ElementHandle, Page } from 'puppeteer-core';

/** Waits until every element in view draws. */
export async function untilDrawn(page: Page): Promise<void> {
  const areDrawn = () =>
    [...document.querySelectorAll('gan-canvas')].every((element) => {
      const { top, width } = element.getBoundingClientRect();
      return (element as unknown as { ready: boolean }).ready || width === 0 || top > innerHeight || !element.checkVisibility();
    });
  await page.waitForFunction(areDrawn, { timeout: 60_000, polling: 100 });
}

/** What the controls of the demo's picture have by that selector, once it is there. */
async function findControl(page: Page, selector: string): Promise<ElementHandle> {
  const found = await page.waitForSelector(`#picture >>> ${selector}`);
  if (!found) throw new Error(`The controls have no ${selector}.`);
  return found;
}

/** Unfolds the controls, up to the slider of truncation. */
export async function unfoldControls(page: Page): Promise<void> {
  await (await findControl(page, '#more')).click();
  await findControl(page, '#truncation');
}

/** Clicks, keys on a slider and typing, in turn; each after what the one before led to had time to be drawn. */
export async function pressInTurn(page: Page, times: number): Promise<void> {
  const ways = [
    async () => (await findControl(page, '#new-seed')).click(),
    async () => (await findControl(page, '#truncation')).press('ArrowRight'),
    async () => (await findControl(page, '#seed')).press('7'),
  ];
  for (let time = 0; time < times; time++) {
    await ways[time % ways.length]?.();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Runs in the page: draws pictures of the size of photographs, and chooses them in the panel as a file dialog does. Forgets what that cost. */
export async function chooseDrawnPictures(count: number): Promise<void> {
  const panel = document.querySelector('#pupil')?.shadowRoot?.querySelector('[part="training-panel"]')?.shadowRoot;
  const input = panel?.querySelector<HTMLInputElement>('#files');
  if (!panel || !input) throw new Error('There is no panel.');
  const transfer = new DataTransfer();
  for (let index = 0; index < count; index++) {
    const canvas = new OffscreenCanvas(2400, 1800);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no 2d context');
    for (let at = 0; at < 300; at++) {
      context.fillStyle = `hsl(${index * 30 + (at % 60)} 80% ${20 + (at % 50)}%)`;
      context.fillRect((at * 377) % 2400, (at * 733) % 1800, 400, 300);
    }
    const blob = await canvas.convertToBlob({ type: 'image/jpeg' });
    transfer.items.add(new File([blob], `${index}.jpg`, { type: 'image/jpeg' }));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  (globalThis as unknown as { takeWatched(): unknown }).takeWatched();
  input.files = transfer.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  while (panel.querySelector('#count')?.textContent !== `${count} pictures`) await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Runs in the page: trains in the panel, and waits until it is over. */
export async function trainInPanel(steps: number, batch: number): Promise<void> {
  const panel = document.querySelector('#pupil')?.shadowRoot?.querySelector('[part="training-panel"]')?.shadowRoot;
  for (const [name, value] of Object.entries({ steps, batch })) {
    const field = panel?.querySelector<HTMLInputElement>(`[name="${name}"]`);
    if (!field) throw new Error(`The panel has no ${name}.`);
    field.value = String(value);
    field.dispatchEvent(new Event('change'));
  }
  panel?.querySelector<HTMLElement>('#start')?.click();
  while (!panel?.querySelector('#outcome')) await new Promise((resolve) => setTimeout(resolve, 100));
  const told = panel.querySelector('#outcome')?.textContent ?? '';
  if (!told.includes(`Done: ${steps} steps`)) throw new Error(`The training did not finish: ${told}`);
}
