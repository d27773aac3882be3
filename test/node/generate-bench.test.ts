import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatTable, missingFigure, summarizeRatio } from '../bench/figures.ts';
import { caseFigures, caseName, layerFigures } from '../bench/generate/case-figures.ts';
import { ceilingFlops, encodeCeilingModule, measureCeiling } from '../bench/generate/ceiling-module.ts';
import { countMultiplyAdds, createRandomNetwork } from '../bench/generate/networks.ts';
import { assertSamePicture } from '../bench/generate/same-picture.ts';
import type { BenchCase } from '../bench/generate/open-peer.ts';
import type { PeerResult } from '../bench/generate/time-case.ts';
import { interleavePlanes, packPlanes, packRgba } from '../bench/pages/generate/pixels.ts';

const SMALL = {
  kind: 'stylegan2',
  z_dim: 4,
  w_dim: 4,
  mapping_layers: 1,
  classes: 0,
  resolution: 8,
  channel_base: 32,
  channel_max: 6,
} as const;

describe('bench/generate/ceiling-module', () => {
  it('multiplies and adds in every accumulator, eight times a turn', async () => {
    const { instance } = await WebAssembly.instantiate(encodeCeilingModule(3, 'mul+add'));
    const run = instance.exports['run'] as (turns: number, factor: number, summand: number) => number;
    // They start at 5, 6 and 7, and x becomes 1 + (x − 1) / 2.
    const after = (steps: number): number => [5, 6, 7].reduce((sum, start) => sum + 1 + (start - 1) / 2 ** steps, 0);
    assert.equal(run(1, 0.5, 0.5), Math.fround(after(8)));
    assert.equal(run(2, 0.5, 0.5), Math.fround(after(16)));
    assert.equal(ceilingFlops(3, 2), 3 * 16 * 4 * 2);
  });

  it('has one relaxed instruction in the place of the two', () => {
    const relaxed = Array.from(encodeCeilingModule(8, 'relaxed_madd'));
    const count = (opcode: readonly number[], bytes: readonly number[]): number =>
      bytes.filter((_, at) => opcode.every((byte, offset) => bytes[at + offset] === byte)).length;
    assert.equal(count([0xfd, 0x85, 0x02], relaxed), 8 * 8);
    assert.equal(count([0xfd, 0xe6, 0x01], relaxed), 0);
    assert.equal(count([0xfd, 0xe6, 0x01], Array.from(encodeCeilingModule(8, 'mul+add'))), 8 * 8);
  });

  it('finds a ceiling that a processor can have', () => {
    const gflops = measureCeiling('mul+add', { calls: 4, callMs: 1 }) ?? 0;
    assert.ok(gflops > 0.5 && gflops < 1000, `${gflops.toString()} GFLOP/s`);
  });
});

describe('bench/generate/same-picture', () => {
  const picture = { floats: Array.from({ length: 48 }, (_, at) => at / 48), bytes: Array.from({ length: 64 }, (_, at) => at) };
  const changed = (list: readonly number[], by: number): number[] => list.map((value, at) => (at === 20 ? value + by : value));

  it('takes a picture that is nearly ours', () => {
    assertSamePicture('x', picture, { floats: changed(picture.floats, 0.0009), bytes: changed(picture.bytes, 1) });
  });

  it('refuses another picture, one that is no number, one of another size, and blank ones', () => {
    assert.throws(
      () => assertSamePicture('x', picture, { ...picture, floats: changed(picture.floats, -0.0011) }),
      /x draws another picture, in floats/,
    );
    assert.throws(() => assertSamePicture('x', picture, { ...picture, floats: changed(picture.floats, NaN) }), /in floats/);
    assert.throws(() => assertSamePicture('x', picture, { ...picture, bytes: changed(picture.bytes, 2) }), /in RGBA/);
    assert.throws(() => assertSamePicture('x', picture, { ...picture, floats: picture.floats.slice(1) }), /47 values, expected 48/);
    const blank = { ...picture, bytes: picture.bytes.map(() => 7) };
    assert.throws(() => assertSamePicture('x', blank, blank), /blank/);
  });
});

describe('bench/generate/networks', () => {
  it('counts nine multiply-adds for each pixel of the input and pair of channels', () => {
    // 4×4: 6 to 6; up to 8×8: 6 to 4 from 4×4; 8×8: 4 to 4.
    assert.equal(countMultiplyAdds(SMALL), 9 * (16 * 36 + 16 * 24 + 64 * 16));
  });

  it('makes the same random network from the same seed, and no noise', () => {
    const [a, b, c] = ['a', 'a', 'c'].map((seed) => createRandomNetwork(SMALL, seed).tensors);
    const name = 'synthesis.b8.conv0.weight';
    assert.deepEqual(a?.get(name)?.values, b?.get(name)?.values);
    assert.notDeepEqual(a?.get(name)?.values, c?.get(name)?.values);
    assert.deepEqual([...(a?.keys() ?? [])].filter((each) => each.includes('noise')), []); // prettier-ignore
  });
});

describe('bench/generate/figures', () => {
  const task: BenchCase = { backend: 'wasm', threads: 2, network: 'pomona', batch: 1 };
  const result = (peer: PeerResult['peer'], threads: number, ms: readonly number[]): PeerResult => ({
    ...{ peer, threads, ms, detail: `${peer} 1.0`, formulation: 'folded', wasmBytes: 65536, gpuBytes: 0, codeBytes: 10 },
  });
  const valueOf = (figures: ReturnType<typeof caseFigures>, name: string): number | undefined =>
    figures.find((each) => each.name === name)?.value;

  it('divides medians, and takes the spread of the ratios side by side', () => {
    const figure = summarizeRatio('r', [10, 20, 60], [5, 10, 10]);
    assert.deepEqual([figure.value, figure.unit, figure.runs, figure.spread], [2, 'ratio', 3, 2]);
  });

  it('names threads, network and batch, and the formulation in the note', () => {
    const figures = caseFigures(task, { results: [result('ours', 2, [2, 2]), result('ort', 2, [6, 5])], refused: new Map(), profiles: [] });
    assert.equal(valueOf(figures, 'generate.wasm.threads2.pomona.batch1.ort_over_ours'), 2.75);
    assert.match(figures.find(({ name }) => name.endsWith('ort_ms'))?.note ?? '', /^ort 1\.0; folded$/);
    assert.equal(caseName({ ...task, backend: 'webgpu' }), 'generate.webgpu.pomona.batch1');
    assert.equal(caseName({ ...task, backend: 'webgpu', inFlight: 8 }), 'generate.webgpu.pomona.batch1.in_flight8');
  });

  it('gives no ratio where ours did not use the threads, or a peer did not start', () => {
    const refused = new Map([['tfjs', 'no SIMD']] as const);
    const figures = caseFigures(task, { results: [result('ours', 1, [2]), result('ort', 2, [6])], refused, profiles: [] });
    const missing = figures.filter(({ value }) => Number.isNaN(value)).map(({ name }) => name.split('.').at(-1));
    assert.deepEqual(missing, ['ours_ms', 'ort_over_ours', 'tfjs_ms', 'tfjs_over_ours']);
    assert.equal(JSON.parse(JSON.stringify({ figures })).figures[0].value, null);
    assert.match(formatTable([missingFigure('a', 'ms', 'why')]), /^a {2}— {2}ms {4}not measured: why$/);
  });

  it('sets the layers beside the ceiling of the same round', () => {
    const profile = { kernel: 'k', instructions: 'mul+add' } as const;
    const figures = layerFigures([{ ...profile, layerGflops: 20, ceilingGflops: 40 }, { ...profile, layerGflops: 30, ceilingGflops: 50 }]); // prettier-ignore
    assert.equal(valueOf([...figures], 'generate.wasm.threads1.conv3x3_over_ceiling'), 25 / 45);
  });
});

describe('bench/pages/generate/pixels', () => {
  it('packs interleaved colours and planes into the same bytes', () => {
    const planes = Float32Array.from({ length: 24 }, (_, at) => at / 12 - 1.1);
    const rgba = packPlanes(planes, 2);
    assert.deepEqual(rgba, packRgba(interleavePlanes(planes, 2)));
    assert.deepEqual([...rgba.slice(0, 4)], [0, 30, 72, 255]);
    assert.deepEqual(Array.from(interleavePlanes(planes, 2).slice(0, 3)), [planes[0], planes[4], planes[8]]);
  });
});
