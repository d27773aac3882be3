/**
 * The machine's multiply-add ceiling in WASM SIMD: a module, put together here byte by byte, whose one function does nothing but multiply and add in
 * independent accumulators that all stay in registers.
 */

/** Vector lanes times the two operations of a multiply-add. */
const FLOPS_PER_STEP = 8;
/** Multiply-adds of each accumulator in one turn of the loop, so that the loop itself costs next to nothing. */
const UNROLLED = 8;
/** How many accumulators hide the instructions' latency depends on the processor and on how many registers the compiler leaves. */
export const ACCUMULATOR_COUNTS: readonly number[] = [8, 10, 12, 13, 14, 16];

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const F32_CONST = 0x43;
const SPLAT = [0xfd, 0x13];
const EXTRACT_FIRST_LANE = [0xfd, 0x1f, 0];
const ADD = [0xfd, 0xe4, 0x01];
const MULTIPLY = [0xfd, 0xe6, 0x01];
const RELAXED_MULTIPLY_ADD = [0xfd, 0x85, 0x02];

/** Which instructions a multiply-add is made of: two of fixed SIMD, or the one of relaxed SIMD. */
export type MultiplyAdd = 'mul+add' | 'relaxed_madd';

/** An unsigned integer in LEB128. */
function encodeUnsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

const section = (id: number, content: readonly number[]): number[] => [id, ...encodeUnsigned(content.length), ...content];
const floatBytes = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)];

/** Parameters: 0 turns, 1 factor, 2 summand. Locals: 3 and 4 the same as vectors, then the accumulators. */
function encodeBody(accumulators: number, multiplyAdd: MultiplyAdd): number[] {
  const all = Array.from({ length: accumulators }, (_, index) => 5 + index);
  const step = (local: number): number[] =>
    multiplyAdd === 'relaxed_madd'
      ? [LOCAL_GET, local, LOCAL_GET, 3, LOCAL_GET, 4, ...RELAXED_MULTIPLY_ADD, LOCAL_SET, local]
      : [LOCAL_GET, local, LOCAL_GET, 3, ...MULTIPLY, LOCAL_GET, 4, ...ADD, LOCAL_SET, local];
  return [
    ...[1, ...encodeUnsigned(2 + accumulators), V128],
    ...[LOCAL_GET, 1, ...SPLAT, LOCAL_SET, 3, LOCAL_GET, 2, ...SPLAT, LOCAL_SET, 4],
    // Each starts elsewhere: a compiler must not see that any two are the same.
    ...all.flatMap((local) => [F32_CONST, ...floatBytes(local), ...SPLAT, LOCAL_SET, local]),
    ...[0x03, 0x40], // loop
    ...Array.from({ length: UNROLLED }, () => all.flatMap(step)).flat(),
    ...[LOCAL_GET, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0], // turns - 1, tee, br_if
    0x0b,
    ...all.flatMap((local, index) => [LOCAL_GET, local, ...(index > 0 ? ADD : [])]),
    ...[...EXTRACT_FIRST_LANE, 0x0b],
  ];
}

/** A module that exports `run(turns, factor, summand)`: acc = acc · factor + summand in that many vectors, and gives the first lane of their sum. */
export function encodeCeilingModule(accumulators: number, multiplyAdd: MultiplyAdd): Uint8Array<ArrayBuffer> {
  const body = encodeBody(accumulators, multiplyAdd);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, I32, F32, F32, 1, F32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode('run'), 0, 0]),
    ...section(10, [1, ...encodeUnsigned(body.length), ...body]),
  ]);
}

/** Floating-point operations of one `run`. */
export function ceilingFlops(accumulators: number, turns: number): number {
  return turns * UNROLLED * accumulators * FLOPS_PER_STEP;
}

type Run = (turns: number, factor: number, summand: number) => number;

/** Operations per second, in 10⁹, of the best of `calls` calls of about `callMs` each. The first calls, not yet compiled well, are among them. */
function timeLoop(run: Run, accumulators: number, calls: number, callMs: number): number {
  let turns = 10_000;
  let best = 0;
  for (let call = 0; call < calls; call++) {
    const start = performance.now();
    if (!Number.isFinite(run(turns, 0.5, 0.5))) throw new Error('The ceiling loop left the finite numbers.');
    const ms = Math.max(performance.now() - start, 0.05);
    if (ms > callMs / 2) best = Math.max(best, ceilingFlops(accumulators, turns) / ms / 1e6);
    turns = Math.min(2 ** 30, Math.ceil((turns * callMs) / ms));
  }
  return best;
}

/** The ceiling of one thread here, in GFLOP/s: the best over {@link ACCUMULATOR_COUNTS}; null where the instructions are not to be had. */
export function measureCeiling(multiplyAdd: MultiplyAdd, { calls = 8, callMs = 4 } = {}): number | null {
  let best: number | null = null;
  for (const accumulators of ACCUMULATOR_COUNTS) {
    const bytes = encodeCeilingModule(accumulators, multiplyAdd);
    if (!WebAssembly.validate(bytes)) return null;
    const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as { run: Run };
    best = Math.max(best ?? 0, timeLoop(run, accumulators, calls, callMs));
  }
  return best;
}
