/** The bytes RGBA [rows · height, columns · width, 4] of images [count, height, width, 3] side by side; cells without a picture are 0. */
export function gridRef(images: ArrayLike<number>, shape: readonly [number, number, number, number], columns: number): Uint8ClampedArray {
  const [count, height, width] = shape;
  const bytes = new Uint8ClampedArray(Math.ceil(count / columns) * height * columns * width * 4);
  for (let pixel = 0; pixel < count * height * width; pixel++) {
    const [n, y, x] = [Math.floor(pixel / (height * width)), Math.floor(pixel / width) % height, pixel % width];
    const row = Math.floor(n / columns) * height + y;
    const to = (row * columns * width + (n % columns) * width + x) * 4;
    for (let colour = 0; colour < 3; colour++) bytes[to + colour] = Math.floor((images[pixel * 3 + colour] ?? NaN) * 127.5 + 128);
    bytes[to + 3] = 255;
  }
  return bytes;
}
