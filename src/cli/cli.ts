/**
 * Layer `cli`, the top in Node: the shell command `gan-canvas`. Arguments in, files out; it may use everything below but the element,
 * and must not know a tensor. Parsing is pure and apart from the effects; whatever is thrown ends in {@link runCommandLine}, which turns
 * it into a line or two on stderr and an exit code: 0 done, 1 failed, 2 the command itself was wrong.
 *
 * This file is the bin's entry.
 */
import { runCommandLine } from './run-command-line.ts';

process.exitCode = await runCommandLine(process.argv.slice(2));
