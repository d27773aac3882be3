import { WORKGROUP } from '../webgpu-program.ts';
import { finishCode, type FinishVariant } from './finish.wgsl.ts';

export const FILTER_THREADS = 64;

/** What [1, 3, 3, 1] / 8 with gain 2 makes of five neighbours, for the first four and the last four. */
function filterCode(from: (index: number) => string, into: string): string {
  const taps = (first: number): string => `0.25 * (${from(first)} + ${from(first + 3)}) + 0.75 * (${from(first + 1)} + ${from(first + 2)})`;
  return `let ${into}_0 = ${taps(0)};\nlet ${into}_1 = ${taps(1)};`;
}

/**
 * The program that ends an upsampling layer: from `phases` (as the transposed convolution left them) each thread computes four outputs of the
 * four pixels of a small one, along both axes in turn. Rows and columns 2m − 1 to 2m + 3 are phase 1 of m − 1, then both of m and of m + 1.
 */
export function filterPhasesCode(variant: FinishVariant): string {
  const rows = Array.from({ length: 5 }, (_, index) => ({ index, step: Math.ceil(index / 2) - 1, phase: (index + 1) % 2 }));
  const load = rows
    .map((row) =>
      rows
        .map(
          (column) =>
            `let t${row.index}_${column.index} = phaseAt(n, m + ${row.step}, l + ${column.step}, ${row.phase * 2 + column.phase}, o);`,
        )
        .join('\n'),
    )
    .join('\n');
  return `
${finishCode(variant)}
fn phaseAt(n : i32, m : i32, l : i32, phase : i32, o : i32) -> vec4<f32> {
  if (m < 0 || l < 0) { return vec4<f32>(); }
  let stride = uniforms.side + 1;
  return phases[(((n * stride + m) * stride + l) * 4 + phase) * ((uniforms.outputs + 3) / 4) + o];
}

fn main() {
  let index = ${WORKGROUP} * ${FILTER_THREADS} + i32(localIndex);
  let n = i32(workgroupId.y);
  let allQuads = (uniforms.outputs + 3) / 4;
  let pixel = index / allQuads;
  let o = index - pixel * allQuads;
  let m = pixel / uniforms.side;
  let l = pixel - m * uniforms.side;
  if (m >= uniforms.side) { return; }
  ${load}
  ${rows.map(({ index }) => filterCode((column) => `t${index}_${column}`, `h${index}`)).join('\n')}
  ${[0, 1].map((column) => filterCode((row) => `h${row}_${column}`, `v${column}`)).join('\n')}
  ${[0, 1, 2, 3].map((k) => `finish(v${k % 2}_${k >> 1}, n, 2 * m + ${k >> 1}, 2 * l + ${k % 2}, o);`).join('\n')}
}
`;
}
