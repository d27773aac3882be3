/**
 * `npm run bench -- fine-tune`: one adversarial training step of pomona, batch 8, on WASM with one thread and on WebGPU, by our kernels and by stock
 * TensorFlow.js (on WASM with composed gradients), in turns. The same code makes both steps, and their gradients are compared in the same run. On
 * WASM jax-js takes part with code of its own for the same numbers, its gradients compared as well, and PyTorch as the anchor.
 */
import { launchBrowser } from '../tools/browser.ts';
import { BrowserPlace, measureOnGpu } from './browser-place.ts';
import { serveCompressed } from './compressing-server.ts';
import { median, missingFigure, summarize, type BenchOptions, type Figure } from './figures.ts';
import { ADAPTATION_PAIRS, measureAdaptations } from './fine-tune/adaptation.ts';
import { BATCH, compareSteps } from './fine-tune/compare-steps.ts';
import { measureFineTuneOnDawn, measureStepOnGpu, missingStep } from './fine-tune/measure-webgpu.ts';
import { stepName } from './fine-tune/step-runner.ts';
import type { StepPage } from './pages/fine-tune/harness.ts';
import type { OpenPeer, Place } from './place.ts';
import { prepareFineTuneSite } from './site.ts';

const COUNTED = {
  conv_gradients_over_ceiling:
    'counted as the direct convolutions that stand in the graph: downsampling as 6×6, upsampling as 3×3 to four phases',
  conv_gradients_strict_over_ceiling:
    'counted as the layers are defined: downsampling as 3×3 of stride 2, upsampling as a transposed 3×3, their filters not at all',
} as const;

/** GFLOP/s of the convolutions' gradients over the ceiling, each step's with the ceiling measured just before it; counted in both ways. */
async function measureGradients(page: OpenPeer<StepPage>, runs: number): Promise<Figure[]> {
  const instructions = (await page.call('describe')).includes('relaxed') ? 'relaxed_madd' : 'mul+add';
  const ceilings: number[] = [];
  const speeds: Record<keyof typeof COUNTED, number[]> = { conv_gradients_over_ceiling: [], conv_gradients_strict_over_ceiling: [] };
  for (let run = 0; run < runs; run++) {
    const ceiling = await page.call('ceiling', instructions);
    if (ceiling === null) throw new Error(`This browser has no ${instructions}.`);
    const { flops, strictFlops, ms } = await page.call('profileGradients');
    ceilings.push(ceiling);
    speeds.conv_gradients_over_ceiling.push(flops / ms / 1e6);
    speeds.conv_gradients_strict_over_ceiling.push(strictFlops / ms / 1e6);
  }
  return (Object.keys(COUNTED) as (keyof typeof COUNTED)[]).map((name) => {
    const shares = speeds[name].map((speed, run) => speed / (ceilings[run] ?? NaN));
    const note = `${median(speeds[name]).toFixed(1)} of ${median(ceilings).toFixed(1)} GFLOP/s (${instructions}); ${COUNTED[name]}`;
    return summarize(`${stepName({ backend: 'wasm' })}.${name}`, shares, note, 'ratio');
  });
}

async function measureWasm(place: Place, quick: boolean): Promise<Figure[]> {
  return compareSteps(place, { backend: 'wasm', batch: BATCH, turns: quick ? 1 : 7, quick }, (ours) =>
    measureGradients(ours, quick ? 1 : 7),
  );
}

/** What `--data` asks for; without it the figures that need pictures are named, and missing. */
async function measureData(place: Place, quick: boolean, data: string | undefined): Promise<Figure[]> {
  if (data !== undefined && !quick) return measureAdaptations(place, data);
  const reason = data === undefined ? 'there are no pictures: --data FOLDER' : '--quick; it takes an hour';
  return ADAPTATION_PAIRS.map(({ model, set }) => missingFigure(`fine-tune.${model}.${set}.step300.gap_closed`, 'ratio', reason));
}

async function measureInBrowser(site: string, quick: boolean, data: string | undefined): Promise<readonly Figure[]> {
  const server = await serveCompressed(site, 'gzip');
  const browser = await launchBrowser();
  try {
    return [
      ...(await measureWasm(new BrowserPlace(browser, server), quick)),
      ...((await measureOnGpu(server, (place) => measureStepOnGpu(place, quick))) ?? missingStep()),
      ...(await measureData(new BrowserPlace(browser, server), quick, data)),
    ];
  } finally {
    await browser.close();
    await server.close();
  }
}

/** `npm run bench -- fine-tune`. The quick form takes fewer turns. */
export async function measureFineTune({ quick, dawn, data }: BenchOptions): Promise<readonly Figure[]> {
  const site = await prepareFineTuneSite();
  return dawn ? measureFineTuneOnDawn(site, { quick }) : measureInBrowser(site, quick, data);
}
