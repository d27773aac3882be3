import type { BenchPage, PeerDescription } from '../pages/generate/harness.ts';
import type { OwnPage } from '../pages/generate/ours.ts';
import type { OpenPeer, Place } from '../place.ts';
import type { NetworkName } from './networks.ts';

export const PEERS = ['ours', 'ort', 'tfjs', 'jax'] as const;
export type PeerName = (typeof PEERS)[number];

/** What is timed against each other: one network, drawn by one kind of backend. */
export interface BenchCase {
  readonly backend: 'wasm' | 'webgpu';
  /** 1 on WebGPU. */
  readonly threads: number;
  readonly network: NetworkName;
  readonly batch: number;
  /** How many runs are under way at once, for what a GPU gives when nobody waits for the single picture; left out: one. */
  readonly inFlight?: number;
}

export interface GeneratePeer extends PeerDescription {
  readonly peer: PeerName;
  readonly page: OpenPeer<BenchPage & OwnPage>;
}

/** Opens a peer of a case; throws with its own reason when it cannot start. */
export async function openPeer(place: Place, peer: PeerName, task: BenchCase): Promise<GeneratePeer> {
  const { backend, threads, network, batch } = task;
  const page = await place.open<BenchPage & OwnPage>({ peer, backend, threads, network, batch });
  return { peer, page, ...(await page.call('describe')) };
}
