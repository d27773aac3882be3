/** 2^-24, the smallest half-precision number. */
const SMALLEST = 5.960464477539063e-8;

/** Half precision (as stored) to single precision; exact. */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  const words = new Uint32Array(values.buffer);
  for (let index = 0; index < halves.length; index++) {
    const half = halves[index] ?? 0;
    const sign = (half & 0x8000) << 16;
    const exponent = half & 0x7c00;
    const mantissa = half & 0x03ff;
    if (exponent === 0) values[index] = (sign === 0 ? mantissa : -mantissa) * SMALLEST;
    else if (exponent === 0x7c00) words[index] = sign | 0x7f800000 | (mantissa << 13);
    else words[index] = sign | (((half & 0x7fff) << 13) + 0x38000000);
  }
  return values;
}

function encodeOne(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // From 65,520 on, halfway between the largest half and the next power, everything rounds to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rebased = magnitude - 0x38000000;
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  return -1;
}

/** A magnitude below 2^-14, rounded to a multiple of 2^-24, ties to even; 1024 is the smallest normal half. */
function encodeSubnormal(magnitude: number): number {
  const scaled = magnitude / SMALLEST;
  const below = Math.floor(scaled);
  const rest = scaled - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** Single to half precision, rounded to nearest, ties to even; from 65,520 on the result is infinite, and NaN stays NaN. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const word = words[index] ?? 0;
    const half = encodeOne(word);
    halves[index] = half >= 0 ? half : ((word >>> 16) & 0x8000) | encodeSubnormal(Math.abs(values[index] ?? 0));
  }
  return halves;
}
