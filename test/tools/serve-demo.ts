/** `npm start`: builds the demo page, serves it, and prints its URL. PORT asks for a port; else 8080 or the next free one. */
import { spawnSync } from 'node:child_process';
import { serveFolder } from './static-server.ts';

const built = spawnSync('node_modules/.bin/rollup', ['-c', '--demo', '--silent'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (built.status !== 0) {
  console.error('The demo page could not be built; the messages above say why.');
  process.exit(1);
}
const wanted = Number(process.env.PORT ?? 8080);
const { url } = await serveFolder('dist/demo', { port: wanted, findFree: process.env.PORT === undefined });
console.log(`\n  gan-canvas demo: ${url}\n\n  Ctrl+C ends it.\n`);
