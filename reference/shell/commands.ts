/**
 * Which command a name means, and how it is run: by the shell itself, as a program in a process of its own, or as a script.
 * POSIX.1-2017, 2.9.1.
 */
import { EISDIR } from '../include/errno.ts';
import type { Running } from '../include/tool.ts';
import type { Pid } from '../include/types.ts';
import { textOf } from '../lib/latin1.ts';
import { strerror } from '../lib/strerror.ts';
import { BUILTINS } from './builtins/table.ts';
import type { ShellTool } from './context.ts';
import { runProgram } from './programs.ts';
import { runShell } from './run_shell.ts';
import type { Builtin, Runner } from './runner.ts';
import type { ShellState } from './state.ts';
import type { Streams } from './streams.ts';
import { inSubshell } from './subshell.ts';
import { Writer } from './writer.ts';

export type CommandKind =
  | { readonly kind: 'builtin'; readonly run: Builtin }
  /** @param script  what it was called by, if that is a file that names this program to read it */
  | { readonly kind: 'program'; readonly program: string; readonly tool: ShellTool; readonly script: Script | null }
  /** bash itself. @param script  a path; null: as its arguments say */
  | { readonly kind: 'shell'; readonly script: string | null }
  | { readonly kind: 'missing'; readonly says: string; readonly status: number };

/** A file that is read by a program. */
interface Script {
  readonly path: string;
  /** In front of its path. */
  readonly given: readonly string[];
}

const PROGRAM_FOLDERS = /^\/(?:usr\/)?s?bin\/([^/]+)$/;
const SH: CommandKind = { kind: 'shell', script: null };
/** Linux: BINPRM_BUF_SIZE. */
const SHEBANG_BYTES = 256;
const NOT_FOUND = 127;
const NOT_RUN = 126;
/** What bash says of a program that was killed. */
const KILLED_WORDS: ReadonlyMap<number, string> = new Map([
  [134, 'Aborted'],
  [135, 'Bus error'],
  [137, 'Killed'],
  [139, 'Segmentation fault'],
  [143, 'Terminated'],
]);

export function findCommand(state: ShellState, name: string): CommandKind {
  const builtin = BUILTINS.get(name);
  if (builtin !== undefined) return { kind: 'builtin', run: builtin };
  if (name.includes('/')) return findPath(state, name);
  return findProgram(state, name) ?? { kind: 'missing', says: `${name}: command not found`, status: NOT_FOUND };
}

function findProgram({ system: { tools } }: ShellState, name: string): CommandKind | null {
  if (name === 'bash' || name === 'sh') return { kind: 'shell', script: null };
  const tool = tools.get(name);
  return tool === undefined ? null : { kind: 'program', program: name, tool, script: null };
}

function findPath(state: ShellState, path: string): CommandKind {
  const [, installed] = PROGRAM_FOLDERS.exec(path) ?? [];
  if (installed !== undefined) {
    const builtin = BUILTINS.get(installed);
    const found = builtin === undefined ? findProgram(state, installed) : { kind: 'builtin' as const, run: builtin };
    if (found !== null) return found;
  }
  const stat = state.files.stat(path);
  if (typeof stat === 'number') return { kind: 'missing', says: `${path}: ${strerror(stat)}`, status: NOT_FOUND };
  if (stat.kind === 'dir') return { kind: 'missing', says: `${path}: ${strerror(EISDIR)}`, status: NOT_RUN };
  return findInterpreter(state, path) ?? { kind: 'shell', script: path };
}

/** A file that says who is to read it: `#!/bin/scenario`. Linux: fs/binfmt_script.c. @returns null: it does not */
function findInterpreter(state: ShellState, path: string): CommandKind | null {
  const bytes = state.files.readAt(path, 0, SHEBANG_BYTES);
  const [, name, ...given] =
    /^#!\s*\S*?([^\s/]+)(?: (\S+))?\s*\n/.exec(typeof bytes === 'number' ? '' : textOf(bytes)) ?? [];
  const tool = name === undefined ? undefined : state.system.tools.get(name);
  if (tool === undefined) return null;
  return { kind: 'program', program: name, tool, script: { path, given: given.filter((arg) => arg !== undefined) } };
}

/** @returns the exit status */
export function* runFound(runner: Runner, found: CommandKind, argv: readonly string[], streams: Streams): Running {
  const { state } = runner;
  if (found.kind === 'missing') {
    streams.err.write(`bash: ${found.says}\n`);
    return found.status;
  }
  if (found.kind === 'builtin') return yield* runBuiltin(runner, found.run, argv, streams);
  if (state.forOneCommand) return yield* runIn(runner, found, argv, streams, state.pid);
  const { processes } = state.system;
  const pid = processes.fork(state.pid);
  if (pid < 0) {
    streams.err.write(`bash: fork: ${strerror(pid)}\n`);
    return NOT_RUN;
  }
  processes.sleeps(state.pid);
  const child = state.subshell(pid, state.group);
  let reaped: number | null = null;
  let status = 0;
  try {
    status = yield* inSubshell(child, runIn(runner, found, argv, streams, pid));
  } finally {
    reaped = processes.reap(state.pid, pid);
  }
  const words = KILLED_WORDS.get(reaped ?? 0);
  if (words !== undefined) streams.err.write(`${words}\n`);
  return reaped ?? status;
}

function* runBuiltin(runner: Runner, run: Builtin, argv: readonly string[], streams: Streams): Running {
  const { state } = runner;
  state.forOneCommand = false;
  yield 0;
  const [name, ...args] = argv;
  const out = new Writer(streams.out);
  const fail = (says: string): number => {
    out.flush();
    streams.err.write(`bash: ${name}: ${says}\n`);
    return 1;
  };
  const result = run({ runner, state, name, args, streams, out: out.write, fail });
  const status = typeof result === 'number' ? result : yield* result;
  out.flush();
  const complaint = out.complaint(`bash: ${name}`);
  if (complaint !== null) streams.err.write(complaint);
  return complaint === null ? status : 1;
}

/** In a process that is there already. */
function* runIn(
  runner: Runner,
  found: Exclude<CommandKind, { kind: 'missing' }>,
  argv: readonly string[],
  streams: Streams,
  pid: Pid,
): Running {
  const { system, group, cwd, variables } = runner.state;
  if (found.kind === 'builtin') {
    return yield* runBuiltin(runner.of(runner.state.subshell(pid, group)), found.run, argv, streams);
  }
  const { program, args, comm } = imageOf(found, argv);
  const error = system.processes.exec(pid, program, args, comm);
  if (error !== 0) {
    streams.err.write(`bash: ${argv[0]}: ${strerror(error)}\n`);
    return NOT_RUN;
  }
  yield 0;
  if (!system.processes.isAlive(pid)) return NOT_RUN;
  const { env } = variables;
  if (found.kind === 'shell') return yield* runShell(runner, found.script, argv, { streams, pid, env });
  const exec = (next: readonly string[]): Running => execIn(runner, next, streams, pid);
  const run = (line: string): Running =>
    runFound(runner.of(runner.state.subshell(pid, group)), SH, ['sh', '-c', line], streams);
  const { tool, script } = found;
  const words = script === null ? argv : [program, ...args.slice(1)];
  return yield* runProgram({ system, pid, group, argv: words, tool, streams, cwd, env, exec, run });
}

/** Which program a process begins, with which words, and the name it is shown by. Linux: fs/binfmt_script.c. */
function imageOf(found: Exclude<CommandKind, { kind: 'missing' | 'builtin' }>, argv: readonly string[]) {
  if (found.kind === 'shell') {
    return { program: 'bash', args: found.script === null ? argv : ['bash', ...argv], comm: 'bash' };
  }
  const { program, script } = found;
  if (script === null) return { program, args: argv, comm: program };
  const { path, given } = script;
  return { program, args: [`/bin/${program}`, ...given, path, ...argv.slice(1)], comm: path.replace(/^.*\//, '') };
}

function* execIn(runner: Runner, argv: readonly string[], streams: Streams, pid: Pid): Running {
  const found = findCommand(runner.state, argv[0]);
  if (found.kind !== 'missing') return yield* runIn(runner, found, argv, streams, pid);
  streams.err.write(`bash: ${found.says}\n`);
  return found.status;
}
