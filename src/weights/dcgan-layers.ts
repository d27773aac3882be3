import type { DcganLayer } from './architecture.ts';

/** One side and the channels of a DCGAN's map, (size, size, channels). */
export interface DcganMap {
  readonly size: number;
  readonly channels: number;
}

function outputSize(layer: DcganLayer, size: number): number {
  const { kernel = 1, stride = 1, padding = 0 } = layer;
  switch (layer.type) {
    case 'dense':
      return layer.size ?? 1;
    case 'conv_transpose':
      return (size - 1) * stride - 2 * padding + kernel;
    case 'upsample_conv':
      return size * stride + 2 * padding - kernel + 1;
    case 'conv':
      return Math.floor((size + 2 * padding - kernel) / stride) + 1;
  }
}

/** The maps between the layers: entry 0 is the input, entry i + 1 what layer i makes of it. */
export function traceDcganLayers(layers: readonly DcganLayer[], input: DcganMap): DcganMap[] {
  const maps = [input];
  let { size } = input;
  for (const layer of layers) {
    size = outputSize(layer, size);
    maps.push({ size, channels: layer.filters });
  }
  return maps;
}
