/** What a peer and gan-canvas drew from the same w. */
export interface DrawnPicture {
  /** About −1…1, before rounding. */
  readonly floats: readonly number[];
  /** RGBA. */
  readonly bytes: readonly number[];
}

const MAX_FLOAT_DIFFERENCE = 1e-3;
/** Either side of a half may be rounded to. */
const MAX_LEVEL_DIFFERENCE = 1;

/** NaN where either has one: Math.max keeps it. */
function worstDifference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0);
}

function assertClose(what: string, ours: readonly number[], theirs: readonly number[], limit: number): void {
  if (ours.length === 0 || ours.length !== theirs.length) throw new Error(`${what}: ${theirs.length} values, expected ${ours.length}.`);
  const worst = worstDifference(ours, theirs);
  if (!(worst <= limit)) throw new Error(`${what}: off by ${worst} at the worst place; at most ${limit} is the same picture.`);
}

/** Throws unless the peer drew our picture: floats within 1e-3, bytes within one level; and unless there is a picture at all. */
export function assertSamePicture(peer: string, ours: DrawnPicture, theirs: DrawnPicture): void {
  if (new Set(ours.bytes).size < 16) throw new Error('The pictures are blank.');
  assertClose(`${peer} draws another picture, in floats`, ours.floats, theirs.floats, MAX_FLOAT_DIFFERENCE);
  assertClose(`${peer} draws another picture, in RGBA`, ours.bytes, theirs.bytes, MAX_LEVEL_DIFFERENCE);
}
