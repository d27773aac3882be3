import { assert } from 'chai';
import { GanCanvasError } from '../../src/support/errors.ts';
import type { GanCanvasErrorCode } from '../../src/support/errors.ts';

function assertError(error: unknown, code: GanCanvasErrorCode, parts: readonly string[]): void {
  assert.instanceOf(error, GanCanvasError);
  assert.equal((error as GanCanvasError).code, code, (error as GanCanvasError).message);
  for (const part of parts) assert.include((error as GanCanvasError).message, part);
}

/** Asserts that an action throws a GanCanvasError of that code, with these parts in its message. */
export function assertThrowsCode(action: () => unknown, code: GanCanvasErrorCode, ...parts: readonly string[]): void {
  let caught: unknown;
  try {
    action();
  } catch (error) {
    caught = error;
  }
  assertError(caught, code, parts);
}

/** As {@link assertThrowsCode}, for a promise; gives the error. */
export async function assertRejectsCode(action: Promise<unknown>, code: GanCanvasErrorCode, ...parts: readonly string[]): Promise<void> {
  const caught: unknown = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  assertError(caught, code, parts);
}
