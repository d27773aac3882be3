/** Taps of the filter along an axis. */
const TAPS = [1 / 8, 3 / 8, 3 / 8, 1 / 8] as const;

/** Sides of the smaller map, [batch, height, width, channels]. */
export interface HalveSizes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Calls `visit` with the places in the larger and in the smaller map of every product, and the two taps' product. */
function eachTap({ batch, height, width, channels }: HalveSizes, visit: (large: number, small: number, weight: number) => void): void {
  for (let small = 0; small < batch * height * width * channels; small++) {
    const [channel, pixel] = [small % channels, Math.floor(small / channels)];
    const [column, row, n] = [pixel % width, Math.floor(pixel / width) % height, Math.floor(pixel / (width * height))];
    TAPS.forEach((down, a) =>
      TAPS.forEach((across, b) => {
        const [y, x] = [2 * row + a - 1, 2 * column + b - 1];
        if (y < 0 || x < 0 || y >= 2 * height || x >= 2 * width) return;
        visit(((n * 2 * height + y) * 2 * width + x) * channels + channel, small, down * across);
      }),
    );
  }
}

/** The filter [1, 3, 3, 1] / 8 both ways, with zeros outside, and every second pixel kept; in double precision. */
export function halveRef(x: ArrayLike<number>, sizes: HalveSizes): Float64Array {
  const y = new Float64Array(sizes.batch * sizes.height * sizes.width * sizes.channels);
  eachTap(sizes, (large, small, weight) => (y[small] = (y[small] ?? NaN) + weight * (x[large] ?? NaN)));
  return y;
}

/** Its transpose. */
export function doubleRef(y: ArrayLike<number>, sizes: HalveSizes): Float64Array {
  const x = new Float64Array(sizes.batch * sizes.height * sizes.width * sizes.channels * 4);
  eachTap(sizes, (large, small, weight) => (x[large] = (x[large] ?? NaN) + weight * (y[small] ?? NaN)));
  return x;
}
