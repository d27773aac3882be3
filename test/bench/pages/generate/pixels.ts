/** From what libraries give to the bytes of a picture, for those that leave this to their user. */

/** [n, side, side, 3] of about −1…1 to RGBA. */
export function packRgba(image: Float32Array): Uint8ClampedArray {
  const pixels = image.length / 3;
  const rgba = new Uint8ClampedArray(pixels * 4);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = pixel * 3;
    rgba[pixel * 4] = (image[at] as number) * 127.5 + 127.5;
    rgba[pixel * 4 + 1] = (image[at + 1] as number) * 127.5 + 127.5;
    rgba[pixel * 4 + 2] = (image[at + 2] as number) * 127.5 + 127.5;
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}

/** Planes [n, 3, side, side] to RGBA. */
export function packPlanes(image: Float32Array, batch: number): Uint8ClampedArray {
  const pixels = image.length / 3 / batch;
  const rgba = new Uint8ClampedArray(batch * pixels * 4);
  for (let picture = 0; picture < batch; picture++) {
    const red = picture * 3 * pixels;
    const base = picture * pixels * 4;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const at = base + pixel * 4;
      rgba[at] = (image[red + pixel] as number) * 127.5 + 127.5;
      rgba[at + 1] = (image[red + pixels + pixel] as number) * 127.5 + 127.5;
      rgba[at + 2] = (image[red + 2 * pixels + pixel] as number) * 127.5 + 127.5;
      rgba[at + 3] = 255;
    }
  }
  return rgba;
}

/** Planes [n, 3, side, side] as [n, side, side, 3]. */
export function interleavePlanes(image: Float32Array, batch: number): Float32Array {
  const pixels = image.length / 3 / batch;
  return Float32Array.from({ length: image.length }, (_, index) => {
    const [picture, rest] = [Math.floor(index / (3 * pixels)), index % (3 * pixels)];
    return image[picture * 3 * pixels + (rest % 3) * pixels + Math.floor(rest / 3)] ?? NaN;
  });
}
