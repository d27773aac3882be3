// A page of its own, so that it can have a policy of its own (`?csp=…`) or be isolated (`?isolated`): draws the weights named by
// `?src=…` and tells what happened on the channel named by `?channel=…`. With `?engine=…` it takes the engine from that URL.
import type * as EngineClientModule from '../../../src/engine/engine-client.ts';
import type { PageOutcome } from '../draw-in-page.ts';

async function draw(parameters: URLSearchParams): Promise<PageOutcome> {
  const engine = parameters.get('engine') ?? new URL('../../../src/engine/engine-client.ts', import.meta.url).href;
  const { openGenerator } = (await import(engine)) as typeof EngineClientModule;
  const generator = await openGenerator({ src: parameters.get('src') ?? '', backend: 'wasm' });
  const picture = await generator.generate({ seed: 'a' });
  const report = generator.backendReport;
  generator.dispose();
  return { picture, report, isolated: crossOriginIsolated };
}

const parameters = new URLSearchParams(location.search);
const channel = new BroadcastChannel(parameters.get('channel') ?? '');
channel.onmessage = () => window.close();
draw(parameters).then(
  (outcome) => channel.postMessage(outcome),
  (error: unknown) => channel.postMessage({ error: String(error) }),
);
