import { assert } from 'chai';
import { decodeError, encodeError, GanCanvasError, isAbortError } from '../../src/support/errors.ts';

describe('support/errors', () => {
  it('keeps code, message and cause across a worker boundary', () => {
    const before = new GanCanvasError('weights-format', 'bad header', { cause: 'why' });
    const after = decodeError(structuredClone(encodeError(before)));
    assert.instanceOf(after, GanCanvasError);
    assert.deepInclude(after as unknown as Record<string, unknown>, { code: 'weights-format', message: 'bad header', cause: 'why' });
  });

  it('keeps an abort an abort', () => {
    assert.isTrue(isAbortError(decodeError(encodeError(new DOMException('stop', 'AbortError')))));
  });

  it('calls a foreign error internal', () => {
    assert.deepInclude(decodeError(encodeError(new TypeError('x is undefined'))) as unknown as Record<string, unknown>, {
      code: 'internal',
    });
  });
});
