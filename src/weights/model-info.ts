import type { Architecture } from './architecture.ts';

/** Where the noise of a StyleGAN2 comes from: the checkpoint's own buffers, nowhere, or the seed. */
export const NOISE_MODES = ['const', 'none', 'random'] as const;
export type NoiseMode = (typeof NOISE_MODES)[number];

/** A direction that a weights file names. Its vector, one standard deviation long, is the tensor `directions.<name>`. */
export interface DirectionInfo {
  readonly name: string;
  /** `named` (found by regression on a measured attribute), `pca`, `sefa` or `learned`. */
  readonly kind: string;
  /** First and last index of ws that it moves, inclusive; null for a DCGAN, where it moves z. */
  readonly layers: readonly [number, number] | null;
  /** Sizes between which it was seen to behave. */
  readonly range: readonly [number, number];
  /** The card's figures for it, as they stand in the file. */
  readonly validation: Readonly<Record<string, unknown>>;
}

/** What a weights file says of its model; frozen, and safe to send between realms. */
export interface ModelInfo {
  readonly name: string;
  readonly architecture: Architecture;
  /** Pixels along a side of a picture. */
  readonly resolution: number;
  readonly zDim: number;
  /** Length of a direction vector: w_dim, or z_dim for a DCGAN. */
  readonly directionDim: number;
  /** Rows of ws: 2 · log2(resolution) − 2 for StyleGAN2; 1 for a DCGAN. */
  readonly numWs: number;
  /** Names of the classes; empty for an unconditional model. Unnamed classes are called by their index. */
  readonly labels: readonly string[];
  /** True when the model was trained with nested latent sizes, so that every `latent-dim` gives good pictures. */
  readonly nested: boolean;
  /** Default truncation psi, 0…2. */
  readonly truncation: number;
  readonly noise: NoiseMode;
  readonly directions: readonly DirectionInfo[];
  readonly licence: string;
  readonly attribution: string;
  readonly trainingData: string;
  readonly imagesSeen: number;
  readonly metrics: Readonly<Record<string, unknown>>;
  /** What it was fine-tuned from, on how many pictures, for how long and with which settings; null: it was not. */
  readonly tuning: Readonly<Record<string, unknown>> | null;
  /** The discriminator's file, relative to the generator's, and its SHA-256 (SRI form); null when there is none. */
  readonly discriminator: { readonly url: string; readonly integrity: string | null } | null;
}
