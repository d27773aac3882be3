import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createGenerator, engineMemory } from '../../src/engine/create-generator.ts';
import type { Generator } from '../../src/engine/generator.ts';
import type { BackendName, BackendReport } from '../../src/runtime/backend.ts';
import { decodeWeights, encodeWeights } from '../../src/weights/weights-file.ts';
import { eachBackend } from '../support/backends.ts';
import { tinySource } from '../support/tiny-source.ts';

/** Takes the GPU device away, as a driver that is reset does. */
function loseDevice(): void {
  (tf.findBackend('webgpu') as unknown as { device: GPUDevice }).device.destroy();
}

/** Resolves when the generator has moved to another backend or device. */
function untilMoved(generator: Generator): Promise<{ backend: BackendName; report: BackendReport }> {
  return new Promise((resolve) => {
    const stop = generator.onBackendChange((backend, report) => {
      stop();
      resolve({ backend, report });
    });
  });
}

/** The same weights with each value of one tensor moved. */
function changeWeights(bytes: Uint8Array): Uint8Array {
  const file = decodeWeights(bytes);
  const [name, tensor] = [...file.tensors].findLast(([key]) => key.endsWith('bias')) ?? [];
  if (name === undefined || tensor === undefined) throw new Error('no tensor to change');
  const changed = { ...tensor, values: tensor.values.map((value) => value + 0.5) };
  return encodeWeights({ ...file, tensors: new Map([...file.tensors, [name, changed]]) });
}

describe('engine/device-loss', () => {
  eachBackend(() => {
    /** A new device compiles all shaders anew: in software a DCGAN, which has the fewest, stands for the others where there are many devices. */
    let dcgan: string;
    const opened: Generator[] = [];
    const open = async (src = dcgan): Promise<Generator> => {
      const generator = await createGenerator({ src, backend: 'webgpu' });
      opened.push(generator);
      return generator;
    };

    before(async () => {
      dcgan = await tinySource('tiny-dcgan');
    });
    afterEach(() => {
      for (const generator of opened.splice(0)) generator.dispose();
    });

    it('draws on a new device after the device is lost, and tells of it', async () => {
      const generator = await open(await tinySource());
      const before = await generator.generate({ seed: 'a' });
      const moved = untilMoved(generator);
      loseDevice();
      const { backend, report } = await moved;
      assert.equal(backend, 'webgpu');
      assert.deepEqual(
        report.map(({ name, ok }) => [name, ok]),
        [
          ['webgpu', true],
          ['webgpu', false],
          ['webgpu', true],
        ],
      );
      assert.include(report[1]?.detail, 'lost');
      assert.deepEqual(await generator.generate({ seed: 'a' }), before);
    });

    it('finishes what was under way when the device was lost', async () => {
      const [first, second] = [await open(), await open()];
      const expected = await first.renderPicture({ seed: 'a', samples: 4 });
      const pending = [first.renderPicture({ seed: 'a', samples: 4 }), second.renderPicture({ seed: 'a', samples: 4 })];
      const bitmap = second.renderBitmap({ seed: 'a' });
      loseDevice();
      for (const picture of await Promise.all(pending)) assert.deepEqual(picture, expected);
      (await bitmap).bitmap.close();
    });

    it('keeps imported weights', async () => {
      const [changed, plain] = [await open(), await open()];
      await changed.importWeights(changeWeights(await changed.exportWeights()));
      const [exported, picture, plainPicture] = [await changed.exportWeights(), await changed.generate(), await plain.generate()];
      assert.notDeepEqual(picture, plainPicture);
      loseDevice();
      assert.deepEqual(await changed.generate(), picture);
      assert.deepEqual(await changed.exportWeights(), exported);
      assert.deepEqual(await plain.generate(), plainPicture);
    });

    it('shares one network again after the loss, and holds no more than before', async () => {
      const generators = [await open(), await open(), await open()];
      const before = engineMemory();
      const moved = Promise.all(generators.map(untilMoved));
      loseDevice();
      await moved;
      for (const generator of generators) await generator.generate();
      const { tensors, bytes } = engineMemory();
      assert.deepEqual([tensors, bytes], [before.tensors, before.bytes]);
    });

    it('draws on WASM when there is no new device, and keeps its state', async () => {
      const generator = await open();
      const before = await generator.generate({ seed: 'a' });
      const moved = untilMoved(generator);
      const request = GPU.prototype.requestAdapter;
      GPU.prototype.requestAdapter = () => Promise.resolve(null);
      try {
        loseDevice();
        assert.equal((await moved).backend, 'wasm');
      } finally {
        GPU.prototype.requestAdapter = request;
      }
      assert.equal(generator.activeBackend, 'wasm');
      const after = await generator.generate({ seed: 'a' });
      assert.isTrue(after.data.every((value, i) => Math.abs(value - (before.data[i] ?? NaN)) <= 2));
    });

    it('turns to WASM when devices are lost again and again', async () => {
      const generator = await open();
      for (let loss = 1; loss <= 3; loss += 1) {
        const moved = untilMoved(generator);
        loseDevice();
        assert.equal((await moved).backend, 'webgpu');
      }
      const moved = untilMoved(generator);
      loseDevice();
      assert.equal((await moved).backend, 'wasm');
      await generator.generate();
    });
  }, ['webgpu']);
});
