import { assert } from 'chai';
import { createGenerator, importCheckpoint, type ImportCheckpointOptions, type ImportProgress } from '../../src/core.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { eachBackend } from '../support/backends.ts';
import { CHECKPOINTS, decodeNetwork as decode, drawCase, imageCases, judgeCase } from '../support/checkpoint-cases.ts';
import { loadFixtureBytes, loadFixtureCases } from '../support/fixture-weights.ts';
import { maxDifference, maxMagnitude } from '../support/tensor-fixture.ts';
import { assertAborts } from '../support/tiny-source.ts';

async function importFiles([file = '', discriminator]: readonly string[], options: ImportCheckpointOptions = {}) {
  const more = discriminator === undefined ? {} : { discriminator: await loadFixtureBytes(discriminator) };
  return importCheckpoint(await loadFixtureBytes(file), { ...more, ...options });
}

const ON_WEBGPU: readonly string[] = ['tiny-stylegan2-ada', 'tiny-dcgan'];

describe('engine/import-checkpoint', () => {
  eachBackend((backend, acquire) => {
    // What is imported is the same on each backend; WebGPU in software, which compiles for each network, draws one of each kind.
    const drawn = CHECKPOINTS.filter(({ cases: name }) => backend !== 'webgpu' || ON_WEBGPU.includes(name));
    for (const { files, cases: name, tolerance } of drawn) {
      it(`draws and judges as ${files.join(' and ')} do in PyTorch`, async () => {
        const [imported, cases, runtime] = await Promise.all([importFiles(files), loadFixtureCases(name), acquire()]);
        const generator = decode(imported.generator);
        const images = imageCases(cases);
        assert.isAtLeast(images.length, 1);
        for (const [key, { values }] of images) {
          const drawn = runtime.run(() => drawCase(generator, cases, key));
          assert.isAbove(maxMagnitude(values), 1000 * tolerance, key);
          assert.isBelow(maxDifference(await drawn.data(), values), tolerance, key);
          drawn.dispose();
        }
        const judged = runtime.run(() => judgeCase(decode(imported.discriminator), cases));
        if (judged === null) return;
        assert.isBelow(maxDifference(await judged.tensor.data(), judged.expected), tolerance);
        judged.tensor.dispose();
      });
    }
  });

  describe('the file', () => {
    it('is in single precision unless half is asked for, which draws nearly the same', async () => {
      const single = await importFiles(['tiny-stylegan2-ada.pkl']);
      const half = await importFiles(['tiny-stylegan2-ada.pkl'], { dtype: 'f16' });
      assert.isTrue([...decode(single.generator).tensors.values()].every(({ dtype }) => dtype === 'F32'));
      assert.isTrue([...decode(half.generator).tensors.values()].every(({ dtype }) => dtype === 'F16'));
      assert.isTrue([...decode(half.discriminator).tensors.values()].every(({ dtype }) => dtype === 'F16'));
      const pictures = [];
      for (const { generator: bytes } of [single, half]) {
        if (bytes === null) throw new Error('No generator was imported.');
        const generator = await createGenerator({ bytes, backend: 'wasm' });
        pictures.push((await generator.generate({ seed: 'half' })).data);
        generator.dispose();
      }
      const [a = [], b = []] = pictures;
      assert.isBelow(maxDifference(a, b), 8);
      assert.isAbove(new Set(a).size, 20);
    });

    it('is called by the name of the file that was dropped, and links its discriminator', async () => {
      const file = new File([(await loadFixtureBytes('tiny-recipe.pt')) as Uint8Array<ArrayBuffer>], 'My Shapes.v2.pt');
      const { generator, discriminator, summary } = await importCheckpoint(file);
      const { info, metadata } = decode(generator);
      assert.deepInclude(info, { name: 'My Shapes.v2', labels: ['disk', 'square', 'star'], imagesSeen: 123456, nested: true });
      const digest = await crypto.subtle.digest('SHA-256', discriminator as Uint8Array<ArrayBuffer>);
      const integrity = `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
      assert.deepEqual(metadata.discriminator, { url: './My%20Shapes.v2.discriminator.safetensors', integrity });
      assert.deepInclude(summary, { generatorPath: 'ema', discriminatorPath: 'd', notes: [] });
      assert.include(summary.family, 'the recipe of gan-canvas');
      assert.equal(decode(discriminator).info.name, 'My Shapes.v2');
    });

    it('takes what the caller says before the name of the file', async () => {
      const bytes = (await loadFixtureBytes('tiny-recipe.pt')) as Uint8Array<ArrayBuffer>;
      const { generator, discriminator } = await importCheckpoint(new File([bytes], 'a.pt'), { name: 'shapes', generatorOnly: true });
      assert.equal(decode(generator).info.name, 'shapes');
      assert.isNull(discriminator);
      assert.isNull(decode(generator).metadata.discriminator);
      const { generator: unnamed } = await importCheckpoint(bytes.buffer);
      assert.equal(decode(unnamed).info.name, 'imported');
    });

    it('draws in the page', async () => {
      const { generator: bytes } = await importFiles(['tiny-rosinality.pt']);
      if (bytes === null) throw new Error('No generator was imported.');
      const generator = await createGenerator({ bytes, backend: 'wasm' });
      const { data, width } = await generator.generate({ seed: 'dropped' });
      assert.equal(width, 32);
      assert.isAbove(new Set(data).size, 50);
      generator.dispose();
    });
  });

  describe('on its way', () => {
    it('counts tensors, from none to all', async () => {
      const seen: ImportProgress[] = [];
      const { generator, discriminator } = await importFiles(['tiny-stylegan2-ada.pkl'], { onProgress: (progress) => seen.push(progress) });
      const total = decode(generator).tensors.size + decode(discriminator).tensors.size;
      assert.deepEqual(
        seen,
        Array.from({ length: total + 1 }, (_, loaded) => ({ loaded, total })),
      );
    });

    it('stops when it is aborted, before it begins and in the middle', async () => {
      await assertAborts(importFiles(['tiny-recipe.pt'], { signal: AbortSignal.abort() }));
      const controller = new AbortController();
      const seen: number[] = [];
      const onProgress = ({ loaded }: ImportProgress): void => {
        seen.push(loaded);
        if (loaded === 5) controller.abort();
      };
      await assertAborts(importFiles(['tiny-recipe.pt'], { signal: controller.signal, onProgress }));
      assert.equal(seen.at(-1), 5);
    });

    it('refuses names and types of numbers that there are none of', async () => {
      const bytes = await loadFixtureBytes('tiny-recipe.pt');
      await assertRejectsCode(importCheckpoint(bytes, { name: '' }), 'invalid-argument', '1 to 200');
      await assertRejectsCode(importCheckpoint(bytes, { name: 'a'.repeat(201) }), 'invalid-argument', '201 characters');
      await assertRejectsCode(importCheckpoint(bytes, { dtype: 'f64' as 'f32' }), 'invalid-argument', '"f64"', 'f16 or f32');
    });
  });
});
