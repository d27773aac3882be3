import type { BackendName, BackendReport } from '../../src/index.ts';

/** What the page in `pages/element.ts` tells. */
export interface ElementOutcome {
  /** Code and message of the `error` event; null when there is a picture. */
  readonly error: string | null;
  readonly activeBackend: BackendName | null;
  readonly backendReport: BackendReport;
  readonly data: Uint8ClampedArray | null;
  /** Computed `display` of the element: its styles are in force when it is `inline-block`. */
  readonly display: string;
}

/** Draws an element with these attributes in a page of its own. */
export async function drawElementInPage(
  attributes: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>>,
): Promise<ElementOutcome> {
  const channelName = crypto.randomUUID();
  const channel = new BroadcastChannel(channelName);
  const outcome = new Promise<ElementOutcome>((resolve, reject) => {
    channel.onmessage = ({ data }: MessageEvent<ElementOutcome | { crash: string }>) => {
      if ('crash' in data) reject(new Error(data.crash));
      else resolve(data);
    };
  });
  const url = new URL('./pages/element.html', import.meta.url);
  url.search = new URLSearchParams({ ...parameters, attributes: JSON.stringify(attributes), channel: channelName }).toString();
  const frame = document.createElement('iframe');
  frame.src = url.href;
  document.body.append(frame);
  try {
    return await outcome;
  } finally {
    frame.remove();
    channel.close();
  }
}
