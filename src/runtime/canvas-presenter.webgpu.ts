/** Draws a storage buffer of pixels, the bytes RGBA in each, on a canvas of the same size, by one triangle. */
const SHADER = `
@group(0) @binding(0) var<storage, read> pixels: array<u32>;
@group(0) @binding(1) var<uniform> width: u32;

@vertex fn vertexMain(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
  return vec4<f32>(f32(index & 1u) * 4.0 - 1.0, f32(index >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment fn fragmentMain(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
  let color = unpack4x8unorm(pixels[u32(position.y) * width + u32(position.x)]);
  // The canvas is premultiplied; the bitmap made of it is straight again.
  return vec4<f32>(color.rgb * color.a, color.a);
}
`;
const FORMAT = 'rgba8unorm';

/** One offscreen canvas and pipeline of a device, used for every bitmap. */
class CanvasPresenter {
  readonly #device: GPUDevice;
  readonly #canvas = new OffscreenCanvas(1, 1);
  readonly #context: GPUCanvasContext;
  readonly #pipeline: GPURenderPipeline;
  readonly #uniform: GPUBuffer;

  constructor(device: GPUDevice) {
    const context = this.#canvas.getContext('webgpu') as GPUCanvasContext | null;
    if (!context) throw new Error('an OffscreenCanvas has no webgpu context here');
    context.configure({ device, format: FORMAT, alphaMode: 'premultiplied' });
    const module = device.createShaderModule({ code: SHADER });
    this.#device = device;
    this.#context = context;
    this.#pipeline = device.createRenderPipeline({
      layout: 'auto',
      vertex: { module, entryPoint: 'vertexMain' },
      fragment: { module, entryPoint: 'fragmentMain', targets: [{ format: FORMAT }] },
    });
    this.#uniform = device.createBuffer({ size: 4, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  }

  present(buffer: GPUBuffer, width: number, height: number): ImageBitmap {
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    this.#device.queue.writeBuffer(this.#uniform, 0, Uint32Array.of(width));
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view: this.#context.getCurrentTexture().createView(), loadOp: 'clear', storeOp: 'store' }],
    });
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(
      0,
      this.#device.createBindGroup({
        layout: this.#pipeline.getBindGroupLayout(0),
        entries: [
          { binding: 0, resource: { buffer } },
          { binding: 1, resource: { buffer: this.#uniform } },
        ],
      }),
    );
    pass.draw(3);
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
    return this.#canvas.transferToImageBitmap();
  }
}

const presenters = new WeakMap<GPUDevice, CanvasPresenter>();

/** The pixels in `buffer` (height · width · the bytes RGBA) as a bitmap, without a read-back. Throws where no canvas can be drawn on. */
export function presentBuffer(device: GPUDevice, buffer: GPUBuffer, width: number, height: number): ImageBitmap {
  let presenter = presenters.get(device);
  if (!presenter) presenters.set(device, (presenter = new CanvasPresenter(device)));
  return presenter.present(buffer, width, height);
}
