import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { createDcganArchitecture, type DcganDesign } from '../../src/training/create-dcgan-architecture.ts';
import type { DcganActivation, DcganArchitecture, DcganLayer } from '../../src/weights/architecture.ts';
import { traceDcganLayers, type DcganMap } from '../../src/weights/dcgan-layers.ts';
import { parseMetadata } from '../../src/weights/parse-metadata.ts';
import { tensorShapes } from '../../src/weights/tensor-shapes.ts';
import { encodeWeights, type WeightsTensor } from '../../src/weights/weights-file.ts';

/** The form of an untrained generator: chosen as for training from nothing, but for its last layer. */
export interface UntrainedDesign extends Omit<DcganDesign, 'normalization'> {
  /** After the last layer; tanh in a DCGAN. */
  readonly lastActivation?: DcganActivation;
  /** Of the last layer's weights: how strong the picture is. Default 1. */
  readonly contrast?: number;
}

/** A layer of a generator with the maps that it is between, and what it costs. */
export interface LayerCost {
  readonly layer: DcganLayer;
  readonly input: DcganMap;
  readonly output: DcganMap;
  readonly parameters: number;
  /** Of one picture: every number of the smaller map meets every weight of its channel. */
  readonly multiplications: number;
}

/** @throws GanCanvasError for what does not go together, saying what would */
export function designNetwork({ lastActivation, ...design }: UntrainedDesign): DcganArchitecture {
  const architecture = createDcganArchitecture({ ...design, normalization: 'none' });
  if (lastActivation === undefined) return architecture;
  const last = architecture.generator.length - 1;
  const generator = architecture.generator.map((layer, index) => (index === last ? { ...layer, activation: lastActivation } : layer));
  return { ...architecture, generator };
}

/** What each layer of a generator costs. */
export function traceCosts({ generator, z_dim }: DcganArchitecture): readonly LayerCost[] {
  const start: DcganMap = { size: 1, channels: z_dim };
  const maps = traceDcganLayers(generator, start);
  return generator.map((layer, index) => {
    const [input = start, output = start] = maps.slice(index);
    const weights = input.channels * layer.filters * (layer.kernel ?? 1) ** 2;
    const places = layer.type === 'upsample_conv' ? output.size ** 2 : input.size ** 2;
    return { layer, input, output, parameters: weights + (layer.bias ? layer.filters : 0), multiplications: weights * places };
  });
}

/** The side of the square of the picture that one number of the first map can change. */
export function reachOfFirstMap({ generator, resolution }: DcganArchitecture): number {
  const reach = generator.slice(1).reduce((side, { type, kernel = 1, stride = 1 }) => {
    return type === 'upsample_conv' ? side * stride + kernel - 1 : (side - 1) * stride + kernel;
  }, 1);
  return Math.min(reach, resolution);
}

/** How much of a weight is its filter's own, the same all over the filter; the rest differs from place to place. */
const [SHARED, OWN] = [0.9, Math.sqrt(1 - 0.9 ** 2)];

/**
 * How many numbers of a map of this side meet in one of the next, on average along a side: fewer at the edges, and never more than there are.
 */
function meetAlongSide({ type, kernel = 1, stride = 1 }: DcganLayer, side: number): number {
  const [most, places] = type === 'upsample_conv' ? [kernel, side * stride] : [kernel / stride, side];
  return most - (most - 1) / places;
}

/**
 * The factor that keeps the size of a sum (He et al., 2015) of the numbers that meet. Neighbours are much alike, so what a filter has in common
 * with itself adds up, and only its own rest cancels out.
 */
function scaleOf(layer: DcganLayer, input: DcganMap, before: DcganLayer | undefined): number {
  if (!before) return 1 / Math.sqrt(input.channels);
  const meeting = meetAlongSide(layer, input.size) ** 2;
  const gain = before.activation === 'none' || before.activation === 'tanh' ? 1 : Math.SQRT2;
  return gain / Math.sqrt(input.channels * ((SHARED * meeting) ** 2 + OWN ** 2 * meeting));
}

/** Random weights, each filter smooth in itself, as filters of trained networks are: there is something to see without training. */
function drawWeights(architecture: DcganArchitecture, contrast: number): Map<string, WeightsTensor> {
  const layers = architecture.generator;
  const maps = traceDcganLayers(layers, { size: 1, channels: architecture.z_dim });
  return new Map(
    [...tensorShapes(architecture, 'generator')].map(([name, shape]) => {
      const index = Number(name.split('.')[1]);
      const [layer, input] = [layers[index], maps[index]];
      const count = shape.reduce((product, side) => product * side, 1);
      if (!layer || !input || !name.endsWith('.weight')) return [name, { dtype: 'F32', shape, values: new Float32Array(count) }];
      const [rows = 1, columns = 1, side = 1] = shape;
      const scale = scaleOf(layer, input, layers[index - 1]) * (index === layers.length - 1 ? contrast : 1);
      const shared = createNormalStream('0', `untrained/${name}/filters`)(rows * columns);
      // The first layer makes a map out of nothing: all of its places differ.
      const [ofFilter, ofPlace] = index === 0 ? [0, 1] : [SHARED, OWN];
      const values = createNormalStream('0', `untrained/${name}`)(count);
      return [
        name,
        {
          ...{ dtype: 'F32', shape },
          values: values.map((own, at) => scale * (ofPlace * own + ofFilter * (shared[Math.floor(at / side ** 2)] ?? 0))),
        },
      ];
    }),
  );
}

/** A weights file of a generator that has learnt nothing, as a URL; revoke it when it is no longer shown. */
export function createUntrainedUrl(design: UntrainedDesign): { readonly url: string; readonly architecture: DcganArchitecture } {
  const architecture = designNetwork(design);
  const name = 'untrained';
  const { info } = parseMetadata(JSON.stringify({ format: 1, name, role: 'generator', architecture }));
  const tensors = drawWeights(architecture, design.contrast ?? 1);
  const bytes = encodeWeights({ info, role: 'generator', tensors, directions: new Map(), metadata: {} });
  return { url: URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>])), architecture };
}
