// Convolutions of training and both their gradients by Winograd's F(4×4, 3×3) (Lavin and Gray, 2016), over the tiles of all pictures at once. A
// convolution of stride 2 with up to 6 taps is one of 3×3 cells: cell (a, b) holds the taps 2a + p, 2b + q of its four phases (p, q), each phase
// with channels of its own. So strided convolutions need a quarter of the multiplications too.

/** What a convolution works on. Pointers are bytes; sizes count elements. Written by the host, field by field in this order. */
@unmanaged
export class Convolution {
  x: usize; // [batch, xHeight, xWidth, xChannels]
  y: usize; // [batch, yHeight, yWidth, yChannels]; read by the filter gradient, written by the convolution
  kernel: usize; // as transformCells packs it; for the filter gradient the sums [36, depth, columns]
  batch: i32;
  xHeight: i32;
  xWidth: i32;
  xChannels: i32;
  xStep: i32; // 2 where x is taken apart into four phases
  yHeight: i32;
  yWidth: i32;
  yChannels: i32;
  yStep: i32; // 2 where y is put together from four phases
  top: i32; // cells of padding
  left: i32;
  tiles: i32; // in a chunk
  zeros: usize; // as many zeros as x or y has channels, rounded up to 4
}

/** Tiles along an axis of that length with those phases. */
// @ts-ignore: decorator
@inline
export function tilesOf(length: i32, step: i32): i32 {
  return ((length + step - 1) / step + 3) >> 2;
}

/** Pointers to `side`² pixels of phase (p, q) from cell (row, column) on; to zeros for what lies outside. */
export function findCells(
  image: usize,
  height: i32,
  width: i32,
  pixel: usize,
  step: i32,
  p: i32,
  q: i32,
  row: i32,
  column: i32,
  side: i32,
  zeros: usize,
  pointers: usize,
): void {
  for (let r = 0; r < side; r++) {
    const y = (row + r) * step + p;
    for (let c = 0; c < side; c++) {
      const x = (column + c) * step + q;
      const inside = y >= 0 && y < height && x >= 0 && x < width;
      store<usize>(pointers, inside ? image + <usize>(y * width + x) * pixel : zeros);
      pointers += 4;
    }
  }
}
