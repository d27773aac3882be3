// Matrix products of the kind that convolutions end in: many rows of inputs times a matrix whose columns are packed by eight.
import { madd } from './vector';

/** 4 rows times 8 columns: m = v · u. `depth` in bytes; strides in bytes. */
// @ts-ignore: decorator
@inline
function block4x8(v: usize, vRow: usize, u: usize, m: usize, mRow: usize, depth: usize): void {
  const v1 = v + vRow;
  const v2 = v1 + vRow;
  const v3 = v2 + vRow;
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let a2 = a0;
  let b2 = a0;
  let a3 = a0;
  let b3 = a0;
  for (let i: usize = 0; i < depth; i += 4) {
    const ua = v128.load(u);
    const ub = v128.load(u, 16);
    const x0 = v128.load32_splat(v + i);
    a0 = madd(x0, ua, a0);
    b0 = madd(x0, ub, b0);
    const x1 = v128.load32_splat(v1 + i);
    a1 = madd(x1, ua, a1);
    b1 = madd(x1, ub, b1);
    const x2 = v128.load32_splat(v2 + i);
    a2 = madd(x2, ua, a2);
    b2 = madd(x2, ub, b2);
    const x3 = v128.load32_splat(v3 + i);
    a3 = madd(x3, ua, a3);
    b3 = madd(x3, ub, b3);
    u += 32;
  }
  v128.store(m, a0);
  v128.store(m, b0, 16);
  v128.store(m + mRow, a1);
  v128.store(m + mRow, b1, 16);
  v128.store(m + 2 * mRow, a2);
  v128.store(m + 2 * mRow, b2, 16);
  v128.store(m + 3 * mRow, a3);
  v128.store(m + 3 * mRow, b3, 16);
}

/** 1 row times 8 columns. Two sums each, so that one addition need not wait for the other. */
// @ts-ignore: decorator
@inline
function block1x8(v: usize, u: usize, m: usize, depth: usize): void {
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let a1 = a0;
  let b1 = a0;
  let i: usize = 0;
  for (; i + 8 <= depth; i += 8) {
    const x0 = v128.load32_splat(v + i);
    const x1 = v128.load32_splat(v + i, 4);
    a0 = madd(x0, v128.load(u), a0);
    b0 = madd(x0, v128.load(u, 16), b0);
    a1 = madd(x1, v128.load(u, 32), a1);
    b1 = madd(x1, v128.load(u, 48), b1);
    u += 64;
  }
  if (i < depth) {
    const x = v128.load32_splat(v + i);
    a0 = madd(x, v128.load(u), a0);
    b0 = madd(x, v128.load(u, 16), b0);
  }
  v128.store(m, f32x4.add(a0, a1));
  v128.store(m, f32x4.add(b0, b1), 16);
}

/** m [rows, columns] = v [rows, depth] · u; u is packed as [columns / 8, depth, 8]; columns a multiple of 8. Rows of v and m are dense. */
export function multiplyPacked(v: usize, u: usize, m: usize, rows: i32, depth: i32, columns: i32): void {
  const vRow = <usize>depth << 2;
  const mRow = <usize>columns << 2;
  const panel = <usize>depth << 5;
  for (let column: usize = 0; column < mRow; column += 32) {
    let r = 0;
    let vr = v;
    let mr = m + column;
    for (; r + 4 <= rows; r += 4) {
      block4x8(vr, vRow, u, mr, mRow, vRow);
      vr += 4 * vRow;
      mr += 4 * mRow;
    }
    for (; r < rows; r++) {
      block1x8(vr, u, mr, vRow);
      vr += vRow;
      mr += mRow;
    }
    u += panel;
  }
}
