/** The backends gan-canvas draws on, fastest first. */
export const BACKEND_NAMES = ['webgpu', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];
export type BackendChoice = 'auto' | BackendName;

/** What became of one attempt to use a backend or worker. */
export interface BackendAttempt {
  readonly name: BackendName | 'worker';
  readonly ok: boolean;
  /** Why it was refused, or what was chosen (for example "SIMD, 2 threads"). */
  readonly detail: string;
}

/** The attempts in the order in which they were made; the last one that is ok draws. */
export type BackendReport = readonly BackendAttempt[];
