import { WORKGROUP } from '../webgpu-program.ts';
import { finishCode, type FinishVariant } from './finish.wgsl.ts';
import { WEIGHTS_CODE } from './pack.webgpu.ts';

/**
 * A convolution as a program sees it. The pixels of all images lie in one row, each image with a column and a row of zeros after its last ones
 * (so `stride` is side + 1): a neighbour is a constant distance away at any size, and what lies outside an image is a zero.
 */
export interface ConvolutionVariant extends FinishVariant {
  /** Transposed with stride 2 instead: four sums for each position, the phases of the result. */
  readonly up: boolean;
  /** Components of `x`. */
  readonly xComponents: 1 | 4;
  /** Of a workgroup. */
  readonly positions: number;
  /** Fours of outputs of a workgroup. */
  readonly quads: number;
}

/** Neighbouring positions of a thread. */
export const POSITIONS_PER_THREAD = 4;

interface Tap {
  /** Which of the rows of pixels that a workgroup holds. */
  readonly row: number;
  /** How far after the first pixel of that row that a position needs. */
  readonly column: number;
  /** Which sum it goes to. */
  readonly phase: number;
}

/**
 * The nine taps, row by row. Transposed along one axis: result 2m takes tap 0 of m and tap 2 of m − 1, result 2m + 1 takes tap 1 of m.
 */
function listTaps(up: boolean): Tap[] {
  return Array.from({ length: 9 }, (_, tap) => {
    const [ky, kx] = [Math.floor(tap / 3), tap % 3];
    return up ? { row: ky === 2 ? 0 : 1, column: kx === 2 ? 0 : 1, phase: (ky % 2) * 2 + (kx % 2) } : { row: ky, column: kx, phase: 0 };
  });
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

/** All products of four input channels, which the workgroup holds in `pixels` and `weights`. */
function multiplyCode({ up, quads }: ConvolutionVariant, held: number): string {
  const taps = listTaps(up);
  const perRow = POSITIONS_PER_THREAD + (up ? 1 : 2);
  return lines(up ? 2 : 3, (row) => {
    const load = lines(perRow, (k) => `let p${k} = pixels[${row * held} + place + ${k}];`);
    const products = lines(4, (channel) =>
      taps
        .map((tap, index) => ({ ...tap, index }))
        .filter((tap) => tap.row === row)
        .map(({ column, phase, index }) => {
          const weight = `let w${channel}_${index} = weights[${(channel * 9 + index) * quads} + quad];`;
          return `${weight}\n${lines(POSITIONS_PER_THREAD, (k) => `s${phase}_${k} = fma(vec4<f32>(p${k + column}[${channel}]), w${channel}_${index}, s${phase}_${k});`)}`;
        })
        .join('\n'),
    );
    return `{\n${load}\n${products}\n}`;
  });
}

/** Reads four channels of a pixel that begins at `at`, from channel 4 · i. */
const READ_CODE = {
  4: 'fn readPixel(at : i32, i : i32) -> vec4<f32> { return x[at / 4 + i]; }',
  1: `
fn readPixel(at : i32, i : i32) -> vec4<f32> {
  var value = vec4<f32>();
  for (var k = 0; k < min(4, uniforms.inputs - i * 4); k++) { value[k] = x[at + i * 4 + k]; }
  return value;
}`,
} as const;

/** Where a position lies; `y` is negative outside of all images. */
const PLACE_CODE = `
struct Place { n : i32, y : i32, x : i32 };

fn placeAt(position : i32) -> Place {
  let stride = uniforms.side + 1;
  let n = position / (stride * stride);
  let rest = position - n * stride * stride;
  let y = rest / stride;
  let place = Place(n, y, rest - y * stride);
  let outside = position < 0 || n >= uniforms.batch || y == uniforms.side || place.x == uniforms.side;
  return Place(n, select(y, -1, outside), place.x);
}
`;

/**
 * The program. A workgroup sums up `positions` × `quads` fours of outputs, four input channels at a time: their pixels, times style, and their
 * weights are put into its memory first. `result` is [n, size, size, O], or for `up` vec4 [n, side + 1, side + 1, 4 phases, O' / 4].
 */
export function convolutionCode(variant: ConvolutionVariant): string {
  const { up, xComponents, positions, quads } = variant;
  const threads = (positions / POSITIONS_PER_THREAD) * quads;
  const held = positions + (up ? 1 : 2);
  const pixels = held * (up ? 2 : 3);
  const rounds = Math.ceil(pixels / threads);
  const phases = up ? 4 : 1;
  const locate = (round: number): string => `
  let e${round} = local + ${round * threads};
  let from${round} = placeAt(start + (e${round} / ${held} - 1) * (uniforms.side + 1) + e${round} % ${held} - 1);
  let at${round} = ((select(from${round}.n, 0, uniforms.xShape.x == 1) * uniforms.side + from${round}.y) * uniforms.side + from${round}.x) * uniforms.inputs;
  let style${round} = from${round}.n * (steps + allQuads);`;
  const load = (round: number): string => `
    if (e${round} < ${pixels}) {
      var value = vec4<f32>();
      if (from${round}.y >= 0) { value = readPixel(at${round}, i) * modulation[style${round} + i]; }
      pixels[e${round}] = value;
    }`;
  const store = (k: number): string =>
    up
      ? `if (position + ${k} < all) {\n${lines(phases, (phase) => `result[((position + ${k}) * 4 + ${phase}) * allQuads + o] = s${phase}_${k};`)}\n}`
      : `{ let to = placeAt(position + ${k}); if (to.y >= 0) { finish(s0_${k}, to.n, to.y, to.x, o); } }`;
  return `
var<workgroup> pixels : array<vec4<f32>, ${pixels}>;
var<workgroup> weights : array<vec4<f32>, ${36 * quads}>;
${PLACE_CODE}
${WEIGHTS_CODE}
${READ_CODE[xComponents]}
${up ? '' : finishCode(variant)}

fn main() {
  let local = i32(localIndex);
  let quad = local % ${quads};
  let place = local / ${quads} * ${POSITIONS_PER_THREAD};
  let start = ${WORKGROUP} * ${positions};
  let steps = (uniforms.inputs + 3) / 4;
  let allQuads = (uniforms.outputs + 3) / 4;
  let firstQuad = i32(workgroupId.y) * ${quads};
  ${lines(rounds, locate)}
  ${lines(phases, (phase) => lines(POSITIONS_PER_THREAD, (k) => `var s${phase}_${k} = vec4<f32>();`))}
  for (var i = 0; i < steps; i++) {
    ${lines(rounds, load)}
    for (var e = local; e < ${36 * quads}; e += ${threads}) {
      let o = firstQuad + e % ${quads};
      if (o < allQuads) { weights[e] = weightsAt((i * 36 + e / ${quads}) * allQuads + o); }
    }
    workgroupBarrier();
    ${multiplyCode(variant, held)}
    workgroupBarrier();
  }
  let o = firstQuad + quad;
  let position = start + place;
  let all = uniforms.batch * (uniforms.side + 1) * (uniforms.side + 1);
  if (o < allQuads) {
    ${lines(POSITIONS_PER_THREAD, store)}
  }
}
`;
}
