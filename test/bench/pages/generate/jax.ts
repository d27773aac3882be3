/** jax-js: the generator in its NumPy and lax functions, compiled by jit. */
import { defaultDevice, init, jit, lax, nn, numpy as np } from '@jax-js/jax';
import { BILINEAR_KERNEL, foldUpsampling } from '../../onnx/fold-kernel.ts';
import { MODULATIONS, type Modulation, type NamedTensor } from '../../onnx/stylegan2-graph.ts';
import { combine, servePeer, type Drawer, type Peer, type PeerTask } from './harness.ts';
import { interleavePlanes, packPlanes } from './pixels.ts';

/** One wide convolution and a pixel shuffle, or a convolution of the dilated input and then the filter, depthwise. */
const UPSAMPLINGS = ['folded', 'dilated'] as const;
type Upsampling = (typeof UPSAMPLINGS)[number];

const GAIN = Math.SQRT2;
const EPSILON = 1e-8;

/** In jax-js whoever is given an array has to use it up: `x.ref` is x for one use more. */
type Parameters = Record<string, np.Array>;

function load({ shape, values }: NamedTensor, gain = 1): np.Array {
  return np.array(values.map((value) => value * gain)).reshape([...shape]); // prettier-ignore
}

function loadParameters({ tensors, architecture }: PeerTask, upsampling: Upsampling): Parameters {
  const parameters: Parameters = {};
  for (const [name, tensor] of tensors) {
    if (!name.startsWith('synthesis.') || name.includes('noise')) continue;
    const [outputs = 0, inputs = 0] = tensor.shape;
    const rgbGain = name.includes('torgb.affine') ? 1 / Math.sqrt(outputs) : 1;
    if (name.endsWith('.affine.weight')) parameters[name] = load(tensor, rgbGain / Math.sqrt(architecture.w_dim)).transpose();
    else if (name.endsWith('.affine.bias')) parameters[name] = load(tensor, rgbGain);
    else if (/conv\d\.bias$/.test(name)) parameters[name] = load(tensor, GAIN).reshape([1, outputs, 1, 1]);
    else if (name.endsWith('torgb.bias')) parameters[name] = load(tensor).reshape([1, 3, 1, 1]);
    else parameters[name] = load(tensor);
    if (!/conv\d\.weight$/.test(name)) continue;
    parameters[`${name}.power`] = np.square(load(tensor)).sum([2, 3]).transpose().mul(1 / GAIN ** 2); // prettier-ignore
    if (name.endsWith('conv0.weight')) parameters[name] = loadUpsampling(tensor, outputs, inputs, upsampling);
  }
  parameters['bilinear'] = load({ shape: [12, 3, 3, 3], values: BILINEAR_KERNEL });
  return parameters;
}

function loadUpsampling(tensor: NamedTensor, outputs: number, inputs: number, upsampling: Upsampling): np.Array {
  if (upsampling === 'folded') return load({ shape: [4 * outputs, inputs, 3, 3], values: foldUpsampling(tensor.values, outputs, inputs) });
  // A transposed convolution is one of the dilated input with the kernel turned by half.
  const turned = tensor.values.map((_, index) => 4 * (tensor.values[index - (index % 9) + 8 - (index % 9)] ?? NaN));
  return load({ shape: tensor.shape, values: turned });
}

/** [n, 4 · C, s, s], channel c · 4 + phase, to [n, C, 2s, 2s]. */
function shufflePixels(x: np.Array): np.Array {
  const [batch = 0, depth = 0, height = 0, width = 0] = x.shape;
  const split = x.reshape([batch, depth / 4, 2, 2, height, width]);
  return split.transpose([0, 1, 4, 2, 5, 3]).reshape([batch, depth / 4, height * 2, width * 2]);
}

/** [1, 3, 3, 1] / 8 along both axes, valid. */
function filter(x: np.Array): np.Array {
  const [, channels = 0] = x.shape;
  const taps = np.array([1, 3, 3, 1]).mul(1 / 8);
  const both = taps.ref
    .reshape([4, 1])
    .mul(taps.reshape([1, 4]))
    .reshape([1, 1, 4, 4]);
  return lax.convGeneralDilated(x, np.tile(both, [channels, 1, 1, 1]), [1, 1], 'VALID', { featureGroupCount: channels });
}

const asMap = (x: np.Array): np.Array => x.reshape([...x.shape, 1, 1]);

class JaxGenerator {
  readonly #upsampling: Upsampling;
  readonly #modulation: Modulation;
  readonly #resolution: number;

  constructor(upsampling: Upsampling, modulation: Modulation, resolution: number) {
    this.#upsampling = upsampling;
    this.#modulation = modulation;
    this.#resolution = resolution;
  }

  /** w [n, w_dim] to [n, 3, side, side]. */
  synthesize(w: np.Array, parameters: Parameters): np.Array {
    const take = (name: string): np.Array => {
      const found = parameters[name];
      if (!found) throw new Error(`The weights have no tensor ${name}.`);
      return found.ref;
    };
    const style = (name: string): np.Array => np.matmul(w.ref, take(`${name}.affine.weight`)).add(take(`${name}.affine.bias`));
    const constant = take('synthesis.b4.const');
    let x = constant.reshape([1, ...constant.shape]);
    let image: np.Array | null = null;
    for (let size = 4; size <= this.#resolution; size *= 2) {
      const block = `synthesis.b${size.toString()}`;
      if (size > 4) x = this.#applyLayer(x, `${block}.conv0`, take, style, true);
      x = this.#applyLayer(x, `${block}.conv1`, take, style, false);
      const scaled = x.ref.mul(asMap(style(`${block}.torgb`)));
      const colours = lax.conv(scaled, take(`${block}.torgb.weight`), [1, 1], 'VALID').add(take(`${block}.torgb.bias`));
      image = image ? colours.add(shufflePixels(lax.conv(image, take('bilinear'), [1, 1], 'SAME'))) : colours;
    }
    x.dispose();
    return image as np.Array;
  }

  #applyLayer(x: np.Array, name: string, take: (name: string) => np.Array, style: (name: string) => np.Array, up: boolean): np.Array {
    const styles = style(name);
    const power = np.matmul(np.square(styles.ref), take(`${name}.weight.power`)).add(EPSILON / GAIN ** 2);
    const demodulation = np.reciprocal(np.sqrt(power));
    if (this.#modulation === 'activations') {
      const y = this.#convolve(x.mul(asMap(styles)), take(`${name}.weight`), up);
      return nn.leakyRelu(y.mul(asMap(demodulation)).add(take(`${name}.bias`)), 0.2);
    }
    const kernel = take(`${name}.weight`);
    const outputs = demodulation.shape[1] ?? 0;
    const [depth = 0, inputs = 0] = kernel.shape;
    const scale = demodulation.reshape([outputs, 1]).mul(styles).reshape([outputs, 1, inputs, 1]);
    const scaled = kernel
      .reshape([outputs, depth / outputs, inputs, 9])
      .mul(scale)
      .reshape([depth, inputs, 3, 3]);
    return nn.leakyRelu(this.#convolve(x, scaled, up).add(take(`${name}.bias`)), 0.2);
  }

  #convolve(x: np.Array, kernel: np.Array, up: boolean): np.Array {
    if (!up) return lax.conv(x, kernel, [1, 1], 'SAME');
    if (this.#upsampling === 'folded') return shufflePixels(lax.conv(x, kernel, [1, 1], 'SAME'));
    // A border of 2 for the transposed convolution and 1 for the filter.
    return filter(lax.convGeneralDilated(x, kernel, [1, 1], [[3, 3], [3, 3]], { lhsDilation: [2, 2] })); // prettier-ignore
  }
}

function createDrawer(task: PeerTask, upsampling: Upsampling, modulation: Modulation): Drawer {
  const { architecture, batch } = task;
  const generator = new JaxGenerator(upsampling, modulation, architecture.resolution);
  const parameters = loadParameters(task, upsampling);
  const synthesize = jit((w: np.Array, all: Parameters) => generator.synthesize(w, all));
  const run = async (w: Float32Array): Promise<Float32Array> => {
    const borrowed = Object.fromEntries(Object.entries(parameters).map(([name, array]) => [name, array.ref]));
    const image = synthesize(np.array(w).reshape([batch, architecture.w_dim]), borrowed);
    return (await image.data()) as Float32Array;
  };
  return {
    draw: async (w) => packPlanes(await run(w), batch),
    drawFloats: async (w) => interleavePlanes(await run(w), batch),
    dispose: () => {
      synthesize.dispose();
      for (const array of Object.values(parameters)) array.dispose();
    },
  };
}

async function open(task: PeerTask): Promise<Peer> {
  const devices = await init(task.backend);
  if (!devices.includes(task.backend)) throw new Error(`jax-js has no ${task.backend} here.`);
  defaultDevice(task.backend);
  const modulations = task.batch === 1 ? MODULATIONS : (['activations'] as const);
  const formulations = combine(UPSAMPLINGS, modulations).map(([upsampling, modulation]) => ({
    name: `${upsampling} upsampling, modulated ${modulation}`,
    load: () => Promise.resolve(createDrawer(task, upsampling, modulation)),
  }));
  return { detail: 'jax-js', threads: task.threads, formulations };
}

export const bench = servePeer(open);
