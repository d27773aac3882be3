/**
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
  /** A layer at resolution r has min(channel_base / r, channel_max) channels. */
  readonly channel_base: number;
  readonly channel_max: number;
  /** Number of classes; 0 for an unconditional network. */
  readonly classes: number;
  /** Activations are clamped to ±conv_clamp after each convolution; null or absent: not clamped. */
  readonly conv_clamp?: number | null;
}

/** What follows a DCGAN layer's convolution (and batch normalisation). */
export type DcganActivation = 'relu' | 'leaky_relu' | 'tanh' | 'sigmoid' | 'none';

/**
 * One layer of a DCGAN. Tensors of generator layer i: `generator.i.weight`, optional `generator.i.bias`, and with
 * `batch_norm` also `generator.i.norm.{weight,bias,running_mean,running_var}`; likewise `discriminator.i.…`.
 */
export interface DcganLayer {
  /**
   * `dense`: weight (filters · size², inputs), output reshaped to (size, size, filters), channel-major as in PyTorch's view(-1, C, H, W);
   * `conv_transpose`: weight (inputs, filters, kernel, kernel), output (in − 1) · stride − 2 · padding + kernel;
   * `upsample_conv`: nearest-neighbour upsampling by `stride`, then convolution, weight (filters, inputs, kernel, kernel), stride 1;
   * `conv`: weight (filters, inputs, kernel, kernel).
   */
  readonly type: 'dense' | 'conv_transpose' | 'upsample_conv' | 'conv';
  readonly filters: number;
  /** `dense` only: the side of the map that it makes. */
  readonly size?: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly bias: boolean;
  readonly batch_norm: boolean;
  readonly activation: DcganActivation;
  /** Slope of `leaky_relu` below zero; 0.2 when left out. */
  readonly slope?: number;
}

/** The classic DCGAN (Radford et al., 2016); every filter size, stride and width is data. z enters as a 1×1 map, not normalised. */
export interface DcganArchitecture {
  readonly kind: 'dcgan';
  readonly resolution: number;
  readonly z_dim: number;
  readonly classes: 0;
  readonly generator: readonly DcganLayer[];
  readonly discriminator: readonly DcganLayer[];
}

export type Architecture = StyleGan2Architecture | DcganArchitecture;
export type NetworkRole = 'generator' | 'discriminator';
