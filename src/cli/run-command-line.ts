import { readFile } from 'node:fs/promises';
import { GanCanvasError, type GanCanvasErrorCode } from '../support/errors.ts';
import { BUNDLED_MODELS } from '../weights/bundled-models.ts';
import { HELP, IMPORT_HELP, renderHelp } from './help-text.ts';
import { importCommand } from './import-command.ts';
import { parseImportArguments } from './parse-import-arguments.ts';
import { parseRenderArguments } from './parse-render-arguments.ts';
import { renderCommand } from './render-command.ts';
import { UsageError } from './usage-error.ts';

export const EXIT_CODE = { ok: 0, failure: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];

const COMMANDS = ['render', 'import'] as const;
type Command = (typeof COMMANDS)[number];

/** What the model refuses of the command's values. */
const USAGE_CODES: readonly GanCanvasErrorCode[] = [
  'unknown-model',
  'unknown-class',
  'unknown-direction',
  'bad-vector',
  'invalid-argument',
];

function exitCode(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT_CODE.usage;
  return error instanceof GanCanvasError && USAGE_CODES.includes(error.code) ? EXIT_CODE.usage : EXIT_CODE.failure;
}

/** What went wrong, in a line; a second one names the command's help when the command itself is wrong; the stack only for DEBUG. */
export function describeError(error: unknown, debug: boolean, command: Command = 'render'): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof GanCanvasError ? ` (${error.code})` : '';
  const advice = error instanceof UsageError ? `Run gan-canvas ${command} --help for the options.\n` : '';
  const stack = debug && error instanceof Error ? `${error.stack ?? ''}\n` : '';
  return `gan-canvas: ${message.replaceAll(/\s*\n\s*/g, ' ')}${code}\n${advice}${stack}`;
}

/** The same relative path from src/cli and from dist/node; a constant of its own, so that the build takes it for no asset. */
const MANIFEST = '../../package.json';

async function readVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL(MANIFEST, import.meta.url), 'utf8'));
  return (manifest as { version: string }).version;
}

async function dispatch([command, ...rest]: readonly string[]): Promise<void> {
  switch (command) {
    case 'render': {
      const args = parseRenderArguments(rest);
      if (args === 'help') process.stdout.write(renderHelp(Object.keys(BUNDLED_MODELS)));
      else await renderCommand(args);
      return;
    }
    case 'import': {
      const args = parseImportArguments(rest);
      if (args === 'help') process.stdout.write(IMPORT_HELP);
      else await importCommand(args);
      return;
    }
    case '--help':
    case '-h':
    case 'help':
      process.stdout.write(HELP);
      return;
    case '--version':
      process.stdout.write(`${await readVersion()}\n`);
      return;
    case undefined:
      throw new UsageError('No command is given; expected gan-canvas render or gan-canvas import.');
    default:
      throw new UsageError(`There is no command "${command}"; expected ${COMMANDS.join(' or ')}.`);
  }
}

/** Runs a command line (without node and script) to its exit code; writes errors to stderr and never throws. */
export async function runCommandLine(args: readonly string[]): Promise<ExitCode> {
  try {
    await dispatch(args);
    return EXIT_CODE.ok;
  } catch (error) {
    process.stderr.write(
      describeError(
        error,
        Boolean(process.env['DEBUG']),
        COMMANDS.find((command) => command === args[0]),
      ),
    );
    return exitCode(error);
  }
}
