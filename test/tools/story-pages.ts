/** Builds Storybook's static site and opens its stories in a browser, for tests and screenshots. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { serveFolder, type RunningServer } from './static-server.ts';

/** A story or a page of prose, as the site's index lists it. */
export interface StoryEntry {
  readonly id: string;
  readonly title: string;
  readonly name: string;
  readonly type: 'story' | 'docs';
}

/** What a story promises of itself in its parameters. */
export interface StoryPromise {
  /** Text of the failure that it shows; left out: all of its pictures are drawn. */
  readonly fails?: string;
  /** How many of its pictures are drawn at first; left out: all. */
  readonly drawn?: number;
  /** A selector of what comes up once pictures are drawn. */
  readonly shows?: string;
  /** The backend that one of its elements asks for and a machine may not have. */
  readonly mayLack?: string;
}

/** What one sees of a story. */
export interface SeenStory {
  readonly promise: StoryPromise;
  /** Its play function has ended, its pictures are drawn or have failed, and what comes up then has come up. */
  readonly isSettled: boolean;
  /** Distinct colours of each picture that is drawn. */
  readonly colours: readonly number[];
  /** What is shown in the place of each picture that failed: message, own content, or the poster's URL. */
  readonly failures: readonly string[];
  /** Elements that have neither drawn nor failed. */
  readonly waiting: number;
}

/** Builds the static site into `folder` out of `dist/`, which must be there. */
export function buildStorySite(folder: string): void {
  if (!existsSync('dist/cdn/gan-canvas.js')) throw new Error('There is no dist/cdn/gan-canvas.js; run "npm run build" first.');
  rmSync(folder, { recursive: true, force: true });
  const command = ['build', '-c', 'stories/config', '-o', folder, '--disable-telemetry', '--quiet', '--loglevel', 'warn'];
  const { status, stdout, stderr } = spawnSync('node_modules/.bin/storybook', command, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    env: { ...process.env, STORYBOOK_DISABLE_TELEMETRY: '1', CI: '1' },
  });
  if (status !== 0) throw new Error(`Storybook could not be built:\n${stdout}\n${stderr}`);
}

export function readStoryIndex(folder: string): readonly StoryEntry[] {
  const { entries } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { entries: Record<string, StoryEntry> };
  return Object.values(entries);
}

/** Serves a built site, or a folder above it; what was fetched once is not fetched again by the same window. */
export function serveStorySite(folder: string): Promise<RunningServer> {
  return serveFolder(folder, { headers: () => ({ 'Cache-Control': 'max-age=3600' }) });
}

/** A window of its own, for one story after another: of two tabs in one window, one is hidden and draws nothing. */
export async function openWindow(browser: Browser, width: number, height: number): Promise<Page> {
  const page = await (await browser.createBrowserContext()).newPage();
  await page.setViewport({ width, height });
  await lookInPages(page);
  return page;
}

interface Tag extends HTMLElement {
  readonly ready: boolean;
}
interface StorybookGlobal {
  readonly __STORYBOOK_ADDONS_CHANNEL__?: { emit(event: string, entry: { storyId: string; viewMode: string }): void };
  readonly __STORYBOOK_PREVIEW__?: {
    readonly currentRender?: { readonly id: string; readonly phase?: string; readonly story?: { readonly parameters: StoryPromise } };
  };
}

/** Defines in the page what the functions below look with. */
async function lookInPages(page: Page): Promise<void> {
  // tsx compiles functions with calls of a helper that keeps their names; what goes to the page would miss it.
  await page.evaluateOnNewDocument('globalThis.__name = (value) => value');
  await page.evaluateOnNewDocument(() => {
    const documents = (): Document[] => [
      document,
      ...[...document.querySelectorAll('iframe')].flatMap(({ contentDocument }) => (contentDocument ? [contentDocument] : [])),
    ];
    const tags = (): Tag[] => documents().flatMap((each) => [...each.querySelectorAll<Tag>('gan-canvas:not([hidden])')]);
    const promise = (): StoryPromise => (globalThis as StorybookGlobal).__STORYBOOK_PREVIEW__?.currentRender?.story?.parameters ?? {};
    const failed = (tag: Tag): boolean => tag.matches(':state(error)');
    const isSettled = (): boolean => {
      const { phase } = (globalThis as StorybookGlobal).__STORYBOOK_PREVIEW__?.currentRender ?? {};
      if (phase !== 'finished' && phase !== 'completed') return false;
      const frames = [...document.querySelectorAll('iframe')];
      if (frames.some((frame) => !frame.contentDocument?.querySelector('gan-canvas'))) return false;
      const { drawn, shows } = promise();
      const done = tags().filter((tag) => tag.ready || failed(tag)).length;
      const isDrawn = tags().length > 0 && done >= (drawn ?? tags().length);
      return isDrawn && (shows === undefined || document.querySelector(shows) !== null);
    };
    const countColours = (tag: Tag): number => {
      const shown = tag.shadowRoot?.querySelector('canvas');
      if (!shown || shown.width === 0) return 0;
      const copy = new OffscreenCanvas(shown.width, shown.height);
      const context = copy.getContext('2d');
      context?.drawImage(shown, 0, 0);
      const { data } = context?.getImageData(0, 0, copy.width, copy.height) ?? { data: new Uint8ClampedArray() };
      return new Set(new Uint32Array(data.buffer)).size;
    };
    const tellFailure = (tag: Tag): string => {
      const parts = [
        ...(tag.shadowRoot?.querySelectorAll<HTMLElement>('[part="message"], img') ?? []),
        ...tag.querySelectorAll<HTMLElement>('*'),
      ];
      const visible = parts.filter((part) => part.checkVisibility());
      return visible.map((part) => (part instanceof HTMLImageElement ? part.src : (part.textContent ?? ''))).join(' ');
    };
    const see = (): SeenStory => ({
      promise: JSON.parse(JSON.stringify(promise(), ['fails', 'drawn', 'shows', 'mayLack'])) as StoryPromise,
      isSettled: isSettled(),
      colours: tags()
        .filter((tag) => tag.ready)
        .map(countColours),
      failures: tags().filter(failed).map(tellFailure),
      waiting: tags().filter((tag) => !tag.ready && !failed(tag)).length,
    });
    const isRead = (): boolean => {
      const own = tags().filter((tag) => tag.ownerDocument === document);
      const inSight = own.filter((tag) => tag.getBoundingClientRect().top < innerHeight);
      return own.length > 0 && inSight.every((tag) => tag.ready || failed(tag));
    };
    const shownId = (): string | undefined => (globalThis as StorybookGlobal).__STORYBOOK_PREVIEW__?.currentRender?.id;
    Object.assign(globalThis, { storyPages: { shownId, isSettled, isRead, see } });
  });
}

declare const storyPages: { shownId(): string | undefined; isSettled(): boolean; isRead(): boolean; see(): SeenStory };

/** Storybook's own run of axe would be in the way of one that comes when pictures are drawn. */
const GLOBALS = 'globals=a11y.manual:!true';

/**
 * Has the page's preview show an entry, as the site's sidebar does: what was shown before is taken down, and its elements release their worker.
 * The first entry of a window opens the page. `site` ends with a slash.
 */
async function showEntry(page: Page, site: string, { id }: StoryEntry, viewMode: 'story' | 'docs'): Promise<void> {
  if (!page.url().startsWith(`${site}iframe.html`)) {
    await page.goto(`${site}iframe.html?id=${id}&viewMode=${viewMode}&${GLOBALS}`);
    return;
  }
  await page.evaluate(
    (entry) => {
      scrollTo(0, 0);
      (globalThis as StorybookGlobal).__STORYBOOK_ADDONS_CHANNEL__?.emit('setCurrentStory', entry);
    },
    { storyId: id, viewMode },
  );
  await page.waitForFunction((shown) => storyPages.shownId() === shown, { polling: 20 }, id);
}

/** Opens a story by itself and waits until it shows what it promises, or what it has after `timeoutMs`. */
export async function openStory(page: Page, site: string, entry: StoryEntry, timeoutMs = 60_000): Promise<SeenStory> {
  await showEntry(page, site, entry, 'story');
  await page.waitForFunction(() => storyPages.isSettled(), { timeout: timeoutMs, polling: 50 }).catch(() => undefined);
  return page.evaluate(() => storyPages.see());
}

/** Opens a page of prose and waits for its text and for the pictures that are in sight. */
export async function openDocs(page: Page, site: string, entry: StoryEntry, timeoutMs = 60_000): Promise<void> {
  await showEntry(page, site, entry, 'docs');
  await page.waitForSelector('.sbdocs-content h1', { timeout: timeoutMs });
  await page.waitForFunction(() => storyPages.isRead(), { timeout: timeoutMs, polling: 50 });
}
