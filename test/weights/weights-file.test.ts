import { assert } from 'chai';
import { decodeSafetensors, encodeSafetensors } from '../../src/weights/safetensors.ts';
import type { StoredTensor } from '../../src/weights/safetensors.ts';
import { decodeWeights, encodeWeights, roundToDtype } from '../../src/weights/weights-file.ts';
import type { WeightsFile } from '../../src/weights/weights-file.ts';
import { assertThrowsCode } from '../support/assert-error.ts';
import { loadFixtureFile, loadFixtureWeights } from '../support/fixture-weights.ts';

const DIRECTION = { name: 'redness', kind: 'named', layers: [0, 5], range: [-3, 3], validation: { r2: 0.9 } } as const;

describe('weights/weights-file', () => {
  let bytes: Uint8Array;

  before(async () => {
    bytes = await loadFixtureWeights('stylegan2-tiny-classes', 'generator', { labels: ['a', 'b', 'c'] });
  });

  /** The fixture's file with its metadata and tensors changed. */
  function changed(metadata: object | string, change: (tensors: Map<string, StoredTensor>) => void = () => undefined): Uint8Array {
    const file = decodeSafetensors(bytes);
    const tensors = new Map(file.tensors);
    change(tensors);
    const old = JSON.parse(file.metadata.gan_canvas ?? '') as object;
    const text = typeof metadata === 'string' ? metadata : JSON.stringify({ ...old, ...metadata });
    return encodeSafetensors({ metadata: { gan_canvas: text }, tensors });
  }

  function single(shape: readonly number[], ...values: readonly number[]): StoredTensor {
    const size = shape.reduce((product, count) => product * count, 1);
    const array = Float32Array.from({ length: size }, (_, index) => values[index] ?? 0);
    return { dtype: 'F32', shape, bytes: new Uint8Array(array.buffer) };
  }

  function assertRefused(file: Uint8Array, ...parts: readonly string[]): void {
    assertThrowsCode(() => decodeWeights(file), 'weights-format', ...parts);
  }

  describe('reading', () => {
    it('gives what the file says of its model, frozen', () => {
      const file = decodeWeights(
        changed({
          truncation: 0.5,
          noise: 'random',
          nested: true,
          licence: 'L',
          attribution: 'A',
          training_data: 'T',
          images_seen: 5,
          metrics: { fid: 3 },
        }),
      );
      assert.equal(file.role, 'generator');
      assert.deepInclude(file.info, {
        name: 'stylegan2-tiny-classes',
        resolution: 16,
        zDim: 24,
        directionDim: 16,
        numWs: 6,
        labels: ['a', 'b', 'c'],
        nested: true,
        truncation: 0.5,
        noise: 'random',
        licence: 'L',
        attribution: 'A',
        trainingData: 'T',
        imagesSeen: 5,
        metrics: { fid: 3 },
        discriminator: null,
      });
      assert.isFrozen(file.info);
      assert.isFrozen(file.info.labels);
      assert.isFrozen(file.info.metrics);
      assert.doesNotThrow(() => structuredClone(file.info));
    });

    it('fills in defaults for all but format, name and architecture', () => {
      const { architecture } = decodeWeights(bytes).info;
      const { info } = decodeWeights(changed(JSON.stringify({ format: 1, name: 'n', architecture })));
      assert.deepInclude(info, { labels: [], nested: false, truncation: 1, noise: 'const', directions: [], imagesSeen: 0, metrics: {} });
    });

    it('shares nothing with the bytes', () => {
      const borrowed = bytes.slice();
      const file = decodeWeights(borrowed);
      const before = file.tensors.get('synthesis.b4.const')?.values.slice();
      borrowed.fill(0);
      assert.deepEqual(file.tensors.get('synthesis.b4.const')?.values, before);
    });

    it('takes files without the buffers of constant noise', () => {
      const file = decodeWeights(
        changed({}, (tensors) => {
          for (const name of [...tensors.keys()]) if (name.endsWith('noise_const')) tensors.delete(name);
        }),
      );
      assert.isFalse(file.tensors.has('synthesis.b4.conv1.noise_const'));
    });

    it('tells the role by the names of the tensors where the metadata does not', async () => {
      const withoutRole = { role: undefined };
      assert.equal(decodeWeights(changed(withoutRole)).role, 'generator');
      const discriminator = await loadFixtureFile('stylegan2-tiny-classes', 'discriminator');
      assert.equal(discriminator.role, 'discriminator');
      assertRefused(changed({ role: 'discriminator' }), 'its architecture does not');
      assertRefused(changed({ role: 'judge' }), 'role');
      assertRefused(
        changed(withoutRole, (tensors) => {
          tensors.clear();
        }),
        'neither',
      );
    });

    it('reads directions and their vectors', () => {
      const vector = Array.from({ length: 16 }, (_, index) => index / 4);
      const file = decodeWeights(changed({ directions: [DIRECTION] }, (t) => t.set('directions.redness', single([16], ...vector))));
      assert.deepEqual(file.directions.get('redness'), Float32Array.from(vector));
      assert.deepEqual(file.info.directions, [DIRECTION]);
      assert.isFalse(file.tensors.has('directions.redness'));
    });

    it('refuses a file without our metadata, or of another version', () => {
      assertRefused(encodeSafetensors({ metadata: {}, tensors: new Map() }), 'gan_canvas', 'gan-canvas import');
      assertRefused(changed('{'), 'no JSON');
      assertRefused(changed('[]'), 'no JSON object');
      assertRefused(changed('{"format": 1, "format": 1}'), 'twice');
      assertRefused(changed({ format: 2 }), 'format', '"2"');
      assertRefused(changed({ format: '1' }), 'format');
    });

    for (const [field, ...values] of [
      ['name', '', 5, null, 'x'.repeat(201)],
      ['labels', 'abc', ['a'], ['a', 'b', 3], ['a', 'b', 'b'], { length: 3 }],
      ['nested', 1, 'true'],
      ['truncation', -0.1, 2.1, '1', [1]],
      ['noise', 'loud', 1, true],
      ['licence', 1, {}],
      ['attribution', []],
      ['training_data', 7],
      ['images_seen', -1, 1.5, '5'],
      ['metrics', 5, [1], 'good'],
      ['directions', {}, 'redness'],
      ['discriminator', 'file', [], 7],
      ['delta', 'yes', { name: 'n', checksum: 'x' }, { name: '', checksum: '0123456789abcdef' }],
    ] as const) {
      it(`refuses a ${field} that is none`, () => {
        for (const value of values) assertRefused(changed({ [field]: value }), field);
      });
    }

    it('refuses discriminators on other hosts, and hashes that are none', () => {
      for (const url of ['', 'https://evil.example/x', '//evil.example/x', '\\\\evil.example\\x', 'data:,x', 'javascript:1', 5]) {
        assertRefused(changed({ discriminator: { url } }), 'discriminator.url');
      }
      assertRefused(changed({ discriminator: { url: 'd.safetensors', integrity: 'sha256-short' } }), 'discriminator.integrity');
      assert.deepEqual(decodeWeights(changed({ discriminator: { url: 'd.safetensors' } })).info.discriminator, {
        url: 'd.safetensors',
        integrity: null,
      });
    });

    for (const [change, part] of [
      [{ name: 'Redness' }, 'name'],
      [{ name: '__proto__' }, 'name'],
      [{ kind: 3 }, 'kind'],
      [{ layers: [0, 6] }, 'layers'],
      [{ layers: [3, 2] }, 'layers'],
      [{ layers: [0.5, 2] }, 'layers'],
      [{ layers: '0-5' }, 'layers'],
      [{ range: [1] }, 'range'],
      [{ range: [3, -3] }, 'range'],
      [{ validation: 'good' }, 'validation'],
    ] as const) {
      it(`refuses a direction with ${JSON.stringify(change)}`, () => {
        const directions = [{ ...DIRECTION, ...change }];
        assertRefused(
          changed({ directions }, (tensors) => tensors.set('directions.redness', single([16]))),
          `directions[0].${part}`,
        );
      });
    }

    it('refuses directions without a vector, vectors without a direction, of the wrong length, and names that come twice', () => {
      const directions = [{ ...DIRECTION, layers: null }];
      assertRefused(changed({ directions }), 'missing', '"directions.redness"');
      assertRefused(
        changed({}, (tensors) => tensors.set('directions.redness', single([16]))),
        '"directions.redness"',
      );
      assertRefused(
        changed({ directions }, (tensors) => tensors.set('directions.redness', single([24]))),
        '[24]',
        '[16]',
      );
      assertRefused(
        changed({ directions: [...directions, ...directions] }, (tensors) => tensors.set('directions.redness', single([16]))),
        'differ',
      );
    });

    it('refuses tensors that are missing, unknown or of the wrong shape, and names them', () => {
      assertRefused(
        changed({}, (tensors) => tensors.delete('mapping.fc1.bias')),
        'missing',
        '"mapping.fc1.bias"',
      );
      assertRefused(
        changed({}, (tensors) => tensors.set('synthesis.b32.const', single([1]))),
        '"synthesis.b32.const"',
      );
      assertRefused(
        changed({}, (tensors) => tensors.set('mapping.w_avg', single([15]))),
        '"mapping.w_avg"',
        '[15]',
        '[16]',
      );
      assertRefused(
        changed({}, (tensors) => tensors.set('mapping.w_avg', single([16, 1]))),
        '[16, 1]',
      );
    });

    for (const value of [NaN, Infinity, -Infinity]) {
      it(`refuses the weight ${value}`, () => {
        assertRefused(
          changed({}, (tensors) => tensors.set('mapping.w_avg', single([16], 0, 0, value))),
          '"mapping.w_avg"',
          String(value),
          'index 2',
        );
      });
    }

    it('refuses halves that are not finite', () => {
      const halves: StoredTensor = {
        dtype: 'F16',
        shape: [16],
        bytes: new Uint8Array(Uint16Array.from({ length: 16 }, () => 0x7c00).buffer),
      };
      assertRefused(
        changed({}, (tensors) => tensors.set('mapping.w_avg', halves)),
        '"mapping.w_avg"',
      );
    });

    it('refuses a negative variance in a DCGAN', async () => {
      const file = await loadFixtureFile('tiny-dcgan');
      const tensors = new Map(file.tensors);
      tensors.set('generator.0.norm.running_var', { shape: [16], dtype: 'F32', values: new Float32Array(16).fill(-1) });
      assertRefused(encodeWeights({ ...file, tensors }), 'generator.0.norm.running_var', 'variance');
    });

    it('refuses every truncation of the file', () => {
      for (const length of [0, 1, 8, 100, 1000, 6000, bytes.length - 1]) assertRefused(bytes.slice(0, length));
    });

    it('takes a DCGAN as one row of z', async () => {
      const { info } = await loadFixtureFile('tiny-dcgan');
      assert.deepInclude(info, { numWs: 1, directionDim: 16, zDim: 16, resolution: 32 });
    });
  });

  describe('writing', () => {
    it('writes what it read bit for bit, fields that it does not know included', () => {
      const file = changed({ future: { a: [1] }, truncation: 0.7 });
      const once = encodeWeights(decodeWeights(file));
      assert.deepEqual(encodeWeights(decodeWeights(once)), once);
      assert.deepEqual(decodeWeights(once).metadata.future, { a: [1] });
      const written = decodeSafetensors(once).tensors;
      for (const [name, tensor] of decodeSafetensors(file).tensors) assert.deepEqual(written.get(name), tensor);
    });

    it('writes halves on demand, rounded as roundToDtype rounds', () => {
      const file = decodeWeights(bytes);
      const halves = decodeWeights(encodeWeights(file, { dtype: 'F16' }));
      for (const [name, { dtype, values }] of halves.tensors) {
        assert.equal(dtype, 'F16');
        assert.deepEqual(values, roundToDtype(file.tensors.get(name)?.values ?? new Float32Array(0), 'F16'));
      }
      assert.isBelow(encodeWeights(file, { dtype: 'F16' }).length, bytes.length);
    });

    it('keeps a tensor in single precision where halves cannot hold it', () => {
      const file = decodeWeights(bytes);
      const values = new Float32Array(16).fill(0.1).fill(70000, 0, 1);
      const tensors = new Map(file.tensors).set('mapping.w_avg', { shape: [16], dtype: 'F16', values });
      const read = decodeWeights(encodeWeights({ ...file, tensors })).tensors.get('mapping.w_avg');
      assert.equal(read?.dtype, 'F32');
      assert.deepEqual(read?.values, values);
      assert.deepEqual(roundToDtype(values, 'F16'), values);
    });

    it('rounds to halves, and copies singles', () => {
      const values = Float32Array.of(0.1, 1, -2.0001);
      assert.deepEqual(roundToDtype(values, 'F16'), Float32Array.of(0.0999755859375, 1, -2));
      assert.deepEqual(roundToDtype(values, 'F32'), values);
      assert.notStrictEqual(roundToDtype(values, 'F32'), values);
    });

    it('refuses to write weights that are not finite', () => {
      const file = decodeWeights(bytes);
      const tensors = new Map(file.tensors).set('mapping.w_avg', { shape: [16], dtype: 'F32', values: new Float32Array(16).fill(NaN) });
      assertThrowsCode(() => encodeWeights({ ...file, tensors }), 'weights-format', 'mapping.w_avg', 'NaN');
    });

    it('writes what the info says now, and directions exactly', () => {
      const file = decodeWeights(bytes);
      const learned = { name: 'mine', kind: 'learned', layers: null, range: [-2, 2], validation: {} } as const;
      const vector = Float32Array.from({ length: 16 }, (_, index) => Math.sin(index));
      const changedFile: WeightsFile = {
        ...file,
        info: { ...file.info, name: 'other', directions: [learned] },
        directions: new Map([['mine', vector]]),
      };
      const read = decodeWeights(encodeWeights(changedFile, { dtype: 'F16' }));
      assert.equal(read.info.name, 'other');
      assert.deepEqual(read.info.directions, [learned]);
      assert.deepEqual(read.directions.get('mine'), vector);
    });
  });
});
