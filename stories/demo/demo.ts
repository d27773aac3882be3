/** The demo page of `npm start`: controls write attributes, events fill in what is shown. All settings live in the URL's hash. */
import '../../src/index.ts';
import type { GanCanvas, GanCanvasRenderEvent } from '../../src/index.ts';
import { BUNDLED_MODELS } from '../../src/weights/bundled-models.ts';
import { DirectionPanel } from './direction-panel.ts';
import { findStory } from './model-stories.ts';

const SIBLINGS = 6;
/** From here on a picture takes too long for two more of each direction. */
const SLOW_MS = 500;
const BACKEND_TITLES = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'Plain JavaScript' } as const;

function find<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element as T;
}

const picture = find<GanCanvas>('picture');
const preview = find<GanCanvas>('preview');
const pupil = find<GanCanvas>('pupil');
const form = find<HTMLFormElement>('controls');
const model = find<HTMLSelectElement>('model');
const seed = find<HTMLInputElement>('seed');
const latentDim = find<HTMLInputElement>('latent-dim');
const truncation = find<HTMLInputElement>('truncation');
const classLabel = find<HTMLSelectElement>('class-label');
const backend = find<HTMLSelectElement>('backend');
const walk = find<HTMLButtonElement>('walk');
const directions = new DirectionPanel(
  {
    section: find('directions'),
    kind: find<HTMLSelectElement>('direction-kind'),
    centre: find('centre'),
    sliders: find('direction-sliders'),
    note: find('directions-note'),
  },
  picture,
  (isMoving) => update({ isMoving }),
);
const ATTRIBUTES = ['model', 'seed', 'latent-dim', 'truncation', 'class-label', 'backend'];
const recentMs: number[] = [];

/** What differs from the defaults, as attributes; the model's defaults are known once it is loaded. */
function readAttributes(): Record<string, string> {
  const info = picture.modelInfo;
  const isTouched = (input: HTMLInputElement, fallback: number | undefined) =>
    info ? Number(input.value) !== fallback : input.dataset.touched === 'true';
  return {
    model: model.value,
    seed: seed.value,
    ...(isTouched(latentDim, info?.zDim) && { 'latent-dim': latentDim.value }),
    ...(isTouched(truncation, info?.truncation) && { truncation: truncation.value }),
    ...(classLabel.value !== '' && { 'class-label': classLabel.value }),
    ...(backend.value !== 'auto' && { backend: backend.value }),
  };
}

function writeAttributes(element: Element, attributes: Readonly<Record<string, string>>): void {
  for (const name of ATTRIBUTES) {
    const value = attributes[name];
    if (value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

/** The directions of the panel; only what is new, because to set them draws anew. */
function moveAlong(element: GanCanvas): void {
  const { input, text } = directions;
  const key = input ? text : '';
  if ((element.dataset.moved ?? '') === key) return;
  element.dataset.moved = key;
  element.directions = input;
}

function showSnippet(attributes: Readonly<Record<string, string>>): void {
  const tag = document.createElement('gan-canvas');
  writeAttributes(tag, attributes);
  const { text, isNamed } = directions;
  if (text !== '' && isNamed) tag.setAttribute('directions', text);
  if (isWalking()) tag.toggleAttribute('autoplay', true);
  const html = tag.outerHTML.replace('autoplay=""', 'autoplay');
  const script = text === '' || isNamed ? '' : `\n\n${describeDiscovery(text)}`;
  find('code').textContent = `<script type="module" src="https://your.cdn/gan-canvas/dist/cdn/gan-canvas.js"></script>\n\n${html}${script}`;
}

/** The script that finds the directions that were moved along and moves along them. */
function describeDiscovery(text: string): string {
  const [method = 'pca'] = text.split('-');
  const sizes = text.split(' ').map((pair) => pair.replace(/(.*):/, "'$1': "));
  return `<script type="module">
  const tag = document.querySelector('gan-canvas');
  const sizes = { ${sizes.join(', ')} };
  const found = await tag.discoverDirections({ method: '${method}' });
  tag.directions = Object.fromEntries(
    found.map(({ name, vector, layers }) => [name, { vector, layers, size: sizes[name] ?? 0 }]),
  );
</script>`;
}

function showValues(): void {
  find('latent-dim-value').textContent = `${latentDim.value} of ${latentDim.max}`;
  find('truncation-value').textContent = Number(truncation.value).toFixed(2);
}

/** The controls' values, everywhere that they are shown. While a slider moves, the small pictures leave the time to the large one. */
function update({ isMoving = false } = {}): void {
  const attributes = readAttributes();
  const shared = { ...attributes };
  delete shared.backend;
  writeAttributes(picture, attributes);
  writeAttributes(preview, shared);
  for (const element of [picture, preview]) moveAlong(element);
  showValues();
  showSnippet(attributes);
  directions.rest();
  if (isMoving) return;
  updateSiblings(shared);
  updatePupil(shared);
  drawEnds();
  const { text } = directions;
  history.replaceState(null, '', `#${new URLSearchParams({ ...attributes, ...(text !== '' && { directions: text }) }).toString()}`);
}

/** The pictures at the ends of the sliders, of what is shown, where that takes no more than a moment. */
function drawEnds(): void {
  const lastMs = recentMs.at(-1);
  if (lastMs === undefined || isWalking()) return;
  const isSlow = lastMs > SLOW_MS;
  find('directions').classList.toggle('plain', isSlow);
  if (!isSlow) void directions.drawEnds();
}

function isWalking(): boolean {
  return walk.ariaPressed === 'true';
}

/** Without the backend that is chosen: the plain one takes seconds a picture; seven of them would keep the large one waiting. */
function updateSiblings(shared: Readonly<Record<string, string>>): void {
  for (const [index, sibling] of [...document.querySelectorAll<GanCanvas>('#siblings gan-canvas')].entries()) {
    const attributes: Record<string, string> = { ...shared, seed: siblingSeed(index) };
    delete attributes['class-label'];
    writeAttributes(sibling, attributes);
    moveAlong(sibling);
  }
}

/** Follows the page until its section is opened: what is being taught is left alone. */
function updatePupil(shared: Readonly<Record<string, string>>): void {
  if (!find<HTMLDetailsElement>('teach').open) writeAttributes(pupil, shared);
}

/** Other seeds, related to the one shown only by name. */
function siblingSeed(index: number): string {
  return `${seed.value}/${index + 1}`;
}

function readHash(): void {
  const values = new URLSearchParams(location.hash.slice(1));
  directions.want(values.get('directions') ?? '');
  for (const [name, value] of values) {
    const control = form.elements.namedItem(name);
    if (control instanceof HTMLInputElement) {
      control.value = value;
      control.dataset.touched = 'true';
    }
    if (control instanceof HTMLSelectElement) selectValue(control, value);
  }
  showStory();
}

/** What is known of a model before its file is there. */
function showStory(): void {
  const { title, story, siblings, kind } = findStory(model.value);
  find('story').textContent = story;
  find('siblings-title').textContent = siblings;
  find('class-field').querySelector('label')?.replaceChildren(kind);
  showName(title, undefined);
}

function showName(title: string, className: string | undefined): void {
  const name = Object.assign(document.createElement('em'), { textContent: title });
  find('name').replaceChildren(name, className === undefined ? '' : ` · ${className}`);
}

/** Another model has other classes, sizes and directions. */
function handleModelChange(): void {
  classLabel.length = 1;
  directions.clear();
  for (const input of [latentDim, truncation]) delete input.dataset.touched;
  for (const name of ['latent-dim', 'truncation', 'class-label']) picture.removeAttribute(name);
  picture.setAttribute('model', model.value);
  recentMs.splice(0);
  showStory();
}

function selectValue(select: HTMLSelectElement, value: string): void {
  if (![...select.options].some((option) => option.value === value)) select.append(new Option(value, value));
  select.value = value;
}

function createSiblings(): void {
  for (let index = 0; index < SIBLINGS; index += 1) {
    const button = document.createElement('button');
    button.type = 'button';
    const sibling = document.createElement('gan-canvas');
    sibling.alt = '';
    button.append(sibling);
    button.ariaLabel = `Picture ${index + 1}: show it large`;
    button.addEventListener('click', () => setSeed(siblingSeed(index)));
    const item = document.createElement('li');
    item.append(button);
    find('siblings').append(item);
  }
}

function setSeed(value: string): void {
  seed.value = value;
  classLabel.value = '';
  update();
}

/** Fits the controls to the model, whose file is known even when the first picture could not be drawn. */
function showModel(): void {
  const info = picture.modelInfo;
  if (!info) return;
  find('class-field').hidden = info.labels.length === 0;
  latentDim.max = String(info.zDim);
  if (!picture.hasAttribute('latent-dim')) latentDim.value = latentDim.max;
  if (!picture.hasAttribute('truncation')) truncation.value = String(info.truncation);
  const known = new Set([...classLabel.options].map((option) => option.value));
  for (const label of info.labels) if (!known.has(label)) classLabel.append(new Option(label, label));
  find('weights').innerHTML = `${info.name} <small>${info.resolution} × ${info.resolution} pixels</small>`;
  find('attribution').textContent = `Weights “${info.name}”, ${info.licence}. Pictures: ${info.attribution}.`;
  update();
  void directions.showModel();
}

function handleRender(event: GanCanvasRenderEvent): void {
  find('problem').hidden = true;
  recentMs.push(event.durationMs);
  if (recentMs.length > 20) recentMs.shift();
  const meanMs = recentMs.reduce((sum, value) => sum + value, 0) / recentMs.length;
  find('duration').innerHTML = `${formatMs(event.durationMs)} <small>mean of ${recentMs.length}: ${formatMs(meanMs)}</small>`;
  showBackend();
  const name = event.classIndex === null ? undefined : picture.modelInfo?.labels[event.classIndex];
  showName(findStory(model.value).title, name);
  find('number').textContent = `No. ${event.toSeed === null ? event.seed : `${event.seed} → ${event.toSeed}`}`;
  if (recentMs.length === 1) drawEnds();
}

function formatMs(value: number): string {
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
}

function showBackend(): void {
  if (!picture.activeBackend) return;
  const attempt = picture.backendReport.findLast((each) => each.ok && each.name === picture.activeBackend);
  const target = find('drawn-by');
  const detail = document.createElement('small');
  detail.textContent = attempt?.detail ?? '';
  target.replaceChildren(BACKEND_TITLES[picture.activeBackend], detail);
}

picture.addEventListener('load', showModel);
picture.addEventListener('render', handleRender);
picture.addEventListener('backend-change', () => recentMs.splice(0));
picture.addEventListener('error', (event) => {
  showModel();
  find('problem').textContent = event.message;
  find('problem').hidden = false;
});
picture.addEventListener('progress', (event) => {
  if (!picture.ready && event.total > 0) find('weights').textContent = `${event.phase} ${Math.round((100 * event.loaded) / event.total)} %`;
});
form.addEventListener('input', (event) => {
  if (event.target instanceof HTMLInputElement) event.target.dataset.touched = 'true';
  if (event.target === model) handleModelChange();
  update({ isMoving: event.target instanceof HTMLInputElement && event.target.type === 'range' });
});
form.addEventListener('change', () => update());
form.addEventListener('submit', (event) => event.preventDefault());
find('another').addEventListener('click', () => {
  const value = String(Math.floor(Math.random() * 1_000_000));
  seed.value = value;
  update();
});
walk.addEventListener('click', () => {
  walk.ariaPressed = String(!isWalking());
  picture.autoplay = isWalking();
  update();
});
find('copy').addEventListener('click', async () => {
  const button = find('copy');
  try {
    await navigator.clipboard.writeText(find('code').textContent ?? '');
    button.textContent = 'Copied';
  } catch {
    getSelection()?.selectAllChildren(find('code'));
    button.textContent = 'Press Ctrl+C';
  }
  button.addEventListener('blur', () => (button.textContent = 'Copy'), { once: true });
});
addEventListener('hashchange', () => {
  const wanted = new URLSearchParams(location.hash.slice(1)).get('model');
  if (wanted !== null && wanted !== model.value) {
    selectValue(model, wanted);
    handleModelChange();
  }
  readHash();
  update();
  void directions.showModel();
});

for (const name of Object.keys(BUNDLED_MODELS)) model.append(new Option(name, name));
createSiblings();
readHash();
update();
