import type { Architecture, DcganArchitecture, NetworkRole, StyleGan2Architecture } from './architecture.ts';
import { traceDcganLayers } from './dcgan-layers.ts';

type Shapes = Map<string, readonly number[]>;

/** Channels of a StyleGAN2 layer at a resolution. */
export function channelsAt(architecture: StyleGan2Architecture, resolution: number): number {
  return Math.min(Math.floor(architecture.channel_base / resolution), architecture.channel_max);
}

/** The resolutions of a StyleGAN2's blocks: 4, 8, …, resolution. */
export function blockResolutions(architecture: StyleGan2Architecture): number[] {
  const resolutions = [];
  for (let resolution = 4; resolution <= architecture.resolution; resolution *= 2) resolutions.push(resolution);
  return resolutions;
}

function addDense(shapes: Shapes, name: string, inputs: number, outputs: number): void {
  shapes.set(`${name}.weight`, [outputs, inputs]);
  shapes.set(`${name}.bias`, [outputs]);
}

function addConv(shapes: Shapes, name: string, inputs: number, outputs: number, kernel: number): void {
  shapes.set(`${name}.weight`, [outputs, inputs, kernel, kernel]);
  shapes.set(`${name}.bias`, [outputs]);
}

function addSynthesisLayer(shapes: Shapes, name: string, inputs: number, outputs: number, wDim: number, resolution: number): void {
  addConv(shapes, name, inputs, outputs, 3);
  shapes.set(`${name}.noise_strength`, []);
  shapes.set(`${name}.noise_const`, [resolution, resolution]);
  addDense(shapes, `${name}.affine`, wDim, inputs);
}

function addMapping(shapes: Shapes, inputs: number, width: number, architecture: StyleGan2Architecture): void {
  if (architecture.classes > 0) addDense(shapes, 'mapping.embed', architecture.classes, width);
  for (let layer = 0; layer < architecture.mapping_layers; layer++)
    addDense(shapes, `mapping.fc${layer}`, layer === 0 ? inputs : width, width);
}

function styleGan2Generator(architecture: StyleGan2Architecture): Shapes {
  const { z_dim: zDim, w_dim: wDim, classes } = architecture;
  const shapes: Shapes = new Map();
  shapes.set('mapping.w_avg', [wDim]);
  addMapping(shapes, zDim + (classes > 0 ? wDim : 0), wDim, architecture);
  let inputs = 0;
  for (const resolution of blockResolutions(architecture)) {
    const name = `synthesis.b${resolution}`;
    const outputs = channelsAt(architecture, resolution);
    if (resolution === 4) shapes.set(`${name}.const`, [outputs, 4, 4]);
    else addSynthesisLayer(shapes, `${name}.conv0`, inputs, outputs, wDim, resolution);
    addSynthesisLayer(shapes, `${name}.conv1`, outputs, outputs, wDim, resolution);
    addConv(shapes, `${name}.torgb`, outputs, 3, 1);
    addDense(shapes, `${name}.torgb.affine`, wDim, outputs);
    inputs = outputs;
  }
  return shapes;
}

function styleGan2Discriminator(architecture: StyleGan2Architecture): Shapes {
  const shapes: Shapes = new Map();
  const resolutions = blockResolutions(architecture).slice(1).reverse();
  for (const resolution of resolutions) {
    const name = `b${resolution}`;
    const inputs = channelsAt(architecture, resolution);
    const outputs = channelsAt(architecture, resolution / 2);
    if (resolution === architecture.resolution) addConv(shapes, `${name}.fromrgb`, 3, inputs, 1);
    addConv(shapes, `${name}.conv0`, inputs, inputs, 3);
    addConv(shapes, `${name}.conv1`, inputs, outputs, 3);
    shapes.set(`${name}.skip.weight`, [outputs, inputs, 1, 1]);
  }
  const width = channelsAt(architecture, 4);
  // One more input: the standard deviation over the minibatch.
  addConv(shapes, 'b4.conv', width + 1, width, 3);
  addDense(shapes, 'b4.fc', width * 16, width);
  addDense(shapes, 'b4.out', width, architecture.classes > 0 ? width : 1);
  if (architecture.classes > 0) addMapping(shapes, width, width, architecture);
  return shapes;
}

function dcgan(architecture: DcganArchitecture, role: NetworkRole): Shapes {
  const shapes: Shapes = new Map();
  const layers = architecture[role];
  const input = role === 'generator' ? { size: 1, channels: architecture.z_dim } : { size: architecture.resolution, channels: 3 };
  const maps = traceDcganLayers(layers, input);
  layers.forEach(({ type, filters, size = 1, kernel = 1, bias, batch_norm: batchNorm }, index) => {
    const inputs = maps[index]?.channels ?? 0;
    const name = `${role}.${index}`;
    if (type === 'dense') shapes.set(`${name}.weight`, [filters * size * size, inputs]);
    else shapes.set(`${name}.weight`, type === 'conv_transpose' ? [inputs, filters, kernel, kernel] : [filters, inputs, kernel, kernel]);
    if (bias) shapes.set(`${name}.bias`, [type === 'dense' ? filters * size * size : filters]);
    if (batchNorm) for (const part of ['weight', 'bias', 'running_mean', 'running_var']) shapes.set(`${name}.norm.${part}`, [filters]);
  });
  return shapes;
}

/** Names and shapes of all tensors of a network, buffers included, in a fixed order. */
export function tensorShapes(architecture: Architecture, role: NetworkRole): ReadonlyMap<string, readonly number[]> {
  if (architecture.kind === 'dcgan') return dcgan(architecture, role);
  return role === 'generator' ? styleGan2Generator(architecture) : styleGan2Discriminator(architecture);
}

/** Those of {@link tensorShapes} that a file may leave out: the buffers of constant noise. */
export function optionalTensors(architecture: Architecture, role: NetworkRole): ReadonlySet<string> {
  return new Set([...tensorShapes(architecture, role).keys()].filter((name) => name.endsWith('.noise_const')));
}
