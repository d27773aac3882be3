import { GanCanvasError } from '../support/errors.ts';
import { DCGAN_ACTIVATIONS, type DcganActivation, type DcganArchitecture, type DcganLayer } from '../weights/architecture.ts';
import { parseArchitecture } from '../weights/parse-architecture.ts';
import { DCGAN_NORMALIZATIONS, type DcganNormalization } from './training-settings.ts';

/** What is chosen of a DCGAN; the rest follows. */
export interface DcganDesign {
  /** Pixels along a side, 4…1024; stride^depth must divide it. */
  readonly resolution: number;
  /** Length of z, 1…2048. */
  readonly zDim: number;
  /** Side of the filters that enlarge and shrink, 2…64, no less than the stride. */
  readonly filterSize: number;
  /** How many times as large a layer makes its map along a side, 2…16; 2 when left out. */
  readonly stride?: number;
  /** Layers that enlarge, and as many that shrink, 1…10; when left out, as many as leave the first map a side of 4 or more. */
  readonly depth?: number;
  /** Channels of the largest map, 1…1024; each smaller one has twice as many, up to eight times. */
  readonly width: number;
  /** After all layers but the last ones; when left out ReLU in the generator and leaky ReLU in the discriminator, as in the textbook. */
  readonly activation?: DcganActivation;
  /** `batch`: after all layers but the generator's last and the discriminator's first and last. */
  readonly normalization: DcganNormalization;
}

const MAX_WIDENING = 8;
/** The first map's side when the depth is left to us; and the largest kernel there is, which makes that map. */
const FIRST_SIDE = 4;
const MAX_KERNEL = 64;
const MAX_DEPTH = 10;

function refuse(message: string): GanCanvasError {
  return new GanCanvasError('invalid-argument', message);
}

function assertInteger(name: keyof DcganDesign, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw refuse(`${name} is ${String(value)}; it must be a whole number from ${least} to ${most}.`);
}

function assertOneOf(name: keyof DcganDesign, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw refuse(`${name} is "${value}"; it must be one of ${choices.join(', ')}.`);
}

function assertDesign({
  resolution,
  zDim,
  filterSize,
  stride = 2,
  depth = 1,
  width,
  activation = 'relu',
  normalization,
}: DcganDesign): void {
  assertInteger('resolution', resolution, 4, 1024);
  assertInteger('zDim', zDim, 1, 2048);
  assertInteger('filterSize', filterSize, 2, 64);
  assertInteger('stride', stride, 2, 16);
  assertInteger('depth', depth, 1, MAX_DEPTH);
  assertInteger('width', width, 1, 1024);
  assertOneOf('activation', activation, DCGAN_ACTIVATIONS);
  assertOneOf('normalization', normalization, DCGAN_NORMALIZATIONS);
  if (filterSize < stride)
    throw refuse(
      `filterSize is ${filterSize} and stride ${stride}: the filters would miss pixels; filterSize must be at least the stride.`,
    );
  if ((filterSize - stride) % 2 !== 0 && filterSize % 2 === 0)
    throw refuse(
      `filterSize is ${filterSize} and stride ${stride}: an even filter enlarges exactly ${stride} times only with an even stride; take filterSize ${filterSize - 1} or ${filterSize + 1}.`,
    );
}

/** The numbers of layers that this resolution can be reached by. */
function possibleDepths(resolution: number, stride: number): number[] {
  const depths = [];
  for (let depth = 1, rest = resolution / stride; Number.isInteger(rest) && depth <= MAX_DEPTH; depth++, rest /= stride) depths.push(depth);
  return depths.filter((depth) => resolution / stride ** depth <= MAX_KERNEL);
}

function chooseDepth({ resolution, stride = 2, depth }: DcganDesign): number {
  const depths = possibleDepths(resolution, stride);
  if (depths.length === 0)
    throw refuse(
      `resolution is ${resolution} and stride ${stride}: no number of layers enlarges a map of whole side, at most ${MAX_KERNEL}, ${stride} times each to ${resolution}; choose a resolution that is divided by ${stride} often enough, or another stride.`,
    );
  if (depth === undefined) return depths.findLast((each) => resolution / stride ** each >= FIRST_SIDE) ?? (depths[0] as number);
  if (depths.includes(depth)) return depth;
  throw refuse(
    `depth is ${depth}, resolution ${resolution} and stride ${stride}: the first map would have a side of ${resolution / stride ** depth}, which must be a whole number, at most ${MAX_KERNEL}; possible here: depth ${depths.join(', ')}.`,
  );
}

/**
 * A layer that enlarges `stride` times exactly: a transposed convolution where its borders come out even, else nearest-neighbour upsampling and a
 * convolution, which every odd filter can.
 */
function enlarge(filterSize: number, stride: number): Pick<DcganLayer, 'type' | 'kernel' | 'stride' | 'padding'> {
  const surplus = filterSize - stride;
  const isEven = surplus % 2 === 0;
  return {
    type: isEven ? 'conv_transpose' : 'upsample_conv',
    kernel: filterSize,
    stride,
    padding: (isEven ? surplus : filterSize - 1) / 2,
  };
}

/**
 * A generator and a discriminator of that design. The generator makes a small map of z and enlarges it `depth` times; the discriminator is its
 * mirror image. Layers before normalisation have no bias: it would take it away again.
 * @throws GanCanvasError `invalid-argument` for what is out of range or does not go together
 */
export function createDcganArchitecture(design: DcganDesign): DcganArchitecture {
  assertDesign(design);
  const { resolution, zDim, filterSize, stride = 2, width, activation, normalization } = design;
  const depth = chooseDepth(design);
  const first = resolution / stride ** depth;
  /** Of the map that is enlarged so many times more. */
  const channels = (times: number): number => width * Math.min(2 ** (times - 1), MAX_WIDENING);
  const hidden = (isNormal: boolean, otherwise: DcganActivation): Pick<DcganLayer, 'bias' | 'batch_norm' | 'activation'> => {
    const batchNorm = isNormal && normalization === 'batch';
    return { bias: !batchNorm, batch_norm: batchNorm, activation: activation ?? otherwise };
  };
  const times = Array.from({ length: depth }, (_, index) => depth - index);
  const open = { kernel: first, stride: 1, padding: 0 };
  const generator: DcganLayer[] = [
    { type: 'conv_transpose', filters: channels(depth), ...open, ...hidden(true, 'relu') },
    ...times.slice(1).map((each) => ({ filters: channels(each), ...enlarge(filterSize, stride), ...hidden(true, 'relu') })),
    { filters: 3, ...enlarge(filterSize, stride), bias: true, batch_norm: false, activation: 'tanh' },
  ];
  const shrink = { type: 'conv', kernel: filterSize, stride, padding: Math.ceil((filterSize - stride) / 2) } as const;
  const discriminator: DcganLayer[] = [
    ...times.toReversed().map((each) => ({ filters: channels(each), ...shrink, ...hidden(each > 1, 'leaky_relu') })),
    { type: 'conv', filters: 1, ...open, bias: true, batch_norm: false, activation: 'sigmoid' },
  ];
  return parseArchitecture({ kind: 'dcgan', resolution, z_dim: zDim, classes: 0, generator, discriminator }) as DcganArchitecture;
}
