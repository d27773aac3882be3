/**
 * A page without a browser: opens a peer of the site in Node, on the WebGPU of the npm package `webgpu` (Dawn), with what such pages use of a
 * browser, and lets the driver (test/bench/dawn-place.ts) call its `bench` by messages. Started with the page's query as its only argument.
 */
import { readFile } from 'node:fs/promises';
import type { PeerAnswer, PeerCall } from '../dawn-place.ts';
import { loadDawn } from '../load-dawn.ts';

/** To libraries this realm is a worker: without WorkerGlobalScope TensorFlow.js would take it for Node. */
async function imitatePage(location: URL): Promise<void> {
  const { create, globals } = await loadDawn();
  const navigator = { userAgent: 'Node', gpu: create([]), hardwareConcurrency: Number(location.searchParams.get('threads')) };
  const fetch = async (path: string): Promise<Response> => new Response(await readFile(new URL(path, location)));
  const all = { ...globals, location, navigator, fetch, WorkerGlobalScope: Object };
  for (const [name, value] of Object.entries(all)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

type Bench = Record<string, (...args: unknown[]) => unknown>;

async function openPeer(): Promise<Bench> {
  const location = new URL(`./?${process.argv[2] ?? ''}`, import.meta.url);
  await imitatePage(location);
  const { href } = new URL(`./${location.searchParams.get('peer') ?? ''}.js`, import.meta.url);
  const page = (await import(href)) as { readonly bench: Promise<Bench> };
  return page.bench;
}

const opening = openPeer();

async function answer({ id, name, args }: PeerCall): Promise<PeerAnswer> {
  try {
    const bench = await opening;
    return { id, value: name === null ? null : await bench[name]?.(...args) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (call: PeerCall) => void answer(call).then((each) => process.send?.(each)));
// The driver is gone. Dawn would keep the process alive.
process.on('disconnect', () => process.exit());
