/** Every story and page of prose of the static site, served from a path that it was not built for. Two are looked at at a time. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';
import { launchBrowser } from '../tools/browser.ts';
import type { RunningServer } from '../tools/static-server.ts';
import { buildStorySite, openDocs, openStory, openWindow, readStoryIndex, serveStorySite, type SeenStory } from '../tools/story-pages.ts';

const FOLDER = '.cache/stories-test';
const PATH = 'some/where';
/** What the story of a missing file asks for. */
const MISSING = 'nowhere.safetensors';
/** Fewer are a flat picture; one of a tiny network has some hundreds. */
const LEAST_COLOURS = 50;
const [DESKTOP, PHONE, HEIGHT] = [1200, 390, 1600];
const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

declare const axe: { run(context: string): Promise<AxeResults> };

buildStorySite(`${FOLDER}/${PATH}`);
const entries = readStoryIndex(`${FOLDER}/${PATH}`);
const stories = entries.filter(({ type }) => type === 'story');
const docs = entries.filter(({ type }) => type === 'docs');

/** A window, and what went wrong in it. */
interface Watched {
  readonly page: Page;
  readonly errors: string[];
}

async function openWatched(browser: Browser): Promise<Watched> {
  const page = await openWindow(browser, DESKTOP, HEIGHT);
  await page.evaluateOnNewDocument(AXE);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    const isMissing = message.location().url?.endsWith(MISSING) ?? false;
    if (message.type() === 'error' && !isMissing) errors.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().endsWith(MISSING)) errors.push(`${String(response.status())}: ${response.url()}`);
  });
  return { page, errors };
}

async function findBarriers(page: Page, context: string): Promise<string[]> {
  const { violations } = await page.evaluate((selector) => axe.run(selector), context);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** How far a page can be moved sideways, at the width of a phone. */
async function measureOverflow(page: Page): Promise<number> {
  await page.setViewport({ width: PHONE, height: HEIGHT });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.setViewport({ width: DESKTOP, height: HEIGHT });
  return overflow;
}

function assertKeepsPromise({ promise, isSettled, colours, failures, waiting }: SeenStory): void {
  const { fails, drawn, mayLack } = promise;
  if (drawn === undefined) assert.equal(waiting, 0, `${String(waiting)} elements have neither drawn nor failed`);
  else assert.equal(colours.length, drawn);
  assert.ok(isSettled, 'has come to rest');
  for (const count of colours) assert.ok(count >= LEAST_COLOURS, `a picture has ${String(count)} colours`);
  const expected = fails ?? mayLack;
  if (fails !== undefined) assert.equal(failures.length, 1, 'shows one failure');
  if (fails === undefined) assert.ok(colours.length > 0, 'draws a picture');
  for (const text of failures) assert.ok(expected !== undefined && text.includes(expected), `fails with: ${text}`);
}

describe('the stories', { concurrency: 2, timeout: 600_000 }, () => {
  let browser: Browser;
  let server: RunningServer;
  const idle: Watched[] = [];

  before(async () => {
    server = await serveStorySite(FOLDER);
    browser = await launchBrowser('none');
  });
  after(async () => {
    await browser.close();
    await server.close();
  });

  /** Lends a window in which nothing has gone wrong yet; one in which something has is not lent again. */
  async function withWindow(check: (page: Page, site: string) => Promise<void>): Promise<void> {
    const watched = idle.pop() ?? (await openWatched(browser));
    await check(watched.page, `${server.url}${PATH}/`);
    assert.deepEqual(watched.errors, []);
    idle.push(watched);
  }

  for (const entry of stories) {
    it(`${entry.title}, ${entry.name}: shows what it is to show, without errors or barriers`, () =>
      withWindow(async (page, site) => {
        assertKeepsPromise(await openStory(page, site, entry));
        assert.deepEqual(await findBarriers(page, '#storybook-root'), []);
        assert.equal(await measureOverflow(page), 0, 'fits the width of a phone');
      }));
  }

  for (const entry of docs) {
    it(`${entry.title}, ${entry.name}: is a page with live pictures, without errors or barriers`, () =>
      withWindow(async (page, site) => {
        await openDocs(page, site, entry);
        if (!entry.title.startsWith('Element/')) assert.deepEqual(await findBarriers(page, '.sbdocs-content'), []);
        assert.equal(await measureOverflow(page), 0, 'fits the width of a phone');
      }));
  }

  it('are many', () => {
    assert.ok(stories.length >= 60 && docs.length >= 8, `${String(stories.length)} stories, ${String(docs.length)} pages of prose`);
  });

  it('are shown by a site that loads nothing from elsewhere', async () => {
    const { page, errors } = await openWatched(browser);
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http') && host !== new URL(server.url).host) elsewhere.push(request.url());
    });
    await page.goto(`${server.url}${PATH}/?path=/story/element-picture--first-picture`);
    const preview = await page.waitForFrame((frame) => frame.url().includes('iframe.html'));
    await preview.waitForFunction(() => document.querySelector('gan-canvas')?.ready === true);
    assert.deepEqual([errors, elsewhere], [[], []]);
  });
});
