/** `gan-canvas import` as a script sees it: exit code, stderr and files; and what the files draw in Node. Needs `npm run build` before. */
import { decode } from 'fast-png';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseImportArguments } from '../../src/cli/parse-import-arguments.ts';
import { runCommandLine } from '../../src/cli/run-command-line.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { acquireRuntime } from '../../src/runtime/runtime.ts';
import { joinBytes, pickled, writePickle, writeTorchFile } from '../support/checkpoint-bytes.ts';
import { CHECKPOINTS, decodeNetwork, drawCase, imageCases, judgeCase } from '../support/checkpoint-cases.ts';
import { loadFixtureCases } from '../support/fixture-weights.ts';
import { maxDifference } from '../support/tensor-fixture.ts';

const CLI = 'dist/node/cli.js';
assert.ok(existsSync(CLI), `${CLI} is missing; run npm run build first.`);
const folder = mkdtempSync(join(tmpdir(), 'gan-canvas-import-'));
const fixture = (name: string): string => `test/fixtures/${name}`;

function run(args: readonly string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { env: { ...process.env, DEBUG: '' } });
  return { code: status, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** The same in this process, which is faster; for tests that look only at exit code and files. */
function importHere(...args: readonly string[]): Promise<number> {
  return runCommandLine(['import', '--quiet', ...args]);
}

/** Draws 64 pictures of a weights file and asserts that they are pictures. */
function assertDraws(src: string): void {
  const out = join(folder, `${basename(src)}.png`);
  const { code, stderr } = run(['render', '--src', src, '--seed', '0..63', '--sheet', '8x8', '--out', out]);
  assert.equal(code, 0, stderr);
  assert.ok(new Set(decode(readFileSync(out)).data).size > 5);
}

describe('gan-canvas import', () => {
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const { files, cases: name, tolerance } of CHECKPOINTS) {
    it(`makes of ${files.join(' and ')} files that draw and judge as in PyTorch`, async () => {
      const out = join(folder, `${files[0] ?? ''}.safetensors`);
      assert.equal(await importHere(...files.map(fixture), '--out', out), 0);
      const [generator, discriminator] = [out, out.replace(/safetensors$/, 'discriminator.safetensors')].map((path) =>
        decodeNetwork(new Uint8Array(readFileSync(path))),
      );
      const cases = await loadFixtureCases(name);
      const runtime = await acquireRuntime('wasm');
      for (const [key, { values }] of imageCases(cases)) {
        const drawn = runtime.run(() => generator && drawCase(generator, cases, key));
        assert.ok(maxDifference((await drawn?.data()) ?? [], values) < tolerance, key);
        drawn?.dispose();
      }
      const judged = runtime.run(() => (discriminator ? judgeCase(discriminator, cases) : null));
      if (judged) assert.ok(maxDifference(await judged.tensor.data(), judged.expected) < tolerance);
      judged?.tensor.dispose();
      runtime.dispose();
    });
  }

  it('says what it read and wrote, on stderr only', () => {
    const out = join(folder, 'new/folder/ada.safetensors');
    const { code, stdout, stderr } = run(['import', fixture('tiny-stylegan2-ada.pkl'), '--out', out]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^Read StyleGAN2 \(.*\), 16×16, G_ema and D\.\nWrote .*ada\.safetensors \(0\.08 MB\) and .*ada\.discriminator\.safe/,
    );
    assert.deepEqual(readdirSync(join(folder, 'new/folder')).sort(), ['ada.discriminator.safetensors', 'ada.safetensors']);
    assertDraws(out);
  });

  it('says what it took for granted', () => {
    const { code, stderr } = run(['import', fixture('tiny-dcgan-generator.pth'), '-o', join(folder, 'alone.safetensors')]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^Read DCGAN, 32×32\.\nNote: .*DCGAN tutorial\.\nWrote .*alone\.safetensors \(0\.0\d MB\)\.\n$/);
    assert.ok(!existsSync(join(folder, 'alone.discriminator.safetensors')));
  });

  it('writes half precision, and the generator alone, when told to', async () => {
    const [single, half] = ['single', 'half'].map((name) => join(folder, `${name}.safetensors`)) as [string, string];
    assert.equal(await importHere(fixture('tiny-recipe.pt'), '--out', single), 0);
    assert.equal(await importHere(fixture('tiny-recipe.pt'), '--out', half, '--dtype', 'f16', '--generator-only'), 0);
    assert.ok(readFileSync(half).length < 0.55 * readFileSync(single).length);
    assert.ok(!existsSync(join(folder, 'half.discriminator.safetensors')));
    const { info } = decodeNetwork(new Uint8Array(readFileSync(half)));
    assert.deepEqual([info.name, info.labels], ['half', ['disk', 'square', 'star']]);
    assertDraws(half);
  });

  it('refuses an attack with no effect: nothing is run, nothing is written', () => {
    const [mark, bad, out] = ['mark', 'bad.pth', 'bad.safetensors'].map((name) => join(folder, name)) as [string, string, string];
    const { call, text } = pickled;
    for (const attack of [
      call('os', 'system', text(`touch ${mark}`)),
      call('posix', 'system', text(`touch ${mark}`)),
      call('builtins', 'eval', text(`open("${mark}", "w")`)),
      call('builtins', 'open', text(mark), text('w')),
      call('node:fs', 'writeFileSync', text(mark), text('')),
    ]) {
      for (const file of [writePickle(attack), writeTorchFile(writePickle(attack))]) {
        writeFileSync(bad, file);
        const { code, stderr } = run(['import', bad, '--out', out]);
        assert.equal(code, 1);
        assert.match(stderr, /^gan-canvas: The checkpoint cannot be imported: it (names|calls) .* \(weights-format\)\n$/);
        assert.ok(!existsSync(mark) && !existsSync(out));
      }
    }
  });

  it('keeps the file that was there when the import fails', async () => {
    const [bad, out] = [join(folder, 'cut.pkl'), join(folder, 'kept.safetensors')];
    writeFileSync(out, 'kept');
    writeFileSync(bad, readFileSync(fixture('tiny-stylegan2-ada.pkl')).subarray(0, 100_000));
    const { code, stderr } = run(['import', bad, '--out', out]);
    assert.equal(code, 1);
    assert.match(stderr, /truncated/);
    assert.equal(readFileSync(out, 'utf8'), 'kept');
  });

  it('fails with 1 for files that are not there or no checkpoint, with 2 for a wrong command', () => {
    const out = ['--out', join(folder, 'never.safetensors')];
    const missing = run(['import', join(folder, 'none.pkl'), ...out]);
    assert.deepEqual([missing.code, /none\.pkl could not be read \(ENOENT/.test(missing.stderr)], [1, true]);
    writeFileSync(join(folder, 'page.pkl'), joinBytes('<!DOCTYPE html>'));
    const page = run(['import', join(folder, 'page.pkl'), ...out]);
    assert.deepEqual([page.code, page.stderr.includes('HTML page')], [1, true]);
    const wrong = run(['import']);
    assert.deepEqual([wrong.code, wrong.stderr.endsWith('Run gan-canvas import --help for the options.\n')], [2, true]);
    assert.ok(!existsSync(out[1] ?? ''));
    const help = run(['import', '--help']);
    assert.equal(help.code, 0);
    for (const part of ['--dtype', '--generator-only', '.pkl', 'rosinality', 'No code in the checkpoint is run'])
      assert.ok(help.stdout.includes(part), part);
  });
});

describe('cli/parse-import-arguments', () => {
  const fails = (args: readonly string[], part: string): void => {
    assert.throws(
      () => parseImportArguments(args),
      (error: unknown) => error instanceof UsageError && error.message.includes(part),
      part,
    );
  };

  it('reads files, name and options', () => {
    const plain = { files: ['a.pkl'], out: 'b/c.d.safetensors', name: 'c.d', dtype: 'f32', generatorOnly: false, quiet: false };
    assert.deepEqual(parseImportArguments(['a.pkl', '--out', 'b/c.d.safetensors']), plain);
    const all = parseImportArguments(['g.pth', 'd.pth', '-o', 'C.SAFETENSORS', '--dtype', 'F16', '--generator-only', '-q']);
    assert.deepEqual(all, { files: ['g.pth', 'd.pth'], out: 'C.SAFETENSORS', name: 'C', dtype: 'f16', generatorOnly: true, quiet: true });
    assert.equal(parseImportArguments(['--help']), 'help');
  });

  it('refuses what is missing, too much or unknown', () => {
    fails([], '0 checkpoints');
    fails(['a', 'b', 'c', '--out', 'd.safetensors'], '3 checkpoints');
    fails(['a'], '--out is missing');
    fails(['a', '--out', ''], '--out is missing');
    fails(['a', '--out', 'b.png'], 'does not end in NAME.safetensors');
    fails(['a', '--out', 'folder/.safetensors'], 'does not end in NAME.safetensors');
    fails(['a', '--out', 'b.safetensors', '--dtype', 'bf16'], '--dtype is "bf16"; expected one of f16, f32');
    fails(['a', '--out', 'b.safetensors', '--seed', '1'], "Unknown option '--seed'");
  });
});
