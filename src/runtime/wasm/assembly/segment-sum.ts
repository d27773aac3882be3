// Rows added up by segment: the gradient of taking rows by index.
import { loadLanes, storeLanes } from './vector';

/**
 * x [rows, inner] to y [segments, inner], 4-byte floats: y[s] is the sum of the rows whose entry in `ids` [rows], int32, is s. Rows of other
 * segments are left out.
 */
export function segmentSum(x: usize, ids: usize, y: usize, rows: i32, inner: i32, segments: i32): void {
  const row = <usize>inner << 2;
  memory.fill(y, 0, <usize>segments * row);
  for (let r = 0; r < rows; r++) {
    const segment = load<i32>(ids + (<usize>r << 2));
    // One comparison for both ends: as an unsigned number, a negative one is beyond any count.
    if (<u32>segment < <u32>segments) {
      const to = y + <usize>segment * row;
      for (let i = 0; i < inner; i += 4) {
        const offset = <usize>i << 2;
        const lanes = inner - i;
        storeLanes(to + offset, f32x4.add(loadLanes(to + offset, lanes), loadLanes(x + offset, lanes)), lanes);
      }
    }
    x += row;
  }
}
