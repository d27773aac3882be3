/**
 * `npm test` and, with --quick, `npm run check`: runs every check in turn, prints what fails, and ends with
 * `N passed, N failed`. A step that runs tests adds their counts; any other step counts as one.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { findChromium } from './tools/chromium.mjs';

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** How to read the counts of tests from the output; left out: the step is one check, judged by its exit code. */
  readonly count?: (output: string) => Counts | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Part of `npm run check`. */
  readonly quick: boolean;
}

const quick = process.argv.includes('--quick');
const bin = (name: string): string => `node_modules/.bin/${name}`;

const readNumber = (output: string, pattern: RegExp): number | undefined => {
  const text = output.match(pattern)?.[1];
  return text === undefined ? undefined : Number(text);
};

function countNodeTests(output: string): Counts | undefined {
  const passed = readNumber(output, /^# pass (\d+)$/m);
  const failed = readNumber(output, /^# fail (\d+)$/m);
  return passed === undefined || failed === undefined ? undefined : { passed, failed };
}

function countBrowserTests(output: string): Counts | undefined {
  const match = /^browser tests: (\d+) passed, (\d+) failed/m.exec(output);
  return match ? { passed: Number(match[1]), failed: Number(match[2]) } : undefined;
}

const nodeTests = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`);

/** Tests that need no tensors and end within seconds. */
const QUICK_BROWSER_TESTS = 'test/support/**/*.test.ts,test/latent/**/*.test.ts,test/weights/**/*.test.ts';

const browserTests = [
  'node',
  '--max-old-space-size=4096',
  'node_modules/@web/test-runner/dist/bin.js',
  '--config',
  'test/web-test-runner.config.mjs',
];

const steps: readonly Step[] = [
  { name: 'kernels', command: ['node', 'src/runtime/wasm/build.mjs'], quick: true },
  { name: 'vendor bundles', command: ['node', 'test/tools/build-vendor.mjs'], quick: true },
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'], quick: true },
  { name: 'lint', command: [bin('eslint'), '.', '--max-warnings', '0'], quick: true },
  { name: 'types', command: [bin('tsc'), '--noEmit', '-p', '.'], quick: true },
  ...(quick
    ? [
        { name: 'manifest', command: [bin('tsx'), 'test/tools/manifest.ts', '--check'], quick: true },
        {
          name: 'quick browser tests',
          command: browserTests,
          env: { TEST_FILES: QUICK_BROWSER_TESTS },
          count: countBrowserTests,
          quick: true,
        },
      ]
    : []),
  { name: 'browser tests', command: browserTests, count: countBrowserTests, quick: false },
  { name: 'build', command: ['npm', 'run', '--silent', 'build'], quick: false },
  {
    name: 'stories',
    command: [bin('tsx'), '--test', '--test-reporter=tap', 'test/stories/stories.test.ts'],
    count: countNodeTests,
    quick: false,
  },
  { name: 'package', command: [bin('publint'), '--strict'], quick: false },
  {
    name: 'node tests',
    command: [bin('tsx'), '--test', '--test-concurrency=2', '--test-reporter=tap', ...nodeTests('test/node')],
    count: countNodeTests,
    quick: false,
  },
];

/** Runs a command, showing its output as it comes. */
function run(step: Step): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const [command = '', ...args] = step.command;
    const child = spawn(command, args, { env: { ...process.env, FORCE_COLOR: '0', ...step.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => {
      resolve({ code: 1, output: error.message });
    });
    child.on('close', (code) => {
      resolve({ code: code ?? 1, output });
    });
  });
}

/** A step's counts: its tests, with one failure more when it exits badly without naming a failed test, or ran none. */
function judge(step: Step, code: number, output: string): Counts {
  if (!step.count) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const counts = step.count(output);
  if (!counts || counts.passed + counts.failed === 0) return { passed: 0, failed: 1 };
  return code !== 0 && counts.failed === 0 ? { passed: counts.passed, failed: 1 } : counts;
}

const total = { passed: 0, failed: 0 };
const slow: string[] = [];
console.log(`Chromium: ${await findChromium()}`);
for (const step of steps.filter((each) => !quick || each.quick)) {
  const start = performance.now();
  console.log(`\n── ${step.name}`);
  const { code, output } = await run(step);
  const counts = judge(step, code, output);
  total.passed += counts.passed;
  total.failed += counts.failed;
  const line = `${step.name}: ${counts.failed ? 'FAILED' : 'ok'} (${((performance.now() - start) / 1000).toFixed(0)} s)`;
  slow.push(line);
  console.log(`── ${line}`);
}
console.log(`\n${slow.join('\n')}\n`);
console.log(`${total.passed.toString()} passed, ${total.failed.toString()} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
