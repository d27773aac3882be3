import { loadFixtureWeights, type FixtureNetwork } from './fixture-weights.ts';

let folders = 0;

/** Puts a file on the test's server, for the page and its workers to fetch; gives its absolute URL. */
async function serveFile(path: string, bytes: Uint8Array): Promise<string> {
  const url = new URL(`/.served/${path}`, location.href).href;
  const response = await fetch(url, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> });
  if (!response.ok) throw new Error(`${url}: ${response.status.toString()}`);
  return url;
}

/** URL of a small network whose discriminator lies beside it, as fine-tuning needs it. Every call gives another URL. */
export async function serveTrainable(
  network: FixtureNetwork = 'stylegan2-tiny-classes',
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const folder = `${Date.now().toString()}-${(folders++).toString()}`;
  await serveFile(`${folder}/d.safetensors`, await loadFixtureWeights(network, 'discriminator'));
  const generator = await loadFixtureWeights(network, 'generator', {
    discriminator: { url: 'd.safetensors', integrity: null },
    ...metadata,
  });
  return serveFile(`${folder}/g.safetensors`, generator);
}
