/** A static server that compresses as CDNs do and counts the bytes of every body that it sends. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join, normalize, resolve, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** `gzip` at level 9, `br` at quality 11: what a server that compresses ahead of time would send. */
export type Encoding = 'gzip' | 'br';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};
/** Servers send what they do not know as it is; weights in F16 would lose only a few per cent. */
const PLAIN = 'application/octet-stream';

export interface SentBody {
  /** Path in the URL, without the leading slash. */
  readonly path: string;
  readonly bytes: number;
}

export interface CompressingServer {
  /** `http://localhost:PORT/` */
  readonly url: string;
  /** Every body sent so far, in order. */
  readonly sent: readonly SentBody[];
  close(): Promise<void>;
}

function compress(bytes: Uint8Array, encoding: Encoding): Uint8Array {
  return encoding === 'gzip'
    ? gzipSync(bytes, { level: 9 })
    : brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
}

interface Body {
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** What makes a page cross-origin isolated, so that it has shared memory and a fine clock. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

async function loadBody(file: string, encoding: Encoding): Promise<Body> {
  const type = TYPES[extname(file)] ?? PLAIN;
  const plain = await readFile(file);
  const cache = extname(file) === '.html' ? 'no-cache' : 'public, max-age=31536000, immutable';
  const headers = { 'Content-Type': type, 'Cache-Control': cache, Vary: 'Accept-Encoding' };
  if (type === PLAIN) return { bytes: plain, headers };
  return { bytes: compress(plain, encoding), headers: { ...headers, 'Content-Encoding': encoding } };
}

/** Serves a folder in one encoding, with a year of caching for all but pages, until `close()`; `isolated` makes its pages cross-origin isolated. */
export async function serveCompressed(
  folder: string,
  encoding: Encoding,
  { isolated = false }: { readonly isolated?: boolean } = {},
): Promise<CompressingServer> {
  const root = resolve(folder);
  const bodies = new Map<string, Promise<Body>>();
  const sent: SentBody[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = normalize(join(root, path));
    if (!file.startsWith(root + sep) || basename(file) === 'favicon.ico') return void response.writeHead(404).end();
    const body = bodies.get(file) ?? loadBody(file, encoding);
    bodies.set(file, body);
    const { bytes, headers } = await body;
    response.writeHead(200, { ...headers, ...(isolated && ISOLATION), 'Content-Length': bytes.length });
    response.end(bytes, () => sent.push({ path: path.slice(1), bytes: bytes.length }));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((done) => void server.listen(0, 'localhost', done));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => {
        done();
      });
      server.closeAllConnections();
    });
  return { url: `http://localhost:${port.toString()}/`, sent, close };
}
