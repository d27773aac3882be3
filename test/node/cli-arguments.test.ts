import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRenderArguments, type RenderArguments } from '../../src/cli/parse-render-arguments.ts';
import { parseSeeds } from '../../src/cli/parse-seeds.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

function parse(...args: string[]): RenderArguments {
  const parsed = parseRenderArguments(['--out', 'a.png', ...args]);
  assert.notEqual(parsed, 'help');
  return parsed as RenderArguments;
}

const refuses = (args: readonly string[], message: RegExp): void => {
  assert.throws(
    () => parseRenderArguments(args),
    (error: unknown) => error instanceof UsageError && message.test(error.message),
  );
};

describe('cli/parse-seeds', () => {
  it('takes any string as one seed', () => {
    for (const seed of ['42', '', 'a b', '007', '1.5', '..', '1..', 'a..b', '日本']) assert.deepEqual(parseSeeds(seed), [seed]);
  });

  it('counts a range up and down, ends included', () => {
    assert.deepEqual(parseSeeds('0..3'), ['0', '1', '2', '3']);
    assert.deepEqual(parseSeeds('1..-1'), ['1', '0', '-1']);
    assert.equal(parseSeeds('0..63').length, 64);
  });

  it('joins lists and ranges, and keeps an escaped comma', () => {
    assert.deepEqual(parseSeeds('a,5..6,b'), ['a', '5', '6', 'b']);
    assert.deepEqual(parseSeeds('one\\, two,3'), ['one, two', '3']);
  });

  it('refuses empty entries and ranges without end', () => {
    assert.throws(() => parseSeeds('1,,2'), /empty entry/);
    assert.throws(() => parseSeeds('0..999999999'), /at most 100000/);
  });
});

describe('cli/parse-render-arguments', () => {
  it('gives defaults to what is left out', () => {
    assert.deepEqual(
      { ...parse() },
      {
        model: undefined,
        src: undefined,
        integrity: undefined,
        seeds: ['0'],
        out: 'a.png',
        sheet: undefined,
        latentFile: undefined,
        latentDim: undefined,
        truncation: undefined,
        classLabel: undefined,
        noise: undefined,
        directions: undefined,
        mix: undefined,
        backend: 'wasm',
        scale: 1,
        pixelated: false,
        quiet: false,
      },
    );
  });

  it('reads every option', () => {
    const parsed = parse(
      ...['--model', 'pomona', '--seed', '1,2', '--seed', '7..9', '--sheet', '8x4', '--latent', 'z.json', '--latent-dim', '16'],
      ...[
        '--truncation',
        '0.7',
        '--class-label',
        'pear',
        '--noise',
        'random',
        '--directions',
        'redness:1.5 roundness:-1',
        '--mix',
        '7@4-5',
      ],
      ...['--backend', 'cpu', '--scale', '4', '--pixelated', '-q'],
    );
    assert.deepEqual(parsed.seeds, ['1', '2', '7', '8', '9']);
    assert.deepEqual(parsed.sheet, { columns: 8, rows: 4 });
    assert.deepEqual(parsed.directions, { redness: 1.5, roundness: -1 });
    assert.deepEqual(parsed.mix, { seed: '7', layers: '4-5' });
    const { model, latentFile, latentDim, truncation, classLabel, noise, backend, scale, pixelated, quiet } = parsed;
    assert.deepEqual(
      [model, latentFile, latentDim, truncation, classLabel, noise, backend, scale, pixelated, quiet],
      ['pomona', 'z.json', 16, 0.7, 'pear', 'random', 'cpu', 4, true, true],
    );
  });

  it('asks for help before it checks anything else', () => {
    assert.equal(parseRenderArguments(['--help', '--seed', '1,,2']), 'help');
  });

  it('refuses malformed values, naming the option and what is expected', () => {
    refuses(['--out', 'a.png', '--latent-dim', 'abs'], /--latent-dim is "abs"; expected a whole number of at least 1/);
    refuses(['--out', 'a.png', '--latent-dim', '0'], /--latent-dim/);
    refuses(['--out', 'a.png', '--latent-dim', '1.5'], /--latent-dim/);
    refuses(['--out', 'a.png', '--truncation', 'x'], /--truncation is "x"; expected a number from 0 to 2/);
    refuses(['--out', 'a.png', '--truncation', '2.5'], /--truncation/);
    refuses(['--out', 'a.png', '--truncation', ''], /--truncation/);
    refuses(['--out', 'a.png', '--noise', 'loud'], /--noise is "loud"; expected one of const, none, random/);
    refuses(['--out', 'a.png', '--backend', 'webgpu'], /--backend is "webgpu"; expected one of wasm, cpu/);
    refuses(['--out', 'a.png', '--sheet', '8'], /--sheet is "8"; expected COLUMNSxROWS/);
    refuses(['--out', 'a.png', '--sheet', '0x3'], /--sheet/);
    refuses(['--out', 'a.png', '--directions', 'redness'], /--directions: .*redness/);
    refuses(['--out', 'a.png', '--mix', '7'], /--mix: .*7@4-7/);
    refuses(['--out', 'a.png', '--scale', '0'], /--scale/);
  });

  it('refuses what cannot go together', () => {
    refuses(['--out', 'a.png', '--model', 'pomona', '--src', 'x.safetensors'], /Both --model and --src/);
    refuses(['--out', 'a.png', '--integrity', 'sha256-x'], /--integrity is given without --src/);
    refuses(['--out', 'a.png', '--seed', '0..64', '--sheet', '8x8'], /65 seeds do not fit on a sheet of 8x8 \(64 cells\)/);
    refuses(['--seed', '1'], /--out is missing/);
  });

  it('refuses unknown options, stray words and values that look like options', () => {
    refuses(['--out', 'a.png', '--colour'], /Unknown option '--colour'\.?$/);
    refuses(['--out', 'a.png', 'pomona'], /Unexpected argument 'pomona'/);
    refuses(['--out', 'a.png', '--seed', '-5'], /--seed=-/);
  });

  it('takes a negative seed after an equals sign', () => {
    assert.deepEqual(parse('--seed=-5').seeds, ['-5']);
  });
});
