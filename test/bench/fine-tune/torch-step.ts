/** The same training step in native PyTorch on the same cores, where a python3 has it: how far the browser is from the field's own tool. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface TorchStep {
  /** Version and how it runs. */
  readonly detail: string;
  /** Milliseconds of a whole step. */
  time(withPenalty: boolean): Promise<number>;
  close(): void;
}

const SCRIPT = fileURLToPath(new URL('./torch_step.py', import.meta.url));
/** Debian's python3 has Debian's torch, whichever other python3 comes first in the path. */
const PYTHONS = ['python3', '/usr/bin/python3'];

function findPython(): string | undefined {
  return PYTHONS.find((python) => spawnSync(python, ['-c', 'import torch, numpy'], { stdio: 'ignore' }).status === 0);
}

async function readLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error('The process of PyTorch ended; its error stands above.');
  return value;
}

/** Starts it on these weights files; null where there is no PyTorch. The caller closes it. */
export async function openTorchStep(generator: string, discriminator: string, batch: number): Promise<TorchStep | null> {
  const python = findPython();
  if (python === undefined) return null;
  const child = spawn(python, [SCRIPT, generator, discriminator, String(batch)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const reader: Interface = createInterface({ input: child.stdout });
  const lines = reader[Symbol.asyncIterator]();
  return {
    detail: await readLine(lines),
    time: async (withPenalty) => {
      child.stdin.write(withPenalty ? 'penalty\n' : 'plain\n');
      return Number(await readLine(lines));
    },
    close: () => {
      child.stdin.end();
    },
  };
}
