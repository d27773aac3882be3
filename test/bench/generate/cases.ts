/** What `bench -- generate` times, and how long. */
import { NETWORK_NAMES } from './networks.ts';
import type { TimingPlan } from './time-case.ts';

export const FULL_PLAN: TimingPlan = { peers: ['ort', 'tfjs'], rounds: 15, warmMs: 300, roundMs: 60, profiledPictures: 0 };
/** Tries what the full form has found to be the fastest on WASM wherever it was run, and what comes next to it. */
export const QUICK_PLAN: TimingPlan = {
  ...{ peers: ['ort', 'tfjs'], rounds: 5, warmMs: 60, roundMs: 40, profiledPictures: 0 },
  isTried: (formulation) => !/^folded|modulated weights/.test(formulation),
};

export const POMONA = { network: 'pomona', batch: 1 } as const;
/** What only a GPU is asked for. */
export const IN_FLIGHT = { ...POMONA, inFlight: 8 } as const;
export const CASES = [...NETWORK_NAMES.map((network) => ({ network, batch: 1 })), { network: 'pomona', batch: 8 }] as const;
