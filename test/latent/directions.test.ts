import { assert } from 'chai';
import { assertDirections, directionOffsets, formatDirections, parseDirections, parseLayers } from '../../src/latent/directions.ts';
import type { KnownDirection } from '../../src/latent/directions.ts';
import { GanCanvasError } from '../../src/support/errors.ts';
import type { GanCanvasErrorCode } from '../../src/support/errors.ts';

function assertFails(action: () => unknown, code: GanCanvasErrorCode, ...parts: readonly string[]): void {
  let caught: unknown;
  try {
    action();
  } catch (error) {
    caught = error;
  }
  assert.instanceOf(caught, GanCanvasError);
  assert.equal((caught as GanCanvasError).code, code);
  for (const part of parts) assert.include((caught as GanCanvasError).message, part);
}

describe('latent/directions: the attribute', () => {
  it('reads pairs parted by white space, commas or semicolons', () => {
    const expected = { redness: 1.5, 'round-2': -1, x: 0.5 };
    assert.deepEqual(parseDirections('redness:1.5 round-2:-1 x:.5'), expected);
    assert.deepEqual(parseDirections('  redness : 1.5,round-2:-1;\n\tx:5e-1 ; '), expected);
  });

  it('reads nothing as no directions', () => {
    for (const text of ['', '  ', ' ,; ']) assert.deepEqual(parseDirections(text), {});
  });

  it('reads numbers in every usual way', () => {
    assert.deepEqual(parseDirections('a:+1 b:2. c:1E2 d:-.5e-1 e:0'), { a: 1, b: 2, c: 100, d: -0.05, e: 0 });
  });

  it('reads JSON with sizes and settings', () => {
    assert.deepEqual(parseDirections(' {"redness": 2, "mine": {"vector": [1, 2], "size": 1, "layers": "4-7"}}'), {
      redness: 2,
      mine: { vector: [1, 2], size: 1, layers: '4-7' },
    });
  });

  it('takes names of Object.prototype for names', () => {
    assert.deepEqual(Object.entries(parseDirections('constructor:1')), [['constructor', 1]]);
    assertFails(() => directionOffsets({ constructor: 1 }, new Map(), 2, 2), 'unknown-direction', 'constructor');
  });

  for (const [text, ...parts] of [
    ['redness', '"redness" at character 1', 'redness:1'],
    ['redness: ', '"redness" at character 1'],
    ['a:1  redness:x', '"redness" at character 6', '"x"'],
    ['a:NaN', '"NaN"'],
    ['a:Infinity', '"Infinity"'],
    ['a:1e999', '"1e999"'],
    ['a:1e39', '"1e39"'],
    ['a:0x10', '"0x10"'],
    ['a:1 :2', 'at character 5'],
    ['a:1 a:2', 'second time at character 5'],
    ['{"a": 1', 'JSON'],
    ['{"a": "1"}', '"a"', '"1"'],
    ['{"a": null}', '"a"'],
    ['{"a": [1, 2]}', '"a"'],
    ['{"a": 1e999}', '"a"', 'Infinity'],
    ['{"a": {"vector": [1]}}', 'size', '"a"'],
    ['{"a": {"size": 1, "vector": [1, "2"]}}', 'Entry 1', '"a"'],
    ['{"a": {"size": 1, "vector": [1e39]}}', 'Entry 0'],
    ['{"a": {"size": 1, "vector": "1"}}', 'vector', '"a"'],
    ['{"a": {"size": 1, "layers": 4}}', 'layers', '"a"'],
    ['{"a": {"size": 1, "layer": "4"}}', '"layer"'],
  ] as const) {
    it(`refuses ${text} as bad-vector and says where`, () => {
      assertFails(() => parseDirections(text), 'bad-vector', ...parts);
    });
  }

  for (const [text, ...parts] of [
    ['Redness:1', '"Redness" at character 1'],
    ['a:1 2b:1', '"2b" at character 5'],
    ['röte:1', '"röte"'],
    ['a_b:1', '"a_b"'],
    ['{"__proto__": 1}', '"__proto__"'],
    ['{"": 1}', '""'],
  ] as const) {
    it(`refuses the name in ${text} as unknown-direction`, () => {
      assertFails(() => parseDirections(text), 'unknown-direction', ...parts);
    });
  }

  it('writes what it reads back as the same', () => {
    for (const input of [{}, { a: 1.5, b: -1e21, c: 1e-7 }, { a: 1, mine: { size: 2, vector: [0.5, -1], layers: '0-1' } }]) {
      assert.deepEqual(parseDirections(formatDirections(input)), input);
    }
    assert.equal(formatDirections({ redness: 1.5, roundness: -1 }), 'redness:1.5 roundness:-1');
    assert.deepEqual(parseDirections(formatDirections({ mine: { size: 1, vector: Float32Array.of(0.1) } })), {
      mine: { size: 1, vector: [Math.fround(0.1)] },
    });
  });

  it('refuses what is no object of directions', () => {
    for (const input of [null, 'a:1', [1], 3]) {
      assertFails(() => {
        assertDirections(input);
      }, 'bad-vector');
    }
  });
});

describe('latent/directions: layers', () => {
  it('reads a range or one layer, ends included', () => {
    assert.deepEqual(parseLayers('4-7', 10), [4, 7]);
    assert.deepEqual(parseLayers(' 0 - 9 ', 10), [0, 9]);
    assert.deepEqual(parseLayers('5', 10), [5, 5]);
    assert.deepEqual(parseLayers([4, 7], 10), [4, 7]);
  });

  it('refuses pairs of numbers that are no range', () => {
    for (const pair of [
      [7, 4],
      [4, 10],
      [-1, 2],
      [0.5, 2],
      [0, NaN],
    ] as const)
      assertFails(() => parseLayers(pair, 10), 'bad-vector', '0-9');
    for (const layers of [[4], [4, 7, 9], ['4', '7'], {}]) {
      assertFails(() => assertDirections({ a: { size: 1, layers } }), 'bad-vector', 'layers');
    }
  });

  it('refuses malformed and outlying ranges', () => {
    for (const text of ['', '7-4', '4-10', '10', '-1', '1-2-3', 'all', '1.5', '99999']) {
      assertFails(() => parseLayers(text, 10), 'bad-vector', JSON.stringify(text), '0-9');
    }
  });
});

describe('latent/directions: offsets', () => {
  const known = new Map<string, KnownDirection>([
    ['red', { vector: Float32Array.of(1, 0), layers: [1, 2] }],
    ['round', { vector: Float32Array.of(1, 10), layers: null }],
  ]);

  it('are none without directions', () => {
    for (const nothing of [{}, '', ' ']) assert.isNull(directionOffsets(nothing, known, 3, 2));
  });

  it('read the attribute’s text as its object', () => {
    assert.deepEqual(directionOffsets('red:2 round:-1', known, 3, 2), directionOffsets({ red: 2, round: -1 }, known, 3, 2));
    assertFails(() => directionOffsets('red:x', known, 3, 2), 'bad-vector', '"red" at character 1');
    assertFails(() => directionOffsets('Red:1', known, 3, 2), 'unknown-direction', '"Red"');
  });

  it('add up size times vector over the layers, ends included', () => {
    assert.deepEqual(directionOffsets({ red: 2, round: -1 }, known, 4, 2), Float32Array.of(-1, -10, 1, -10, 1, -10, -1, -10));
  });

  it('take the layers of the setting before those of the model', () => {
    assert.deepEqual(directionOffsets({ red: { size: 1, layers: '0' } }, known, 3, 2), Float32Array.of(1, 0, 0, 0, 0, 0));
    assert.deepEqual(directionOffsets({ red: { size: 1, layers: [0, 1] } }, known, 3, 2), Float32Array.of(1, 0, 1, 0, 0, 0));
    assert.deepEqual(directionOffsets({ red: { size: 1, layers: null } }, known, 3, 2), Float32Array.of(0, 0, 1, 0, 1, 0));
  });

  it('take a vector of the page in all layers, or in those it names', () => {
    assert.deepEqual(directionOffsets({ mine: { size: 2, vector: [1, 2] } }, known, 2, 2), Float32Array.of(2, 4, 2, 4));
    assert.deepEqual(
      directionOffsets({ red: { size: 1, vector: Float32Array.of(0, 5), layers: '1' } }, known, 2, 2),
      Float32Array.of(0, 0, 0, 5),
    );
  });

  it('refuse an unknown name and tell those there are', () => {
    assertFails(() => directionOffsets({ blue: 1 }, known, 3, 2), 'unknown-direction', '"blue"', 'red, round');
    assertFails(() => directionOffsets({ blue: { size: 1, layers: '0' } }, new Map(), 3, 2), 'unknown-direction', 'none');
  });

  it('refuse vectors of the wrong length and values that are not finite', () => {
    assertFails(() => directionOffsets({ mine: { size: 1, vector: [1, 2, 3] } }, known, 3, 2), 'bad-vector', '"mine"', '3', '2');
    assertFails(() => directionOffsets({ mine: { size: 1, vector: [1, NaN] } }, known, 3, 2), 'bad-vector', 'Entry 1');
    assertFails(() => directionOffsets({ red: NaN }, known, 3, 2), 'bad-vector', '"red"', 'NaN');
    assertFails(() => directionOffsets({ mine: { size: 1e30, vector: [1e30, 0] } }, known, 3, 2), 'bad-vector', 'float32');
    assertFails(() => directionOffsets({ red: { size: 1, layers: '2-3' } }, known, 3, 2), 'bad-vector', '"2-3"', '0-2');
  });
});
