/** Numbers about pictures: of red, green and blue; what is transparent does not come here. */

const CHANNELS = [0, 1, 2] as const;

/** The mean difference of two pictures of one size, of 255. */
export function meanDifference(a: ImageData, b: ImageData): number {
  let sum = 0;
  for (let pixel = 0; pixel < a.data.length; pixel += 4)
    for (const channel of CHANNELS) sum += Math.abs((a.data[pixel + channel] ?? 0) - (b.data[pixel + channel] ?? 0));
  return sum / ((a.data.length / 4) * 3);
}

/** The mean difference between any two of several pictures, of 255. */
export function meanVariety(pictures: readonly ImageData[]): number {
  const pairs = pictures.flatMap((one, index) => pictures.slice(index + 1).map((other) => meanDifference(one, other)));
  return pairs.reduce((sum, value) => sum + value, 0) / Math.max(1, pairs.length);
}

/** What changed from one picture to another, as numbers of −255…255. */
function changeOf([from, to]: readonly [ImageData, ImageData]): number[] {
  return Array.from(to.data, (value, index) => (index % 4 === 3 ? 0 : value - (from.data[index] ?? 0)));
}

/** How alike changes of pictures are: the cosine of the angle between two, over all pairs; 1 the same but for their size, 0 unrelated. */
export function meanLikeness(pairs: readonly (readonly [ImageData, ImageData])[]): number {
  const changes = pairs.map(changeOf);
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  const norms = changes.map((change) => Math.sqrt(dot(change, change)));
  const cosines = changes.flatMap((one, first) =>
    changes.slice(first + 1).map((other, rest) => dot(one, other) / ((norms[first] ?? 0) * (norms[first + 1 + rest] ?? 0) || 1)),
  );
  return cosines.reduce((sum, value) => sum + value, 0) / Math.max(1, cosines.length);
}

/** The mean of pictures of one size, weighted; weights sum to 1. Equal weights when left out. */
export function blend(pictures: readonly ImageData[], weights: readonly number[] = pictures.map(() => 1 / pictures.length)): ImageData {
  const [first] = pictures;
  if (!first) throw new Error('There is no picture to blend.');
  const sums = new Float64Array(first.data.length);
  pictures.forEach(({ data }, n) => data.forEach((value, index) => (sums[index] = (sums[index] ?? 0) + value * (weights[n] ?? 0))));
  return new ImageData(Uint8ClampedArray.from(sums), first.width, first.height);
}

/** The mean step from a pixel to its right and lower neighbours, of 255: small for a blurred picture. */
export function meanStep({ data, width, height }: ImageData): number {
  let sum = 0;
  for (let y = 0; y + 1 < height; y++)
    for (let x = 0; x + 1 < width; x++)
      for (const channel of CHANNELS) {
        const here = 4 * (y * width + x) + channel;
        const value = data[here] ?? 0;
        sum += Math.abs(value - (data[here + 4] ?? 0)) + Math.abs(value - (data[here + 4 * width] ?? 0));
      }
  return sum / (6 * (width - 1) * (height - 1));
}

/** A canvas that shows a picture. */
export function showPixels(picture: ImageData, label: string): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.role = 'img';
  canvas.ariaLabel = label;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
  return canvas;
}
