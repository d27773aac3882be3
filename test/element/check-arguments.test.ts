import { assert } from 'chai';
import {
  assertBlob,
  assertGenerateOptions,
  assertOptions,
  assertSeed,
  assertSteps,
  assertToBlobOptions,
} from '../../src/element/check-arguments.ts';
import { assertThrowsCode } from '../support/assert-error.ts';
import { fakeInfo } from './fake-generator.ts';

describe('element/check-arguments', () => {
  const cases: [title: string, good: readonly unknown[], bad: readonly unknown[], check: (value: never) => void][] = [
    ['seed', ['a', '', 42], [null, undefined, {}, true], (seed) => assertSeed(seed, 'seed')],
    ['steps', [2, 1000], [1, 1001, 2.5, '5', NaN, undefined], assertSteps],
    ['latentDim', [1, 8, undefined], [0, 9, -3, 1.5, '4', NaN, null], (latentDim) => assertGenerateOptions({ latentDim }, fakeInfo())],
    ['truncation', [0, 2, undefined], [-0.1, 2.1, 'x', NaN, Infinity], (truncation) => assertGenerateOptions({ truncation }, fakeInfo())],
    ['noise', ['none', 'const', 'random'], ['white', 1, null], (noise) => assertGenerateOptions({ noise }, fakeInfo())],
    ['classLabel', ['a', 3], [{}, null, true], (classLabel) => assertGenerateOptions({ classLabel }, fakeInfo())],
    ['options', [{}, { signal: new AbortController().signal }], [null, 7, { signal: 1 }, { signal: null }], assertOptions],
    ['type', ['image/png', undefined], ['text/plain', 7], (type) => assertToBlobOptions({ type })],
    ['quality', [0, 1], [-1, 2, '1'], (quality) => assertToBlobOptions({ quality })],
    ['scale', [0.5, 8], [0, -1, NaN, Infinity, '2'], (scale) => assertToBlobOptions({ scale })],
    ['blob', [new Blob([])], [null, new Uint8Array(1), 'x'], assertBlob as (value: unknown) => void],
  ];
  for (const [title, good, bad, check] of cases) {
    it(`takes a good ${title} and refuses a bad one with invalid-argument`, () => {
      for (const value of good) assert.doesNotThrow(() => check(value as never));
      for (const value of bad) assertThrowsCode(() => check(value as never), 'invalid-argument');
    });
  }
});
