/** Every story and page of prose of the static site, served from a path that it was not built for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';
import { launchBrowser } from '../tools/browser.ts';
import { serveFolder, type RunningServer } from '../tools/static-server.ts';
import { buildStorySite, openDocs, openStory, openWindow, readStoryIndex, type SeenStory, type StoryEntry } from '../tools/story-pages.ts';

const FOLDER = '.cache/stories-test';
const SITE = `${FOLDER}/some/where`;
/** What the story of a missing file asks for. */
const MISSING = 'nowhere.safetensors';
/** Fewer are a flat picture; one of a tiny network has some hundreds. */
const LEAST_COLOURS = 50;
const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

declare const axe: { run(context: string): Promise<AxeResults> };

/** Notes what goes wrong in a page from now on. */
function collectErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    const isMissing = message.location().url?.endsWith(MISSING) ?? false;
    if (message.type() === 'error' && !isMissing) errors.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().endsWith(MISSING)) errors.push(`${String(response.status())}: ${response.url()}`);
  });
  return errors;
}

async function findBarriers(page: Page, context: string): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((selector) => axe.run(selector), context);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

function assertKeepsPromise({ promise, colours, failures, waiting }: SeenStory): void {
  const { fails, drawn, mayLack } = promise;
  if (drawn === undefined) assert.equal(waiting, 0, `${String(waiting)} elements have neither drawn nor failed`);
  else assert.equal(colours.length, drawn);
  for (const count of colours) assert.ok(count >= LEAST_COLOURS, `a picture has ${String(count)} colours`);
  const expected = fails ?? mayLack;
  if (fails !== undefined) assert.equal(failures.length, 1, 'shows one failure');
  if (fails === undefined) assert.ok(colours.length > 0, 'draws a picture');
  for (const text of failures) assert.ok(expected !== undefined && text.includes(expected), `fails with: ${text}`);
}

describe('the stories', { timeout: 600_000 }, () => {
  let browser: Browser;
  let server: RunningServer;
  let entries: readonly StoryEntry[];

  before(async () => {
    buildStorySite(SITE);
    entries = readStoryIndex(SITE);
    server = await serveFolder(FOLDER);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await server.close();
  });

  /** Runs `check` on every entry, two at a time, and gives what each complains of. */
  async function checkAll(type: StoryEntry['type'], check: (page: Page, entry: StoryEntry) => Promise<void>): Promise<string[]> {
    const left = entries.filter((entry) => entry.type === type);
    const complaints: string[] = [];
    const work = async (): Promise<void> => {
      for (let entry = left.shift(); entry; entry = left.shift()) {
        const page = await openWindow(browser, 1200, 1600);
        const errors = collectErrors(page);
        await check(page, entry).catch((error: unknown) => errors.push((error as Error).message));
        complaints.push(...errors.map((error) => `${entry.id}: ${error}`));
        await page.browserContext().close();
      }
    };
    await Promise.all([work(), work()]);
    return complaints;
  }

  it('show varied pictures, or the failure that they are named for, without errors or barriers', async () => {
    assert.ok(entries.filter(({ type }) => type === 'story').length >= 40);
    const complaints = await checkAll('story', async (page, entry) => {
      assertKeepsPromise(await openStory(page, `${server.url}some/where/`, entry));
      assert.deepEqual(await findBarriers(page, '#storybook-root'), []);
    });
    assert.deepEqual(complaints, []);
  });

  it('are explained by pages with live pictures, without errors', async () => {
    const complaints = await checkAll('docs', async (page, entry) => {
      await openDocs(page, `${server.url}some/where/`, entry);
      if (!entry.title.startsWith('Element/')) assert.deepEqual(await findBarriers(page, '.sbdocs-content'), []);
    });
    assert.deepEqual(complaints, []);
  });

  it('are shown by a site that loads nothing from elsewhere', async () => {
    const page = await openWindow(browser, 1200, 900);
    const errors = collectErrors(page);
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http') && host !== new URL(server.url).host) elsewhere.push(request.url());
    });
    await page.goto(`${server.url}some/where/?path=/story/element-picture--first-picture`);
    const preview = await page.waitForFrame((frame) => frame.url().includes('iframe.html'));
    await preview.waitForFunction(() => document.querySelector('gan-canvas')?.ready === true);
    assert.deepEqual([errors, elsewhere], [[], []]);
  });
});
