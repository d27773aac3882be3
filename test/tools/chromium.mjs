// Finds the Chromium that tests, benchmarks and screenshots run in: CHROME_PATH, then the system's, then one that
// `npx @puppeteer/browsers install chrome` put in .cache, which is tried when nothing else is there.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../.cache/browsers', import.meta.url));
const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** No background network. */
const COMMON_FLAGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--enable-unsafe-webgpu',
];

/** Flags for every Chromium of the project's tests: WebGPU in software, the same everywhere. */
export const CHROMIUM_FLAGS = [
  ...COMMON_FLAGS,
  '--use-webgpu-adapter=swiftshader',
  // Without these Chromium's GPU process dies of every WebGPU canvas that SwiftShader draws: Dawn is on Vulkan, the compositor must be too.
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--disable-vulkan-surface',
];

const WEBGPU_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/**
 * Those of the test runner. SwiftShader takes most of a test's time to compile shaders, and half of that for the zeros that Dawn writes into all
 * workgroup memory of each. No shader may count on them; the pages of test/node run with them.
 */
export const TEST_RUNNER_FLAGS = [...CHROMIUM_FLAGS, '--enable-dawn-features=disable_workgroup_init'];

/** Flags for a Chromium whose pages know no WebGPU: the element draws on WASM by itself. */
export const NO_GPU_FLAGS = [...CHROMIUM_FLAGS.filter((flag) => !WEBGPU_FLAGS.includes(flag)), '--disable-blink-features=WebGPU'];

/** Flags for a Chromium that is to use the machine's GPU, if there is one. */
export const HARDWARE_GPU_FLAGS = [
  ...COMMON_FLAGS,
  '--enable-features=Vulkan',
  '--use-angle=vulkan',
  '--ignore-gpu-blocklist',
  '--disable-vulkan-surface',
];

function findDownloaded() {
  const folder = join(CACHE, 'chrome');
  if (!existsSync(folder)) return undefined;
  const names = [
    'chrome-linux64/chrome',
    'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-win64/chrome.exe',
  ];
  return readdirSync(folder)
    .flatMap((version) => names.map((name) => join(folder, version, name)))
    .find((path) => existsSync(path));
}

/** The path of a Chromium; downloads one when there is none. Throws an error that says what to install. */
export async function findChromium() {
  const given = process.env.CHROME_PATH;
  if (given) {
    if (existsSync(given)) return given;
    throw new Error(`CHROME_PATH is ${given}, but there is no file there. Set it to a Chromium or Chrome, or unset it.`);
  }
  const found = SYSTEM.find((path) => existsSync(path)) ?? findDownloaded();
  if (found) return found;
  console.error('No Chromium or Chrome found; downloading one (npx @puppeteer/browsers install chrome@stable) …');
  spawnSync('npx', ['--yes', '@puppeteer/browsers@2', 'install', 'chrome@stable', '--path', CACHE], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const downloaded = findDownloaded();
  if (downloaded) return downloaded;
  throw new Error(
    'No Chromium: the download failed. Install one (Debian: apt-get install chromium) or set CHROME_PATH, then run the command again.',
  );
}
