import type { Picture } from '../../src/engine/generator.ts';
import type { BackendReport } from '../../src/runtime/backend.ts';

/** What the page in `pages/draw.ts` tells. */
export interface PageOutcome {
  readonly picture: Picture;
  readonly report: BackendReport;
  readonly isolated: boolean;
}

/** Draws in a page of its own, in a frame, with these search parameters. */
export async function drawInPage(parameters: Readonly<Record<string, string>>): Promise<PageOutcome> {
  const name = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  const frame = document.createElement('iframe');
  const url = new URL('./pages/draw.html', import.meta.url);
  url.search = new URLSearchParams({ ...parameters, channel: name }).toString();
  const outcome = new Promise<PageOutcome>((resolve, reject) => {
    channel.onmessage = ({ data }: MessageEvent<PageOutcome | { error: string }>) => {
      if ('error' in data) reject(new Error(data.error));
      else resolve(data);
    };
  });
  frame.src = url.href;
  document.body.append(frame);
  try {
    return await outcome;
  } finally {
    frame.remove();
    channel.close();
  }
}
