import type { DiscoveredDirection, Generator } from '../../src/engine/generator.ts';
import { hashFnv1a64 } from '../../src/latent/seeded-random.ts';
import { loadFixtureWeights } from './fixture-weights.ts';

/** FNV-1a of the bits of all directions of stylegan2-tiny-classes: every engine, backend and machine gives them. */
export const DISCOVERY_HASHES = { pca: '40b4ef399bdbb25f', sefa: '36588e9522a47074' } as const;

/** FNV-1a 64 of the vectors' bytes, one after the other. */
export function hashVectors(directions: readonly DiscoveredDirection[]): string {
  const bytes = directions.flatMap(({ vector }) => [...new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)]);
  return hashFnv1a64(Uint8Array.from(bytes))
    .map((half) => half.toString(16).padStart(8, '0'))
    .join('');
}

/** The hashes that a generator of {@link loadDiscoveryWeights} gives. */
export async function discoverHashes(generator: Generator): Promise<{ pca: string; sefa: string }> {
  const find = async (method: 'pca' | 'sefa') => hashVectors(await generator.discoverDirections({ method, count: 16 }));
  return { pca: await find('pca'), sefa: await find('sefa') };
}

export function loadDiscoveryWeights(): Promise<Uint8Array> {
  return loadFixtureWeights('stylegan2-tiny-classes');
}
