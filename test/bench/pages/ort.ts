/** Draws pomona's seed 42 by onnxruntime-web, WASM, one thread: `?form=…&level=…` name the formulation. */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { sampleClass, sampleLatent } from '../../../src/latent/seeded-random.ts';

interface OrtModule {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly InferenceSession: { create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => Tensor;
}

const SEED = '42';
const Z_DIM = 128;
const CLASSES = 13;
const query = new URLSearchParams(location.search);

/** Planes of about -1…1 to RGBA bytes. */
function toRgba(image: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = image.length / 3;
  const rgba = new Uint8ClampedArray(pixels * 4).fill(255);
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) rgba[pixel * 4 + channel] = ((image[channel * pixels + pixel] ?? 0) + 1) * 127.5;
  }
  return rgba;
}

async function draw(): Promise<void> {
  const moduleUrl = './ort.wasm.bundle.min.mjs';
  const [ort, model] = await Promise.all([
    import(moduleUrl) as Promise<OrtModule>,
    fetch(new URL(`./${query.get('form') ?? ''}.onnx`, import.meta.url)).then((response) => response.arrayBuffer()),
  ]);
  ort.env.wasm.numThreads = 1;
  const level = (query.get('level') ?? 'all') as 'all' | 'disabled';
  const session = await ort.InferenceSession.create(new Uint8Array(model), { executionProviders: ['wasm'], graphOptimizationLevel: level });
  const oneHot = new Float32Array(CLASSES);
  oneHot[sampleClass(SEED, CLASSES)] = 1;
  const z = new ort.Tensor('float32', sampleLatent(SEED, Z_DIM), [1, Z_DIM]);
  const inputs = { z, one_hot: new ort.Tensor('float32', oneHot, [1, CLASSES]) };
  const { image } = await session.run(inputs);
  if (!image) throw new Error('The model has no output called image.');
  const rgba = toRgba(image.data as Float32Array);
  const side = Math.sqrt(rgba.length / 4);
  document
    .querySelector('canvas')
    ?.getContext('2d')
    ?.putImageData(new ImageData(rgba, side, side), 0, 0);
  Object.assign(globalThis, {
    firstPictureMs: performance.now(),
    readPixels: () => Promise.resolve(Array.from(rgba)),
    drawAgain: () => session.run(inputs),
  });
}

draw().catch((error: unknown) => {
  Object.assign(globalThis, { pictureError: String(error) });
});
