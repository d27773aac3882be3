/**
 * `npx tsx test/bench/subgroups.ts`: whether subgroups would pay for styles and demodulation, the products of a row and a matrix that our layers begin
 * with (decision 10). Three WGSL kernels of the same numbers, w_dim and channels 128, µs a dispatch. Needs a GPU and the package `webgpu`
 * (`npm install --no-save webgpu`).
 */
import { median } from './figures.ts';
import { loadDawn } from './load-dawn.ts';

const WIDTH = 128;
const THREADS = 256;
const DISPATCHES = 2000;
const ROUNDS = 7;

const { create, globals } = await loadDawn();
Object.assign(globalThis, globals);
// Kept: Dawn crashes when it is collected.
const gpu = create([]);
const adapter = await gpu.requestAdapter();
if (!adapter?.features.has('subgroups')) throw new Error('This machine has no GPU with subgroups.');
const device = await adapter.requestDevice({ requiredFeatures: ['subgroups'] });

interface Product {
  readonly name: string;
  readonly factor: string;
  readonly element: string;
  readonly store: string;
}

const declare = (type: 'f32' | 'vec4<f32>'): string => `
@group(0) @binding(0) var<storage, read_write> result : array<f32>;
@group(0) @binding(1) var<storage, read> w : array<f32>;
@group(0) @binding(2) var<storage, read> affineWeight : array<${type}>;
@group(0) @binding(3) var<storage, read> affineBias : array<${type}>;
@group(0) @binding(4) var<storage, read> powers : array<${type}>;
`;
const QUADS = WIDTH / 4;
const STORE_STYLE = 'total += affineBias[column]; for (var c = 0; c < 4; c++) { result[column * 4 + c] = total[c]; }';
const STORE_DEMODULATION = `for (var c = 0; c < 4; c++) { result[${WIDTH} + column * 4 + c] = inverseSqrt(total[c] + 1e-8); }`;
const STYLE: Product = { name: 'style', factor: 'w[k]', element: `affineWeight[k * ${QUADS} + column]`, store: STORE_STYLE };
const DEMODULATE: Product = {
  name: 'demodulate',
  factor: 'result[k] * result[k]',
  element: `powers[k * ${QUADS} + column]`,
  store: STORE_DEMODULATION,
};

/** A thread for each output. */
const single = `${declare('f32')}
var<workgroup> squares : array<f32, ${WIDTH}>;
@compute @workgroup_size(${WIDTH}) fn main(@builtin(local_invocation_index) index : u32) {
  let o = i32(index);
  var sum = affineBias[o];
  for (var k = 0; k < ${WIDTH}; k++) { sum = fma(w[k], affineWeight[k * ${WIDTH} + o], sum); }
  result[o] = sum;
  squares[o] = sum * sum;
  workgroupBarrier();
  var power = 1e-8;
  for (var k = 0; k < ${WIDTH}; k++) { power = fma(squares[k], powers[k * ${WIDTH} + o], power); }
  result[${WIDTH} + o] = inverseSqrt(power);
}`;

/** As runtime/kernels/product.wgsl.ts has it: threads share what an output has to add, and meet in workgroup memory. */
const shareCode = ({ name, factor, element, store }: Product): string => `
fn ${name}(local : i32) {
  let column = local % ${QUADS};
  var sum = vec4<f32>();
  for (var k = local / ${QUADS}; k < ${WIDTH}; k += ${THREADS / QUADS}) { sum = fma(vec4<f32>(${factor}), ${element}, sum); }
  parts[local] = sum;
  workgroupBarrier();
  if (local < ${QUADS}) {
    var total = parts[local];
    for (var part = 1; part < ${THREADS / QUADS}; part++) { total += parts[part * ${QUADS} + local]; }
    ${store}
  }
  workgroupBarrier();
}`;
const shared = `${declare('vec4<f32>')}
var<workgroup> parts : array<vec4<f32>, ${THREADS}>;
${shareCode(STYLE)}
${shareCode(DEMODULATE)}
@compute @workgroup_size(${THREADS}) fn main(@builtin(local_invocation_index) index : u32) {
  style(i32(index));
  storageBarrier();
  demodulate(i32(index));
}`;

/** The same, but a subgroup has the output and adds up by itself. */
const subgroupCode = ({ name, factor, element, store }: Product): string => `
fn ${name}(lane : i32, size : i32, group : i32) {
  for (var column = group; column < ${QUADS}; column += ${THREADS} / size) {
    var sum = vec4<f32>();
    for (var k = lane; k < ${WIDTH}; k += size) { sum = fma(vec4<f32>(${factor}), ${element}, sum); }
    var total = subgroupAdd(sum);
    if (lane == 0) { ${store} }
  }
}`;
const subgroups = `enable subgroups;
diagnostic(off, subgroup_uniformity);
${declare('vec4<f32>')}
${subgroupCode(STYLE)}
${subgroupCode(DEMODULATE)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) index : u32, @builtin(subgroup_invocation_id) lane : u32, @builtin(subgroup_size) size : u32) {
  style(i32(lane), i32(size), i32(index / size));
  storageBarrier();
  workgroupBarrier();
  demodulate(i32(lane), i32(size), i32(index / size));
}`;

function createBuffer(length: number, valueAt: (index: number) => number): GPUBuffer {
  const buffer = device.createBuffer({
    size: length * 4,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
  });
  device.queue.writeBuffer(
    buffer,
    0,
    Float32Array.from({ length }, (_, index) => valueAt(index)),
  );
  return buffer;
}

const wave = (index: number): number => Math.sin(index * 12.9898);
const result = createBuffer(2 * WIDTH, () => 0);
const buffers = [
  result,
  createBuffer(WIDTH, wave),
  createBuffer(WIDTH * WIDTH, wave),
  createBuffer(WIDTH, () => 1),
  createBuffer(WIDTH * WIDTH, (index) => wave(index) ** 2),
];

interface Kernel {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly ms: number[];
}

async function open(name: string, code: string): Promise<Kernel> {
  const compute = { module: device.createShaderModule({ code }), entryPoint: 'main' };
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute });
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  return { name, pipeline, bindGroup: device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }), ms: [] };
}

async function run({ pipeline, bindGroup, ms }: Kernel): Promise<void> {
  const start = performance.now();
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  for (let count = 0; count < DISPATCHES; count++) pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  ms.push(performance.now() - start);
}

async function readResult(): Promise<Float32Array> {
  const copy = device.createBuffer({ size: 2 * WIDTH * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(result, 0, copy, 0, copy.size);
  device.queue.submit([encoder.finish()]);
  await copy.mapAsync(GPUMapMode.READ);
  return new Float32Array(copy.getMappedRange().slice(0));
}

const kernels = [await open('a thread for each output', single), await open('threads share', shared), await open('subgroups', subgroups)];
const expected: Float32Array[] = [];
for (const kernel of kernels) {
  await run(kernel);
  kernel.ms.length = 0;
  expected.push(await readResult());
  const worst = Math.max(...(expected.at(-1) ?? []).map((value, index) => Math.abs(value - (expected[0]?.[index] ?? NaN))));
  if (!(worst < 1e-4)) throw new Error(`${kernel.name}: other numbers.`);
}
for (let round = 0; round < ROUNDS; round++) for (const kernel of kernels) await run(kernel);
for (const { name, ms } of kernels) {
  console.log(`${name}: ${((median(ms) * 1000) / DISPATCHES).toFixed(2)} µs`);
}
process.exit();
