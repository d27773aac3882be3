import type { AdapterPage } from './pages/adapter.ts';
import type { Place } from './place.ts';

/** The name of the GPU that pages find there; null when there is none or it is software. Says so on the error stream. */
export async function findRealGpu(place: Place): Promise<string | null> {
  try {
    const page = await place.open<AdapterPage>({ peer: 'adapter', threads: 1 });
    try {
      const { name, isSoftware } = await page.call('describe');
      console.error(isSoftware ? `No GPU: the adapter is ${name}` : `GPU: ${name}`);
      return isSoftware ? null : name;
    } finally {
      await page.close();
    }
  } catch (error) {
    console.error(`No GPU: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}
