/** bash as a program: `bash -c COMMANDS`, `bash FILE`, or commands from where it reads. bash(1). */
import { EISDIR } from '../include/errno.ts';
import type { Running } from '../include/tool.ts';
import type { Pid } from '../include/types.ts';
import { strerror } from '../lib/strerror.ts';
import type { Runner } from './runner.ts';
import { ShellState } from './state.ts';
import type { Streams } from './streams.ts';

interface Started {
  readonly streams: Streams;
  /** Its process. */
  readonly pid: Pid;
  readonly env: Readonly<Record<string, string>>;
}

const NO_SUCH_FILE = 127;

/** @param script  path of a script that was called by its name; null: it is in the arguments */
export function* runShell(
  runner: Runner,
  script: string | null,
  argv: readonly string[],
  { streams, pid, env }: Started,
): Running {
  const shell = ShellState.started(runner.state.system, pid, runner.state.group, env, runner.state.cwd);
  const args = argv.slice(1);
  if (script === null) {
    while (/^-[exli]+$/.test(args[0] ?? '')) {
      const flags = args.shift() ?? '';
      if (flags.includes('e')) shell.options.add('errexit');
      if (flags.includes('x')) shell.options.add('xtrace');
    }
  }
  const text = scriptOf(shell, script, args, streams);
  if (text === null) return NO_SUCH_FILE;
  const status = yield* runner.of(shell).script(text, streams);
  return shell.jump?.kind === 'exit' ? shell.jump.status : status;
}

/** @returns null: there is none, which was said */
function scriptOf(shell: ShellState, script: string | null, args: string[], streams: Streams): string | null {
  if (script === null && args[0] === '-c') {
    const [, text, name = 'bash', ...rest] = args;
    if (text === undefined) {
      streams.err.write('bash: -c: option requires an argument\n');
      return null;
    }
    Object.assign(shell, { name, positional: rest });
    return text;
  }
  const path = script ?? args.shift();
  if (path === undefined) return streams.input.all();
  Object.assign(shell, { name: path, positional: args });
  const text = shell.files.stat(path);
  const read = typeof text !== 'number' && text.kind === 'dir' ? -EISDIR : shell.files.read(path);
  if (typeof read === 'number') {
    streams.err.write(`bash: ${path}: ${strerror(read)}\n`);
    return null;
  }
  if (read.slice(0, 80).includes('\0')) {
    streams.err.write(`bash: ${path}: cannot execute binary file: Exec format error\n`);
    return null;
  }
  return read;
}
