import { assert } from 'chai';
import { isAbortError } from '../../src/support/errors.ts';
import { loadFixtureWeights, type FixtureNetwork } from './fixture-weights.ts';

/** URL of a small network in our format, as pages name weights by `src`. Every call gives another URL, shared by nothing else. */
export async function tinySource(
  network: FixtureNetwork = 'stylegan2-tiny-classes',
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const bytes = await loadFixtureWeights(network, 'generator', metadata);
  return URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
}

/** Asserts that a command was aborted, and is not reported as an error of ours. */
export async function assertAborts(command: Promise<unknown>): Promise<void> {
  const outcome = await command.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
  assert.isTrue(isAbortError(outcome), String(outcome));
}
