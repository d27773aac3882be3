/** A small static file server for the demo, the benchmarks and the package tests. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.safetensors': 'application/octet-stream',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

export interface ServeOptions {
  /** Port to listen on; 0 (default): any free one. */
  readonly port?: number;
  /** Try the next ports when the one asked for is taken. */
  readonly findFree?: boolean;
  /** Hears of every request; one that it says false of is cut off, as by a network that fails. */
  readonly onRequest?: (request: IncomingMessage) => boolean;
  /** Headers for every answer, by path. */
  readonly headers?: (path: string) => Readonly<Record<string, string>>;
}

export interface RunningServer {
  /** `http://localhost:PORT/` */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The file a request names inside the folder, or undefined when it points outside. */
function findFile(folder: string, request: IncomingMessage): string | undefined {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
  const root = resolve(folder);
  const file = normalize(join(root, path.endsWith('/') ? `${path}index.html` : path));
  return file.startsWith(root + sep) ? file : undefined;
}

async function answer(folder: string, options: ServeOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = findFile(folder, request);
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || !found?.isFile()) {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found');
    return;
  }
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': found.size, 'Cache-Control': 'no-cache', ...options.headers?.(file) });
  createReadStream(file).pipe(response);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolvePort, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      const address = server.address();
      resolvePort(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Serves a folder until `close()`; rejects when no port can be had. */
export async function serveFolder(folder: string, options: ServeOptions = {}): Promise<RunningServer> {
  const server = createServer((request, response) => {
    if (options.onRequest?.(request) === false) {
      response.destroy();
      return;
    }
    answer(folder, options, request, response).catch(() => response.destroy());
  });
  const first = options.port ?? 0;
  for (let port = first; ; port += 1) {
    try {
      const open = await listen(server, port);
      return {
        url: `http://localhost:${open.toString()}/`,
        port: open,
        close: () =>
          new Promise((done) => {
            server.close(() => {
              done();
            });
            // Browsers open connections ahead of need; one that never carried a request would hold the server for a minute.
            server.closeAllConnections();
          }),
      };
    } catch (error) {
      if (!options.findFree || port >= first + 50) throw error;
    }
  }
}
