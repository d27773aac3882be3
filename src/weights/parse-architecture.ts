import { DCGAN_ACTIVATIONS, DCGAN_LAYER_TYPES } from './architecture.ts';
import type { Architecture, DcganArchitecture, DcganLayer, StyleGan2Architecture } from './architecture.ts';
import { traceDcganLayers } from './dcgan-layers.ts';
import type { DcganMap } from './dcgan-layers.ts';
import { createFormatError, isRecord, quoteName } from './safetensors.ts';

const MAX_DIM = 2048;
const MAX_CHANNELS = 8192;
const MAX_CLASSES = 65536;
const MAX_RESOLUTION = 1024;
const MAX_LAYERS = 32;

function show(value: unknown): string {
  return quoteName(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined'));
}

/** Reads the fields of one JSON object and remembers which, so that fields nobody knows are refused: they could change the maths. */
function createFields(json: Record<string, unknown>, where: string) {
  const seen = new Set<string>();
  const read = (name: string): unknown => {
    seen.add(name);
    return json[name];
  };
  const fail = (name: string, expected: string) => createFormatError(`${where}.${name} is ${show(json[name])}; expected ${expected}.`);
  return {
    read,
    fail,
    has: (name: string) => json[name] !== undefined,
    integer(name: string, least: number, most: number): number {
      const value = read(name);
      if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
      throw fail(name, `an integer from ${least} to ${most}`);
    },
    boolean(name: string): boolean {
      const value = read(name);
      if (typeof value === 'boolean') return value;
      throw fail(name, 'true or false');
    },
    oneOf<T extends string>(name: string, choices: readonly T[]): T {
      const value = choices.find((choice) => choice === read(name));
      if (value !== undefined) return value;
      throw fail(name, `one of ${choices.join(', ')}`);
    },
    end(): void {
      const unknown = Object.keys(json).find((name) => !seen.has(name));
      if (unknown !== undefined) throw createFormatError(`${where} has the field ${quoteName(unknown)}, which this release does not know.`);
    },
  };
}

function parseStyleGan2(json: Record<string, unknown>): StyleGan2Architecture {
  const fields = createFields(json, 'architecture');
  const kind = fields.oneOf('kind', ['stylegan2']);
  const resolution = fields.integer('resolution', 8, MAX_RESOLUTION);
  if ((resolution & (resolution - 1)) !== 0) throw fields.fail('resolution', 'a power of two');
  const clamp = fields.read('conv_clamp') ?? null;
  if (clamp !== null && !(typeof clamp === 'number' && Number.isFinite(clamp) && clamp > 0))
    throw fields.fail('conv_clamp', 'null or a positive number');
  const architecture: StyleGan2Architecture = {
    kind,
    resolution,
    z_dim: fields.integer('z_dim', 1, MAX_DIM),
    w_dim: fields.integer('w_dim', 1, MAX_DIM),
    mapping_layers: fields.integer('mapping_layers', 1, 16),
    channel_base: fields.integer('channel_base', resolution, MAX_CHANNELS * MAX_RESOLUTION),
    channel_max: fields.integer('channel_max', 1, MAX_CHANNELS),
    classes: fields.integer('classes', 0, MAX_CLASSES),
    conv_clamp: clamp,
  };
  fields.end();
  return Object.freeze(architecture);
}

function parseSlope(fields: ReturnType<typeof createFields>): number {
  const slope = fields.read('slope');
  if (typeof slope === 'number' && slope >= 0 && slope < 1) return slope;
  throw fields.fail('slope', 'a number from 0 to below 1');
}

function parseLayer(json: unknown, where: string): DcganLayer {
  if (!isRecord(json)) throw createFormatError(`${where} is no object.`);
  const fields = createFields(json, where);
  const type = fields.oneOf('type', DCGAN_LAYER_TYPES);
  const activation = fields.oneOf('activation', DCGAN_ACTIVATIONS);
  const layer: DcganLayer = {
    type,
    filters: fields.integer('filters', 1, MAX_CHANNELS),
    ...(type === 'dense'
      ? { size: fields.integer('size', 1, MAX_RESOLUTION) }
      : {
          kernel: fields.integer('kernel', 1, 64),
          stride: fields.integer('stride', 1, 16),
          padding: fields.integer('padding', 0, 63),
        }),
    bias: fields.boolean('bias'),
    batch_norm: fields.boolean('batch_norm'),
    activation,
    ...(activation === 'leaky_relu' && fields.has('slope') && { slope: parseSlope(fields) }),
  };
  fields.end();
  return Object.freeze(layer);
}

function parseLayers(json: unknown, where: string): readonly DcganLayer[] {
  if (!Array.isArray(json) || json.length > MAX_LAYERS) {
    throw createFormatError(`${where} is no list of up to ${MAX_LAYERS} layers.`);
  }
  return Object.freeze(json.map((layer, index) => parseLayer(layer, `${where}[${index}]`)));
}

/** Follows the maps through the layers: each must have a size, and the last must be what the network is to give. */
function assertChain(layers: readonly DcganLayer[], input: DcganMap, output: DcganMap, where: string): void {
  if (layers.length === 0) return;
  const maps = traceDcganLayers(layers, input);
  maps.forEach(({ size }, index) => {
    if (size >= 1 && size <= 2 * MAX_RESOLUTION) return;
    throw createFormatError(`${where}[${index - 1}] would make a map of side ${size}; expected 1 to ${2 * MAX_RESOLUTION}.`);
  });
  const { size, channels } = maps.at(-1) ?? input;
  if (size !== output.size || channels !== output.channels) {
    throw createFormatError(
      `${where} ends in a map of ${size}×${size}×${channels}; expected ${output.size}×${output.size}×${output.channels}.`,
    );
  }
}

function parseDcgan(json: Record<string, unknown>): DcganArchitecture {
  const fields = createFields(json, 'architecture');
  const kind = fields.oneOf('kind', ['dcgan']);
  if (fields.has('classes')) fields.integer('classes', 0, 0);
  const layers = parseLayers(fields.read('generator'), 'architecture.generator');
  const architecture: DcganArchitecture = {
    kind,
    resolution: fields.integer('resolution', 1, MAX_RESOLUTION),
    z_dim: layers.length > 0 ? fields.integer('z_dim', 1, MAX_DIM) : fields.integer('z_dim', 0, 0),
    classes: 0,
    generator: layers,
    discriminator: parseLayers(fields.read('discriminator'), 'architecture.discriminator'),
  };
  fields.end();
  const { resolution, z_dim: zDim, generator, discriminator } = architecture;
  const misplaced = generator.findIndex(({ type }, index) => type === 'dense' && index > 0);
  if (misplaced > 0) throw createFormatError(`architecture.generator[${misplaced}] is dense; only the first layer may be.`);
  const other = discriminator.findIndex(({ type }) => type !== 'conv');
  if (other >= 0) throw createFormatError(`architecture.discriminator[${other}] is ${discriminator[other]?.type ?? ''}; expected conv.`);
  if (generator.length + discriminator.length === 0)
    throw createFormatError('architecture has layers neither of a generator nor of a discriminator.');
  assertChain(generator, { size: 1, channels: zDim }, { size: resolution, channels: 3 }, 'architecture.generator');
  assertChain(discriminator, { size: resolution, channels: 3 }, { size: 1, channels: 1 }, 'architecture.discriminator');
  return Object.freeze(architecture);
}

/**
 * Reads an architecture from JSON data: every field's type and range, no unknown fields, and for a DCGAN that its layers lead from z to
 * resolution×resolution×3 and from there to 1×1×1. The result is frozen.
 * @throws GanCanvasError `weights-format`
 */
export function parseArchitecture(json: unknown): Architecture {
  if (!isRecord(json)) throw createFormatError('it names no architecture.');
  switch (json.kind) {
    case 'stylegan2':
      return parseStyleGan2(json);
    case 'dcgan':
      return parseDcgan(json);
    default:
      throw createFormatError(`architecture.kind is ${show(json.kind)}; expected stylegan2 or dcgan.`);
  }
}
