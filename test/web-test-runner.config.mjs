import { esbuildPlugin } from '@web/dev-server-esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';
import { Buffer } from 'node:buffer';
import { fileURLToPath } from 'node:url';
import { findChromium, TEST_RUNNER_FLAGS } from './tools/chromium.mjs';
import { plainReporter } from './tools/plain-reporter.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Maps the packages that are not plain ES modules to their bundles in .cache/vendor. */
function vendorPlugin() {
  const bundles = {
    '@tensorflow/tfjs-core': 'tfjs-core',
    '@tensorflow/tfjs-core/dist/register_all_gradients.js': 'tfjs-core-gradients',
    '@tensorflow/tfjs-backend-cpu': 'tfjs-backend-cpu',
    '@tensorflow/tfjs-backend-wasm': 'tfjs-backend-wasm',
    '@tensorflow/tfjs-backend-webgpu': 'tfjs-backend-webgpu',
    chai: 'chai',
    'axe-core': 'axe-core',
  };
  return { name: 'vendor', resolveImport: ({ source }) => (source in bundles ? `/.cache/vendor/${bundles[source]}.js` : undefined) };
}

/**
 * `?isolated` in a page's or worker's URL asks for the headers of a cross-origin isolated page; `?csp=…` for that policy.
 */
function headersMiddleware(context, next) {
  const policy = context.query.csp;
  if (typeof policy === 'string') context.set('Content-Security-Policy', policy);
  context.set('Cross-Origin-Resource-Policy', 'cross-origin');
  context.set('Access-Control-Allow-Origin', '*');
  // What an isolated page starts as a worker must be isolated too.
  const isIsolated = context.query.isolated !== undefined || /[?&]isolated\b/.test(context.get('Referer'));
  if (isIsolated) {
    context.set('Cross-Origin-Opener-Policy', 'same-origin');
    context.set('Cross-Origin-Embedder-Policy', 'require-corp');
  }
  return next();
}

/**
 * Modules that tests share are fetched once by each of the two pages that tests run in. Not the scripts of workers, whose headers depend on
 * the page that starts them.
 */
async function cacheMiddleware(context, next) {
  await next();
  if (/(?<!worker)\.(ts|js|mjs)$/.test(context.path) && context.status === 200) context.set('Cache-Control', 'max-age=3600');
}

/** Files that tests put, for pages and workers to fetch: PUT and GET of /.served/…. */
const served = new Map();
async function servedMiddleware(context, next) {
  if (!context.path.startsWith('/.served/')) return next();
  if (context.method === 'PUT') {
    const parts = [];
    for await (const part of context.req) parts.push(part);
    served.set(context.path, Buffer.concat(parts));
    context.status = 204;
    return;
  }
  const body = served.get(context.path);
  if (!body) return next();
  context.type = 'application/octet-stream';
  context.body = body;
}

const files = process.env.TEST_FILES ? process.env.TEST_FILES.split(',') : ['test/**/*.test.ts', '!test/node/**', '!test/stories/**'];

export default {
  rootDir: root,
  files,
  concurrency: 2,
  nodeResolve: { exportConditions: ['production', 'default'] },
  plugins: [vendorPlugin(), esbuildPlugin({ ts: true, target: 'es2022', tsconfig: `${root}tsconfig.json` })],
  middleware: [cacheMiddleware, headersMiddleware, servedMiddleware],
  browsers: [
    chromeLauncher({
      launchOptions: { executablePath: await findChromium(), headless: true, args: TEST_RUNNER_FLAGS },
      // A window for each test file: of two tabs in one window, one is hidden, and draws no frames and sees no intersections.
      createPage: async ({ browser }) => (await browser.createBrowserContext()).newPage(),
      concurrency: 2,
    }),
  ],
  testFramework: { config: { timeout: 120_000, ui: 'bdd' } },
  testsStartTimeout: 60_000,
  testsFinishTimeout: 900_000,
  browserStartTimeout: 60_000,
  reporters: [plainReporter()],
  testRunnerHtml: (testFramework) =>
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><script>globalThis.REQUIRE_BACKENDS=${JSON.stringify(process.env.REQUIRE_BACKENDS ?? '')}</script></head><body><script type="module" src="${testFramework}"></script></body></html>`,
};
