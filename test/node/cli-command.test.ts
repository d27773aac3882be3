/** The shell command as a script sees it: exit code, stdout, stderr and files. Needs `npm run build` before. */
import { decode } from 'fast-png';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { runCommandLine } from '../../src/cli/run-command-line.ts';
import { createGenerator } from '../../src/engine/create-generator.ts';
import { sampleLatent } from '../../src/latent/seeded-random.ts';

const CLI = 'dist/node/cli.js';
assert.ok(existsSync(CLI), `${CLI} is missing; run npm run build first.`);
const folder = mkdtempSync(join(tmpdir(), 'gan-canvas-'));

interface Outcome {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

function run(args: readonly string[], { env = {} }: { env?: Record<string, string> } = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { env: { ...process.env, DEBUG: '', ...env } });
  return { code: status, stdout, stderr: stderr.toString() };
}

function render(args: readonly string[], options?: Parameters<typeof run>[1]): Outcome {
  return run(['render', ...args], options);
}

/** The same in this process, which is faster; for tests that look only at exit code and files. */
function renderHere(args: readonly string[]): Promise<number> {
  return runCommandLine(['render', '--quiet', ...args]);
}

const read = (name: string): ReturnType<typeof decode> => decode(readFileSync(join(folder, name)));

/** The colours of RGB pixels, without alpha. */
async function drawPixels(seed: string): Promise<Uint8Array> {
  const generator = await createGenerator({ backend: 'wasm' });
  try {
    const { data } = await generator.generate({ seed });
    return Uint8Array.from(data.filter((_, index) => index % 4 !== 3));
  } finally {
    generator.dispose();
  }
}

function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  return Array.from(a).reduce((worst, value, index) => Math.max(worst, Math.abs(value - (b[index] ?? 0))), 0);
}

describe('gan-canvas render', () => {
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('writes the picture of a seed, and says so on stderr only', async () => {
    const { code, stdout, stderr } = render(['--model', 'pomona', '--seed', '42', '--out', join(folder, 'new/folder/fruit.png')]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.length, 0);
    assert.match(stderr, /^Wrote .*fruit\.png \(pomona, wasm, [\d.]+ s\)\.\n$/);
    const png = read('new/folder/fruit.png');
    assert.deepEqual([png.width, png.height], [64, 64]);
    assert.deepEqual([...png.data], [...(await drawPixels('42'))]);
    const origin = JSON.parse(png.text['gan-canvas'] ?? '{}') as Record<string, unknown>;
    assert.deepEqual([origin['model'], origin['seed'], origin['backend']], ['pomona', '42', 'wasm']);
  });

  it('draws the same on the cpu backend, and writes to stdout', async () => {
    const { code, stdout, stderr } = render(['--seed', '42', '--backend', 'cpu', '--quiet', '--out', '-']);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    assert.ok(worstDifference(decode(stdout).data, await drawPixels('42')) <= 2);
  });

  it('puts a range onto a sheet and enlarges it', async () => {
    const { code, stderr } = render([
      '--seed',
      '40..44',
      '--sheet',
      '3x2',
      '--scale',
      '2',
      '--pixelated',
      '--out',
      join(folder, 'sheet.png'),
    ]);
    assert.equal(code, 0, stderr);
    const sheet = read('sheet.png');
    assert.deepEqual([sheet.width, sheet.height, sheet.channels], [3 * 128, 2 * 128, 4]);
    const fruit = await drawPixels('42');
    const cell = fruit.map((_, index) => {
      const [pixel, channel] = [Math.floor(index / 3), index % 3];
      const [x, y] = [2 * 128 + 2 * (pixel % 64), 2 * Math.floor(pixel / 64)];
      return sheet.data[(y * sheet.width + x) * 4 + channel] ?? NaN;
    });
    assert.deepEqual(cell, fruit);
    assert.equal(sheet.data[sheet.data.length - 1], 0);
  });

  it('fills a sheet from one seed, and names the files of a folder by their seeds', async () => {
    assert.equal(await renderHere(['--seed', 'a', '--sheet', '2x1', '--out', join(folder, 'grid.png')]), 0);
    assert.equal(await renderHere(['--seed', 'a,a/1', '--out', `${folder}/many/`]), 0);
    assert.deepEqual(readdirSync(join(folder, 'many')).sort(), ['pomona-a%2F1.png', 'pomona-a.png']);
    const grid = read('grid.png');
    const row = (name: string): number[] => [...read(name).data.slice(32 * 64 * 3, 33 * 64 * 3)];
    const start = 32 * 128 * 3;
    assert.deepEqual([...grid.data.slice(start, start + 128 * 3)], [...row('many/pomona-a.png'), ...row('many/pomona-a%2F1.png')]);
  });

  it('takes the weights from a file and z from JSON', async () => {
    writeFileSync(join(folder, 'z.json'), JSON.stringify([...sampleLatent('42', 128)]));
    const args = [
      '--src',
      'weights/pomona.safetensors',
      '--latent',
      join(folder, 'z.json'),
      '--seed',
      '42',
      '--out',
      join(folder, 'z.png'),
    ];
    assert.equal(await renderHere(args), 0);
    assert.deepEqual([...read('z.png').data], [...(await drawPixels('42'))]);
  });

  it('changes the picture by every option of drawing', async () => {
    const settings = [
      [],
      ['--latent-dim', '4'],
      ['--truncation', '0.2'],
      ['--class-label', 'lemon'],
      ['--noise', 'random'],
      ['--seed', '7'],
    ];
    const pictures = new Set<string>();
    for (const [index, args] of settings.entries()) {
      const name = `option-${index.toString()}.png`;
      assert.equal(await renderHere([...args, '--out', join(folder, name)]), 0);
      pictures.add(Buffer.from(read(name).data as Uint8Array).toString('base64'));
    }
    assert.equal(pictures.size, settings.length);
  });

  it('ends with 2 and one or two lines when the command or what it names is wrong, and writes nothing', () => {
    const out = join(folder, 'never.png');
    const wrong = [
      [],
      ['--out', out, '--model', 'nope'],
      ['--out', out, '--class-label', 'banana'],
      ['--out', out, '--latent-dim', '1000'],
      ['--out', out, '--sheet', '256x256'],
    ];
    for (const args of wrong) {
      const { code, stdout, stderr } = render(args);
      assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, /^gan-canvas: .+\n(Run gan-canvas render --help for the options\.\n)?$/);
      assert.equal(stdout.length, 0);
    }
    assert.ok(!existsSync(out));
  });

  it('ends with 1 when a file cannot be read or written, with the stack only for DEBUG', () => {
    writeFileSync(join(folder, 'broken.safetensors'), 'not weights');
    const failing = [
      [['--src', join(folder, 'missing.safetensors'), '--out', join(folder, 'never.png')], /\(weights-fetch\)\n$/],
      [['--src', join(folder, 'broken.safetensors'), '--out', join(folder, 'never.png')], /\(weights-format\)\n$/],
      [['--latent', join(folder, 'missing.json'), '--out', join(folder, 'never.png')], /missing\.json could not be read/],
      [['--out', join(folder, 'broken.safetensors/never.png')], /could not be written/],
    ] as const;
    for (const [args, message] of failing) {
      const { code, stderr } = render(args);
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
    }
    assert.match(render(failing[0][0], { env: { DEBUG: '1' } }).stderr, /\n +at /);
  });

  it('prints help and version on stdout', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.equal(run(['--version']).stdout.toString(), `${version}\n`);
    assert.match(run(['--help']).stdout.toString(), /^Usage: gan-canvas render/);
    assert.match(render(['--help']).stdout.toString(), /pomona[^]*--latent-dim K/);
    assert.equal(run([]).code, 2);
    assert.equal(run(['frob']).code, 2);
  });
});
