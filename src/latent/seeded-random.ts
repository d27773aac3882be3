/**
 * Layer `latent`: pure numbers, no tensors. From seeds to latents, and what can be done to a latent before a network sees it.
 * It may assume IEEE 754 doubles and nothing else of the machine; it must not know of backends, files or elements.
 *
 * **Seed to numbers, for ever.** What follows is a contract: every release, engine and machine gives the same bits.
 *
 * 1. The bytes `UTF-8(stream) 00 UTF-8(seed)` are hashed by FNV-1a, 64 bits (draft-eastlake-fnv). Lone surrogates count as
 *    U+FFFD; nothing is normalised. Streams are `z`, `class` and `noise`, so that they are independent of one another.
 * 2. The hash is the state of SplitMix64 (Steele, Lea, Flood, 2014). Its first two outputs, low halves first, are the
 *    state s[0…3] of xoshiro128** 1.1 (Blackman, Vigna, 2018), which gives 32-bit integers.
 * 3. A uniform number is two integers a, b: (floor(a / 2^5) · 2^26 + floor(b / 2^6)) / 2^53, in [0, 1).
 * 4. Normal deviates come in pairs by Marsaglia's polar method: x = 2U − 1, y = 2U − 1, q = x² + y², drawn again unless 0 < q < 1;
 *    then x · f and y · f with f = sqrt(−2 ln(q) / q), rounded to float32. ln is {@link logarithm}: only + − × ÷ and the bits of a double.
 * 5. A class is floor(U · classes).
 *
 * Numbers come one after the other, so that component i of z depends on the seed only, not on z_dim or latent-dim.
 */

const FNV_PRIME_LOW = 0x1b3;
// Powers of two as literals: ECMAScript leaves the last bit of ** to the engine.
const TWO_26 = 67108864;
const TWO_32 = 4294967296;
const TWO_53 = 9007199254740992;

/** Hashes bytes by FNV-1a, 64 bits: the high and the low half, each an unsigned 32-bit integer. */
export function hashFnv1a64(bytes: Uint8Array): readonly [high: number, low: number] {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    // h · (2^40 + 0x1b3) modulo 2^64; every intermediate result is an integer below 2^53.
    const product = low * FNV_PRIME_LOW;
    high = (high * FNV_PRIME_LOW + Math.floor(product / TWO_32) + ((low << 8) >>> 0)) % TWO_32;
    low = product % TWO_32;
  }
  return [high, low];
}

function hashSeed(stream: string, seed: string): readonly [number, number] {
  return hashFnv1a64(new TextEncoder().encode(`${stream}\0${seed}`));
}

/** The first outputs of SplitMix64 with that state. */
function splitMix64(state: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => {
    let z = BigInt.asUintN(64, state + BigInt(index + 1) * 0x9e3779b97f4a7c15n);
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  });
}

function rotateLeft(x: number, count: number): number {
  return (x << count) | (x >>> (32 - count));
}

/** xoshiro128** 1.1: each call gives the next unsigned 32-bit integer. */
function createXoshiro128(s0: number, s1: number, s2: number, s3: number): () => number {
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotateLeft(s3, 11);
    return result;
  };
}

/** Opens the stream of uniform numbers of that name and seed: each call gives the next, in [0, 1) with 53 bits. */
export function createUniformStream(seed: string, stream: string): () => number {
  const [high, low] = hashSeed(stream, seed);
  const words = splitMix64((BigInt(high) << 32n) | BigInt(low), 2).flatMap((word) => [
    Number(BigInt.asUintN(32, word)),
    Number(word >> 32n),
  ]);
  const next = createXoshiro128(words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0);
  return () => {
    const upper = next() >>> 5;
    const lower = next() >>> 6;
    return (upper * TWO_26 + lower) / TWO_53;
  };
}

const bits = new DataView(new ArrayBuffer(8));
const LN2 = 0.6931471805599453;
/** Terms of atanh's series; the 12th is below 2^-60 of the first for the arguments that occur here. */
const LOG_TERMS = 12;

/** Natural logarithm of a normal double (finite, at least 2^-1022), the same bits everywhere; within 2 ulp or so. */
export function logarithm(x: number): number {
  bits.setFloat64(0, x);
  const head = bits.getUint32(0);
  let exponent = (head >>> 20) - 1023;
  bits.setUint32(0, (head & 0x000fffff) | 0x3ff00000);
  let mantissa = bits.getFloat64(0);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent += 1;
  }
  // ln m = 2 atanh((m − 1) / (m + 1)) = 2 r (1 + r²/3 + r⁴/5 + …)
  const r = (mantissa - 1) / (mantissa + 1);
  const square = r * r;
  let sum = 0;
  for (let term = LOG_TERMS; term > 0; term--) sum = (sum + 1 / (2 * term + 1)) * square;
  return exponent * LN2 + 2 * (r + r * sum);
}

/**
 * Opens the stream of standard normal deviates of that name and seed. Each call gives the next `count` of them, float32; how
 * they are divided into calls changes nothing.
 */
export function createNormalStream(seed: string, stream: string): (count: number) => Float32Array {
  const uniform = createUniformStream(seed, stream);
  let spare: number | null = null;
  const next = (): number => {
    if (spare !== null) {
      const deviate = spare;
      spare = null;
      return deviate;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const q = x * x + y * y;
      if (q >= 1 || q === 0) continue;
      const factor = Math.sqrt((-2 * logarithm(q)) / q);
      spare = y * factor;
      return x * factor;
    }
  };
  return (count) => {
    const deviates = new Float32Array(count);
    for (let index = 0; index < count; index++) deviates[index] = next();
    return deviates;
  };
}

/** The latent z of a seed: `zDim` standard normal deviates of stream `z`. Component i does not depend on `zDim`. */
export function sampleLatent(seed: string, zDim: number): Float32Array {
  return createNormalStream(seed, 'z')(zDim);
}

/** The class of a seed, uniform over 0…classes − 1, of stream `class`; 0 when there are no classes. */
export function sampleClass(seed: string, classes: number): number {
  return Math.floor(createUniformStream(seed, 'class')() * classes);
}
