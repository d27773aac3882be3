/** The figures of one case. */
import { exactFigure, missingFigure, summarize, summarizeRatio, type Figure } from '../figures.ts';
import type { LayerProfile } from '../pages/generate/ours.ts';
import type { BenchCase, PeerName } from './open-peer.ts';
import type { CaseResult, PeerResult } from './time-case.ts';

/** How the figures of a case begin; threads are told of on WASM only. */
export function caseName({ backend, threads, network, batch, inFlight }: BenchCase, isSoftware = false): string {
  const place = backend === 'wasm' ? `wasm.threads${threads.toString()}` : isSoftware ? 'webgpu-software' : 'webgpu';
  const flight = inFlight === undefined ? '' : `.in_flight${inFlight.toString()}`;
  return `generate.${place}.${network}.batch${batch.toString()}${flight}`;
}

function describePeer({ detail, formulation, threads }: PeerResult, task: BenchCase): string {
  const other = threads === task.threads ? '' : `; ${threads.toString()} of ${task.threads.toString()} threads`;
  return `${detail}; ${formulation}${other}`;
}

function memoryFigures(name: string, { peer, wasmBytes, gpuBytes }: PeerResult, { backend }: BenchCase): Figure[] {
  const figures: Figure[] = [];
  if (wasmBytes > 0) figures.push(exactFigure(`${name}.${peer}_wasm_bytes`, wasmBytes, 'bytes', 'WASM memory, at most'));
  if (backend === 'webgpu') figures.push(exactFigure(`${name}.${peer}_gpu_bytes`, gpuBytes, 'bytes', 'GPU buffers, at most'));
  return figures;
}

/** Times of all, ratios to ours, memory and downloads. Ours counts only where it ran with as many threads as the case asks for. */
export function caseFigures(task: BenchCase, { results, refused }: CaseResult, isSoftware = false): Figure[] {
  const name = caseName(task, isSoftware);
  const figures: Figure[] = [];
  const ours = results.find(({ peer }) => peer === 'ours');
  const refusal =
    ours && ours.threads === task.threads ? null : `gan-canvas did not use ${task.threads.toString()} threads (${ours?.detail ?? ''})`;
  for (const result of results) {
    const { peer, ms, codeBytes } = result;
    if (peer === 'ours' && refusal !== null) {
      figures.push(missingFigure(`${name}.ours_ms`, 'ms', refusal));
      continue;
    }
    figures.push(summarize(`${name}.${peer}_ms`, ms, describePeer(result, task)), ...memoryFigures(name, result, task));
    if (codeBytes !== null)
      figures.push(
        exactFigure(`${name}.${peer}_code_bytes`, codeBytes, 'bytes', 'scripts and .wasm downloaded, gzip; weights come on top'),
      );
    if (peer === 'ours' || !ours) continue;
    const ratio = `${name}.${peer}_over_ours`;
    figures.push(refusal === null ? summarizeRatio(ratio, ms, ours.ms) : missingFigure(ratio, 'ratio', refusal));
  }
  for (const [peer, reason] of refused) figures.push(...missingPeer(name, peer, reason));
  return figures;
}

export function missingPeer(name: string, peer: PeerName, reason: string): Figure[] {
  return [missingFigure(`${name}.${peer}_ms`, 'ms', reason), missingFigure(`${name}.${peer}_over_ours`, 'ratio', reason)];
}

/** The speed of the 3×3 layers beside the ceiling, which was measured anew in each round. */
export function layerFigures(profiles: readonly LayerProfile[]): Figure[] {
  const [first] = profiles;
  if (!first) return [];
  const layers = profiles.map(({ layerGflops }) => layerGflops);
  const ceilings = profiles.map(({ ceilingGflops }) => ceilingGflops);
  const name = 'generate.wasm.threads1';
  return [
    summarizeRatio(`${name}.conv3x3_over_ceiling`, layers, ceilings),
    summarize(`${name}.conv3x3_gflops`, layers, `${first.kernel}; direct convolution counted, upsampling by phases`, 'gflops'),
    summarize(`${name}.ceiling_gflops`, ceilings, first.instructions, 'gflops'),
  ];
}
