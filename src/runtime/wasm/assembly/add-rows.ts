// A vector times a matrix.
import { loadLanes, madd } from './vector';

// @ts-ignore: decorator
@inline
function factorAt(p: usize, squared: bool): v128 {
  const factor = v128.load32_splat(p);
  return squared ? f32x4.mul(factor, factor) : factor;
}

/** sums [columns] += factors [rows] (or their squares) · matrix [rows, columns]. `sums` has room for a multiple of 4. */
export function addRows(factors: usize, matrix: usize, sums: usize, rows: i32, columns: i32, squared: bool): void {
  const row = <usize>columns << 2;
  let c = 0;
  for (; c + 16 <= columns; c += 16) {
    const at = sums + (<usize>c << 2);
    let first = v128.load(at);
    let second = v128.load(at, 16);
    let third = v128.load(at, 32);
    let fourth = v128.load(at, 48);
    let from = matrix + (<usize>c << 2);
    for (let r = 0; r < rows; r++) {
      const factor = factorAt(factors + (<usize>r << 2), squared);
      first = madd(factor, v128.load(from), first);
      second = madd(factor, v128.load(from, 16), second);
      third = madd(factor, v128.load(from, 32), third);
      fourth = madd(factor, v128.load(from, 48), fourth);
      from += row;
    }
    v128.store(at, first);
    v128.store(at, second, 16);
    v128.store(at, third, 32);
    v128.store(at, fourth, 48);
  }
  for (; c < columns; c += 4) {
    const at = sums + (<usize>c << 2);
    let sum = v128.load(at);
    let from = matrix + (<usize>c << 2);
    for (let r = 0; r < rows; r++) {
      sum = madd(factorAt(factors + (<usize>r << 2), squared), loadLanes(from, columns - c), sum);
      from += row;
    }
    v128.store(at, sum);
  }
}
