/**
 * The demo page of `npm start`: one element with its controls, and what the page knows beside: models, backends, times. What is shown lives
 * in the address, as the controls' link has it.
 */
import '../../src/index.ts';
import { createShareLink, showShared } from '../../src/element/controls/share-link.ts';
import type { BackendChoice, GanCanvas, GanCanvasRenderEvent } from '../../src/index.ts';
import { BUNDLED_MODELS } from '../../src/weights/bundled-models.ts';
import { findStory } from './model-stories.ts';

const BACKEND_TITLES = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'Plain JavaScript' } as const;

function find<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element as T;
}

const picture = find<GanCanvas>('picture');
const pupil = find<GanCanvas>('pupil');
const model = find<HTMLSelectElement>('model');
const backend = find<HTMLSelectElement>('backend');
const recentMs: number[] = [];

function modelOf(element: GanCanvas): string {
  return element.model ?? 'pomona';
}

/** What is known of a model before its file is there. */
function showModelName(): void {
  const name = modelOf(picture);
  if (![...model.options].some(({ value }) => value === name)) model.append(new Option(name, name));
  model.value = name;
  const { title, story } = findStory(name);
  find('story').textContent = story;
  showCaption(title, undefined);
  // What is being taught is left alone.
  if (!find<HTMLDetailsElement>('teach').open) pupil.model = name;
}

function showCaption(title: string, className: string | undefined): void {
  const name = Object.assign(document.createElement('em'), { textContent: title });
  find('name').replaceChildren(name, className === undefined ? '' : ` · ${className}`);
}

function readAddress(): void {
  showShared(picture, location.href);
  const wanted = new URLSearchParams(location.hash.slice(1)).get('backend');
  backend.value = wanted !== null && [...backend.options].some(({ value }) => value === wanted) ? wanted : 'auto';
  picture.backend = backend.value as BackendChoice;
  showModelName();
}

/** How long nothing changes before the address does: the browser holds the page while it takes one, so never between an input and its paint. */
const ADDRESS_AFTER_MS = 250;
let addressTimer = 0;

function writeAddressSoon(): void {
  clearTimeout(addressTimer);
  addressTimer = window.setTimeout(writeAddress, ADDRESS_AFTER_MS);
}

function writeAddress(): void {
  const [page = '', fragment] = createShareLink(picture).split('#');
  const values = new URLSearchParams(fragment);
  if (backend.value === 'auto') values.delete('backend');
  else values.set('backend', backend.value);
  history.replaceState(null, '', `${page}#${values.toString()}`);
}

/** Another model has other classes, sizes and directions. */
function handleModelChange(): void {
  picture.removeAttribute('directions');
  Object.assign(picture, { model: model.value, directions: null, latentDim: null, truncation: null, classLabel: null });
  recentMs.splice(0);
  showModelName();
  writeAddressSoon();
}

function showWeights(): void {
  const info = picture.modelInfo;
  if (!info) return;
  find('weights').innerHTML = `${info.name} <small>${info.resolution} × ${info.resolution} pixels</small>`;
  find('attribution').textContent = `Weights “${info.name}”, ${info.licence}. Pictures: ${info.attribution}.`;
}

function handleRender(event: GanCanvasRenderEvent): void {
  find('problem').hidden = true;
  recentMs.push(event.durationMs);
  if (recentMs.length > 20) recentMs.shift();
  const meanMs = recentMs.reduce((sum, value) => sum + value, 0) / recentMs.length;
  find('duration').innerHTML = `${formatMs(event.durationMs)} <small>mean of ${recentMs.length}: ${formatMs(meanMs)}</small>`;
  showBackend();
  const className = event.classIndex === null ? undefined : picture.modelInfo?.labels[event.classIndex];
  showCaption(findStory(modelOf(picture)).title, className);
  find('number').textContent = `No. ${event.toSeed === null ? event.seed : `${event.seed} → ${event.toSeed}`}`;
}

function formatMs(value: number): string {
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
}

function showBackend(): void {
  if (!picture.activeBackend) return;
  const attempt = picture.backendReport.findLast((each) => each.ok && each.name === picture.activeBackend);
  const detail = Object.assign(document.createElement('small'), { textContent: attempt?.detail ?? '' });
  find('drawn-by').replaceChildren(BACKEND_TITLES[picture.activeBackend], detail);
}

picture.addEventListener('load', showWeights);
picture.addEventListener('render', handleRender);
picture.addEventListener('change', writeAddressSoon);
picture.addEventListener('backend-change', () => recentMs.splice(0));
picture.addEventListener('error', (event) => {
  showWeights();
  find('problem').textContent = event.message;
  find('problem').hidden = false;
});
picture.addEventListener('progress', (event) => {
  if (!picture.ready && event.total > 0) find('weights').textContent = `${event.phase} ${Math.round((100 * event.loaded) / event.total)} %`;
});
model.addEventListener('change', handleModelChange);
backend.addEventListener('change', () => {
  picture.backend = backend.value as BackendChoice;
  writeAddressSoon();
});
addEventListener('hashchange', readAddress);

for (const name of Object.keys(BUNDLED_MODELS)) model.append(new Option(name, name));
readAddress();
