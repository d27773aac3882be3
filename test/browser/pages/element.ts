// A page of its own, so that it can have a policy (`?csp=…`) or lack something (`?without=webgpu,simd`). It draws one
// element with the attributes of `?attributes=…` (JSON) and tells what happened on the channel named by `?channel=…`.
import type { ElementOutcome } from '../draw-element-in-page.ts';

const parameters = new URLSearchParams(location.search);
const without = (parameters.get('without') ?? '').split(',');

if (without.includes('webgpu')) Object.defineProperty(navigator, 'gpu', { value: undefined });
if (without.includes('simd')) {
  const validate = WebAssembly.validate.bind(WebAssembly);
  // Refuses modules with the prefix of vector instructions, 0xfd, as engines without SIMD do. TF.js asks with a tiny module.
  WebAssembly.validate = (bytes) => !new Uint8Array(bytes as ArrayBuffer).includes(0xfd) && validate(bytes);
}

async function draw(): Promise<ElementOutcome> {
  await import('../../../src/index.ts');
  const element = document.createElement('gan-canvas');
  const attributes = JSON.parse(parameters.get('attributes') ?? '{}') as Record<string, string>;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  const error = await new Promise<string | null>((resolve) => {
    element.addEventListener('load', () => resolve(null));
    element.addEventListener('error', (event) => resolve(`${event.code}: ${event.message}`));
    document.body.append(element);
  });
  await element.updateComplete;
  const { activeBackend, backendReport } = element;
  const picture = error === null ? await element.generate() : null;
  const display = getComputedStyle(element).display;
  const outcome = { error, activeBackend, backendReport, data: picture?.data ?? null, display };
  element.remove();
  return outcome;
}

const channel = new BroadcastChannel(parameters.get('channel') ?? '');
draw().then(
  (outcome) => channel.postMessage(outcome),
  (error: unknown) => channel.postMessage({ crash: String(error) }),
);
