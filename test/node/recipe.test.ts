import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** A Python that has PyTorch, numpy and Pillow; undefined where there is none. */
function findPython(): string | undefined {
  const candidates = [process.env.PYTHON, '/usr/bin/python3', 'python3'].filter((name) => name !== undefined);
  return candidates.find((name) => spawnSync(name, ['-c', 'import torch, numpy, PIL']).status === 0);
}

const python = findPython();
const skip =
  python === undefined && 'NOT TESTED: no Python with PyTorch here (Debian: apt-get install python3-torch python3-pil python3-numpy)';

test('the training recipe matches the reference, trains, resumes, exports, runs on two processes, and finds directions', { skip }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'recipe-'));
  try {
    const output = execFileSync(python as string, ['test/training/check_recipe.py', scratch], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.equal(output.match(/^ok /gm)?.length, 10, output);
    assert.doesNotMatch(output, /^not ok/m);
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    assert.fail(stdout ?? String(error));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
