import type { Picture } from '../../src/engine/generator.ts';
import type { BackendReport } from '../../src/runtime/backend.ts';

/** What the page in `pages/draw.ts` tells. */
export interface PageOutcome {
  readonly picture: Picture;
  readonly report: BackendReport;
  readonly isolated: boolean;
}

/** Shows a page in a frame, or in a window of its own where it must be the top one; gives what closes it. */
function show(url: string, where: 'frame' | 'window', channel: BroadcastChannel): () => void {
  if (where === 'window') {
    // An isolated page has no opener that could close it.
    window.open(url, '_blank', 'noopener');
    return () => channel.postMessage('close');
  }
  const frame = document.createElement('iframe');
  frame.src = url;
  document.body.append(frame);
  return () => frame.remove();
}

/** Draws in a page of its own with these search parameters. */
export async function drawInPage(parameters: Readonly<Record<string, string>>, where: 'frame' | 'window' = 'frame'): Promise<PageOutcome> {
  const name = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  const url = new URL('./pages/draw.html', import.meta.url);
  url.search = new URLSearchParams({ ...parameters, channel: name }).toString();
  const outcome = new Promise<PageOutcome>((resolve, reject) => {
    channel.onmessage = ({ data }: MessageEvent<PageOutcome | { error: string }>) => {
      if ('error' in data) reject(new Error(data.error));
      else resolve(data);
    };
  });
  const close = show(url.href, where, channel);
  try {
    return await outcome;
  } finally {
    close();
    channel.close();
  }
}
