/**
 * Layer `weights`: pure bytes, no tensors. Weights files in and out, what they hold and claim, fetching and caching them. It may assume
 * fetch and typed arrays; it must not know of backends, latents or elements.
 *
 * Architectures: plain JSON data that, with named tensors, determines a network completely. Field names are those of the
 * weights file (snake case), so that the data passes through unchanged.
 */

/** StyleGAN2: skip generator, residual discriminator (Karras et al., "Analyzing and Improving the Image Quality of StyleGAN", 2020). */
export interface StyleGan2Architecture {
  readonly kind: 'stylegan2';
  /** Pixels along a side; a power of two, 8…1024. */
  readonly resolution: number;
  /** Length of z, 1…2048. */
  readonly z_dim: number;
  /** Length of w, 1…2048. */
  readonly w_dim: number;
  /** Fully connected layers of the mapping network, 1…16. */
  readonly mapping_layers: number;
  /** A layer at resolution r has min(floor(channel_base / r), channel_max) channels; channel_base ≥ resolution, channel_max 1…8192. */
  readonly channel_base: number;
  readonly channel_max: number;
  /** Number of classes, 0…65536; 0 for an unconditional network. */
  readonly classes: number;
  /** Activations are clamped to ±conv_clamp after each convolution; null or absent: not clamped. */
  readonly conv_clamp?: number | null;
}

/** What follows a DCGAN layer's convolution (and batch normalisation). */
export const DCGAN_ACTIVATIONS = ['relu', 'leaky_relu', 'tanh', 'sigmoid', 'none'] as const;
export type DcganActivation = (typeof DCGAN_ACTIVATIONS)[number];

export const DCGAN_LAYER_TYPES = ['dense', 'conv_transpose', 'upsample_conv', 'conv'] as const;

/**
 * One layer of a DCGAN. Tensors of generator layer i: `generator.i.weight`, optional `generator.i.bias`, and with
 * `batch_norm` also `generator.i.norm.{weight,bias,running_mean,running_var}`; likewise `discriminator.i.…`.
 */
export interface DcganLayer {
  /**
   * `dense`: only as a generator's first layer; weight (filters · size², z_dim), bias (filters · size²), output reshaped to
   * (size, size, filters), channel-major as in PyTorch's view(-1, C, H, W);
   * `conv_transpose`: weight (inputs, filters, kernel, kernel), side (in − 1) · stride − 2 · padding + kernel;
   * `upsample_conv`: nearest-neighbour upsampling by `stride`, then convolution with stride 1, weight (filters, inputs, kernel, kernel),
   * side in · stride + 2 · padding − kernel + 1;
   * `conv`: weight (filters, inputs, kernel, kernel), side floor((in + 2 · padding − kernel) / stride) + 1. A discriminator has no others.
   */
  readonly type: (typeof DCGAN_LAYER_TYPES)[number];
  readonly filters: number;
  /** `dense` only: the side of the map that it makes. */
  readonly size?: number;
  /** All but `dense`: side of the kernel, 1…64; stride, 1…16; zeros at each border, 0…63. */
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly bias: boolean;
  readonly batch_norm: boolean;
  readonly activation: DcganActivation;
  /** `leaky_relu` only: its slope below zero, 0 ≤ slope < 1; 0.2 when left out. */
  readonly slope?: number;
}

/**
 * The classic DCGAN (Radford et al., 2016); every filter size, stride and width is data. z enters as a 1×1 map, not normalised. The
 * generator's layers lead from 1×1×z_dim to resolution×resolution×3, the discriminator's from there to 1×1×1; one of
 * the two may be empty, where only the other network is known. Batch normalisation adds 1e-5 to the variance.
 */
export interface DcganArchitecture {
  readonly kind: 'dcgan';
  /** Pixels along a side, 1…1024. */
  readonly resolution: number;
  /** Length of z, 1…2048; 0 without a generator. */
  readonly z_dim: number;
  readonly classes: 0;
  readonly generator: readonly DcganLayer[];
  readonly discriminator: readonly DcganLayer[];
}

export type Architecture = StyleGan2Architecture | DcganArchitecture;
export type NetworkRole = 'generator' | 'discriminator';
