/**
 * `npm test` and, with --quick, `npm run check`: runs every check in turn, prints what fails, and ends with
 * `N passed, N failed`. A step that runs tests adds their counts; any other step counts as one.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
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
  /** Runs beside the steps before and after it that have this too; what they say comes when each has ended. */
  readonly isBeside?: true;
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
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'], isBeside: true, quick: true },
  { name: 'lint', command: [bin('eslint'), '.', '--max-warnings', '0'], isBeside: true, quick: true },
  { name: 'types', command: [bin('tsc'), '--noEmit', '-p', '.'], isBeside: true, quick: true },
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

/** Runs a command, showing its output as it comes, or, of one beside others, at its end. */
function run(step: Step): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const [command = '', ...args] = step.command;
    const child = spawn(command, args, { env: { ...process.env, FORCE_COLOR: '0', ...step.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (!step.isBeside) process.stdout.write(chunk);
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

/**
 * What a failed step said of its failures: each line that names one and the lines indented below it; the last lines where none is named.
 */
function excerptFailures(output: string): string {
  const kept: string[] = [];
  let indent: number | undefined;
  for (const line of stripVTControlCharacters(output).split('\n')) {
    const own = line.length - line.trimStart().length;
    if (/^\s*(✗|not ok) /.test(line)) indent = own;
    else if (indent !== undefined && line.trim() !== '' && (own < indent || /^\s*(✓|ok) /.test(line))) indent = undefined;
    if (indent !== undefined && line.trim() !== '') kept.push(line);
  }
  return (kept.length > 0 ? kept.slice(0, 200) : output.trimEnd().split('\n').slice(-40)).join('\n');
}

const total = { passed: 0, failed: 0 };
const slow: string[] = [];
const failures: string[] = [];

/** Runs a step, and says how it went. */
async function take(step: Step): Promise<void> {
  const start = performance.now();
  if (!step.isBeside) console.log(`\n── ${step.name}`);
  const { code, output } = await run(step);
  const counts = judge(step, code, output);
  total.passed += counts.passed;
  total.failed += counts.failed;
  const line = `${step.name}: ${counts.failed ? 'FAILED' : 'ok'} (${((performance.now() - start) / 1000).toFixed(0)} s)`;
  slow.push(line);
  if (counts.failed > 0) failures.push(`── ${step.name}, what failed\n${excerptFailures(output)}`);
  if (step.isBeside) process.stdout.write(`\n── ${step.name}\n${output}`);
  console.log(`── ${line}`);
}

console.log(`Chromium: ${await findChromium()}`);
const beside: Promise<void>[] = [];
for (const step of steps.filter((each) => !quick || each.quick)) {
  if (!step.isBeside) await Promise.all(beside.splice(0));
  const taken = take(step);
  if (step.isBeside) beside.push(taken);
  else await taken;
}
await Promise.all(beside);
if (failures.length > 0) console.log(`\n${failures.join('\n\n')}`);
console.log(`\n${slow.join('\n')}\n`);
console.log(`${total.passed.toString()} passed, ${total.failed.toString()} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
