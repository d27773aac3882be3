// Pictures to the bytes of a grid.

/** floor(x · 127.5 + 128), clamped to 0…255: half up, as every backend has it. NaN gives 0. */
// @ts-ignore: decorator
@inline
function level(p: usize): u32 {
  const x = load<f32>(p) * 127.5 + 128.0;
  return <u32>(x >= 256.0 ? 255 : x >= 0.0 ? <i32>x : 0);
}

/** images [n, height, width, 3] to out [rows · height, columns · width] of RGBA; cells without a picture are transparent black. */
export function grid(images: usize, out: usize, count: i32, height: i32, width: i32, columns: i32): void {
  const rows = (count + columns - 1) / columns;
  for (let cell = 0; cell < rows * columns; cell++) {
    const left = (cell % columns) * width;
    for (let y = 0; y < height; y++) {
      let to = out + (<usize>((((cell / columns) * height + y) * columns) * width + left) << 2);
      if (cell >= count) {
        memory.fill(to, 0, <usize>width << 2);
        continue;
      }
      let from = images + (<usize>((cell * height + y) * width * 3) << 2);
      for (let x = 0; x < width; x++) {
        store<u32>(to, level(from) | (level(from + 4) << 8) | (level(from + 8) << 16) | 0xff000000);
        from += 12;
        to += 4;
      }
    }
  }
}
