import type { Architecture, NetworkRole } from './architecture.ts';
import { NOISE_MODES } from './model-info.ts';
import type { DirectionInfo, ModelInfo } from './model-info.ts';
import { isIntegrity } from './integrity.ts';
import { parseArchitecture } from './parse-architecture.ts';
import { createFormatError, isRecord, parseJsonObject, quoteName } from './safetensors.ts';

/** The version of the `gan_canvas` metadata that this release reads and writes. */
export const FORMAT_VERSION = 1;
/** What a direction's name looks like. */
const DIRECTION_NAME = /^[a-z][a-z0-9-]*$/;
const CHECKSUM = /^[0-9a-f]{16}$/;
const MAX_NAME = 200;

/** What a delta is a delta on. */
export interface DeltaBase {
  /** The base model's name. */
  readonly name: string;
  /** What `checksumTensors` gives for the base. */
  readonly checksum: string;
}

/** The `gan_canvas` metadata of a file, checked. */
export interface ParsedMetadata {
  readonly info: ModelInfo;
  readonly role: NetworkRole | null;
  readonly delta: DeltaBase | null;
  /** The JSON object itself, with fields that this release does not know. */
  readonly raw: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;

function fail(field: string, value: unknown, expected: string): Error {
  const shown = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'missing');
  return createFormatError(`the metadata field ${field} is ${quoteName(shown)}; expected ${expected}.`);
}

function readText(json: Json, field: string): string {
  const value = json[field] ?? '';
  if (typeof value !== 'string') throw fail(field, value, 'a string');
  return value;
}

function readName(value: unknown, field: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_NAME) return value;
  throw fail(field, value, `a string of 1 to ${MAX_NAME} characters`);
}

function readObject(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw fail(field, value, 'an object');
  return value;
}

function readLabels(json: Json, classes: number): readonly string[] {
  const labels = json.labels ?? [];
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string')) throw fail('labels', labels, 'a list of strings');
  if (labels.length !== 0 && labels.length !== classes) throw fail('labels', labels, `${classes} names, one for each class, or none`);
  if (new Set(labels).size !== labels.length) throw fail('labels', labels, 'names that differ');
  return labels;
}

function readPair(value: unknown): readonly [number, number] | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [first, last] = value as unknown[];
  const isOrdered = Number.isFinite(first) && Number.isFinite(last) && (first as number) <= (last as number);
  return isOrdered ? [first as number, last as number] : null;
}

function readLayers(value: unknown, field: string, architecture: Architecture, numWs: number): readonly [number, number] | null {
  if (value === null || value === undefined) return null;
  const layers = readPair(value);
  const fits = architecture.kind !== 'dcgan' && layers?.every(Number.isInteger) === true && layers[0] >= 0 && layers[1] < numWs;
  if (fits) return layers;
  throw fail(field, value, architecture.kind === 'dcgan' ? 'null for a DCGAN' : `[first, last] within 0 to ${numWs - 1}, or null`);
}

function readDirection(value: unknown, index: number, architecture: Architecture, numWs: number): DirectionInfo {
  const field = `directions[${index}]`;
  if (!isRecord(value)) throw fail(field, value, 'an object');
  const { name, range } = value;
  if (typeof name !== 'string' || name.length > MAX_NAME || !DIRECTION_NAME.test(name))
    throw fail(`${field}.name`, name, 'a name such as "redness"');
  const limits = readPair(range);
  if (limits === null) throw fail(`${field}.range`, range, '[least, most]');
  return {
    name,
    kind: readName(value.kind, `${field}.kind`),
    layers: readLayers(value.layers, `${field}.layers`, architecture, numWs),
    range: limits,
    validation: readObject(value.validation, `${field}.validation`),
  };
}

function readDirections(json: Json, architecture: Architecture, numWs: number): readonly DirectionInfo[] {
  const list = json.directions ?? [];
  if (!Array.isArray(list)) throw fail('directions', list, 'a list');
  const directions = list.map((value, index) => readDirection(value, index, architecture, numWs));
  const names = directions.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw fail('directions', twice, 'names that differ');
  return directions;
}

/** Only a file beside the generator's own: a weights file must not send visitors to other hosts. */
function isRelativeUrl(url: string): boolean {
  try {
    return url !== '' && new URL(url, 'https://base.invalid/directory/').origin === 'https://base.invalid';
  } catch {
    return false;
  }
}

function readDiscriminator(json: Json): ModelInfo['discriminator'] {
  const value = json.discriminator ?? null;
  if (value === null) return null;
  if (!isRecord(value)) throw fail('discriminator', value, 'an object or null');
  const { url, integrity = null } = value;
  if (typeof url !== 'string' || !isRelativeUrl(url)) throw fail('discriminator.url', url, 'a relative URL');
  if (integrity !== null && !(typeof integrity === 'string' && isIntegrity(integrity))) {
    throw fail('discriminator.integrity', integrity, 'a hash such as sha256-… in base64, or null');
  }
  return { url, integrity };
}

function readTruncation(json: Json): number {
  const psi = json.truncation ?? 1;
  if (typeof psi === 'number' && psi >= 0 && psi <= 2) return psi;
  throw fail('truncation', psi, 'a number from 0 to 2');
}

function readImagesSeen(json: Json): number {
  const count = json.images_seen ?? 0;
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
  throw fail('images_seen', count, 'an integer from 0');
}

function readNested(json: Json): boolean {
  const nested = json.nested ?? false;
  if (typeof nested !== 'boolean') throw fail('nested', nested, 'true or false');
  return nested;
}

function readNoise(json: Json): ModelInfo['noise'] {
  const noise = NOISE_MODES.find((mode) => mode === (json.noise ?? 'const'));
  if (noise === undefined) throw fail('noise', json.noise, `one of ${NOISE_MODES.join(', ')}`);
  return noise;
}

function readRole(json: Json): NetworkRole | null {
  const role = json.role ?? null;
  if (role === null || role === 'generator' || role === 'discriminator') return role;
  throw fail('role', role, 'generator or discriminator');
}

function readDelta(json: Json): DeltaBase | null {
  const value = json.delta ?? null;
  if (value === null) return null;
  if (!isRecord(value)) throw fail('delta', value, 'an object or null');
  const { name, checksum } = value;
  if (typeof checksum !== 'string' || !CHECKSUM.test(checksum)) throw fail('delta.checksum', checksum, '16 hexadecimal digits');
  return { name: readName(name, 'delta.name'), checksum };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/**
 * Reads the `gan_canvas` metadata, the type and range of every field. Only `format`, `name` and `architecture` must be there.
 * @throws GanCanvasError `weights-format`
 */
export function parseMetadata(text: string): ParsedMetadata {
  const raw = parseJsonObject(text, 'its gan_canvas metadata');
  if (raw.format !== FORMAT_VERSION) throw fail('format', raw.format, `${FORMAT_VERSION}, the version that this release reads`);
  const architecture = parseArchitecture(raw.architecture);
  const isDcgan = architecture.kind === 'dcgan';
  const numWs = isDcgan ? 1 : 2 * Math.round(Math.log2(architecture.resolution)) - 2;
  const info: ModelInfo = {
    name: readName(raw.name, 'name'),
    architecture,
    resolution: architecture.resolution,
    zDim: architecture.z_dim,
    directionDim: isDcgan ? architecture.z_dim : architecture.w_dim,
    numWs,
    labels: readLabels(raw, architecture.classes),
    nested: readNested(raw),
    truncation: readTruncation(raw),
    noise: readNoise(raw),
    directions: readDirections(raw, architecture, numWs),
    licence: readText(raw, 'licence'),
    attribution: readText(raw, 'attribution'),
    trainingData: readText(raw, 'training_data'),
    imagesSeen: readImagesSeen(raw),
    metrics: readObject(raw.metrics, 'metrics'),
    tuning: raw.tuning === undefined || raw.tuning === null ? null : readObject(raw.tuning, 'tuning'),
    discriminator: readDiscriminator(raw),
  };
  return deepFreeze({ info, role: readRole(raw), delta: readDelta(raw), raw });
}

/** The JSON object that {@link parseMetadata} reads back as the same; `raw` gives the fields that this release does not know. */
export function formatMetadata(
  info: ModelInfo,
  role: NetworkRole,
  delta: DeltaBase | null,
  raw: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({
    ...raw,
    format: FORMAT_VERSION,
    name: info.name,
    role,
    architecture: info.architecture,
    labels: info.labels,
    nested: info.nested,
    truncation: info.truncation,
    noise: info.noise,
    directions: info.directions,
    licence: info.licence,
    attribution: info.attribution,
    training_data: info.trainingData,
    images_seen: info.imagesSeen,
    metrics: info.metrics,
    // Undefined is left out of the JSON, here and below: most models were not tuned.
    tuning: info.tuning ?? undefined,
    discriminator: info.discriminator,
    // A full file made from a delta is none.
    delta: delta ?? undefined,
  });
}
