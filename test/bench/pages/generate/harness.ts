/**
 * What the pages of `bench -- generate` have in common: each opens one library as a peer and exports it as `bench`, for the driver
 * (test/bench/generate/time-case.ts) to call through a place (test/bench/place.ts). A timed run goes from w to RGBA bytes in JavaScript's memory.
 */
import { countDispatches, mostGpuBytes, wasmBytes } from './probes.ts';
import { loadBenchNetwork, NETWORK_NAMES, type BenchNetwork } from '../../generate/networks.ts';

/** What the driver asks of a page, by its query. */
export interface PeerTask extends BenchNetwork {
  readonly backend: 'wasm' | 'webgpu';
  readonly threads: number;
  readonly batch: number;
}

/** A network, ready to draw in one formulation. Several may follow each other in a page. */
export interface Drawer {
  /** w [batch, w_dim] to RGBA, the pictures one below the other. */
  draw(w: Float32Array): Promise<Uint8ClampedArray>;
  /** The same pictures before they are rounded: [batch, side, side, 3], about −1…1. */
  drawFloats(w: Float32Array): Promise<Float32Array>;
  dispose(): void | Promise<void>;
}

export interface Formulation {
  readonly name: string;
  load(): Promise<Drawer>;
}

export interface Peer {
  /** Version and what it runs on. */
  readonly detail: string;
  /** How many it really uses. */
  readonly threads: number;
  readonly formulations: readonly Formulation[];
}

export interface PeerDescription extends Pick<Peer, 'detail' | 'threads'> {
  /** Names of all. */
  readonly formulations: readonly string[];
}

/** What the driver calls. Everything that it gives can be copied as JSON. */
export interface BenchPage {
  describe(): PeerDescription;
  /** Gives the w's that the runs take, one after the other, and then from the start again. */
  setLatents(ws: readonly (readonly number[])[]): void;
  /** Disposes of the formulation before and loads this one. */
  choose(name: string): Promise<void>;
  /** Milliseconds of a run, the mean over that many in a row, each with the next w; or in several rows at once. */
  time(runs: number, inFlight: number): Promise<number>;
  /** The same of what JavaScript does before it waits for the first time: on WebGPU all that is recorded and submitted for a run. */
  hostTime(runs: number): Promise<number>;
  /** The pictures of the first w's, as floats and as bytes. */
  check(): Promise<{ readonly floats: readonly number[]; readonly bytes: readonly number[] }>;
  /** Compute dispatches of one run. */
  countDispatches(): Promise<number>;
  memory(): { readonly wasmBytes: number; readonly gpuBytes: number };
}

async function readTask(): Promise<PeerTask> {
  const query = new URLSearchParams(location.search);
  const name = NETWORK_NAMES.find((each) => each === query.get('network'));
  if (!name) throw new Error(`There is no network "${query.get('network') ?? ''}".`);
  const readPomona = async (): Promise<Uint8Array> => new Uint8Array(await (await fetch('./pomona.safetensors')).arrayBuffer());
  const network = await loadBenchNetwork(name, readPomona);
  const backend = query.get('backend') === 'webgpu' ? 'webgpu' : 'wasm';
  return { ...network, backend, threads: Number(query.get('threads')), batch: Number(query.get('batch')) };
}

class PeerPage implements BenchPage {
  readonly #peer: Peer;
  readonly #batch: number;
  #ws: readonly Float32Array[] = [];
  #next = 0;
  #drawer: Drawer | null = null;

  constructor(peer: Peer, batch: number) {
    this.#peer = peer;
    this.#batch = batch;
  }

  describe(): PeerDescription {
    const { detail, threads, formulations } = this.#peer;
    return { detail, threads, formulations: formulations.map(({ name }) => name) };
  }

  setLatents(ws: readonly (readonly number[])[]): void {
    const runs = Math.floor(ws.length / this.#batch);
    this.#ws = Array.from({ length: runs }, (_, run) => Float32Array.from(ws.slice(run * this.#batch, (run + 1) * this.#batch).flat()));
  }

  async choose(name: string): Promise<void> {
    await this.#drawer?.dispose();
    this.#drawer = null;
    const formulation = this.#peer.formulations.find((each) => each.name === name);
    if (!formulation) throw new Error(`There is no formulation "${name}".`);
    this.#drawer = await formulation.load();
  }

  async time(runs: number, inFlight: number): Promise<number> {
    const drawer = this.#ready();
    let started = 0;
    const drawInARow = async (): Promise<void> => {
      while (started++ < runs) await drawer.draw(this.#take());
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: inFlight }, drawInARow));
    return (performance.now() - start) / runs;
  }

  async hostTime(runs: number): Promise<number> {
    const drawer = this.#ready();
    let ms = 0;
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      const drawing = drawer.draw(this.#take());
      ms += performance.now() - start;
      await drawing;
    }
    return ms / runs;
  }

  async check(): Promise<{ floats: number[]; bytes: number[] }> {
    const drawer = this.#ready();
    const w = this.#ws[0] ?? new Float32Array();
    return { floats: Array.from(await drawer.drawFloats(w)), bytes: Array.from(await drawer.draw(w)) };
  }

  async countDispatches(): Promise<number> {
    const drawer = this.#ready();
    const before = countDispatches();
    await drawer.draw(this.#take());
    return countDispatches() - before;
  }

  memory(): { wasmBytes: number; gpuBytes: number } {
    return { wasmBytes: wasmBytes(), gpuBytes: mostGpuBytes() };
  }

  #ready(): Drawer {
    if (!this.#drawer) throw new Error('No formulation was chosen.');
    return this.#drawer;
  }

  #take(): Float32Array {
    const w = this.#ws[this.#next % this.#ws.length];
    if (!w) throw new Error('The page was given no latents.');
    this.#next += 1;
    return w;
  }
}

/** Opens the peer: what a page exports as `bench`. `extra` adds what only one page has. */
export async function servePeer<Extra extends object>(
  open: (task: PeerTask) => Promise<Peer>,
  extra?: (task: PeerTask) => Extra,
): Promise<BenchPage & Extra> {
  const task = await readTask();
  const page = new PeerPage(await open(task), task.batch);
  return Object.assign(page, extra?.(task)) as BenchPage & Extra;
}

/** Every combination of one value of each list. */
export function combine<A, B>(first: readonly A[], second: readonly B[]): (readonly [A, B])[] {
  return first.flatMap((a) => second.map((b) => [a, b] as const));
}
