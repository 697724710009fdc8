/**
 * Runs what was parsed: lists, pipelines, commands, and what they are redirected to.
 *
 *     a | b     a and b each in a process of their own, one after the other: b begins when a has ended
 *     a &       in a process of its own, while the shell goes on
 */
import type { Running } from '../include/tool.ts';
import { evaluate } from './arithmetic.ts';
import type { AndOr, Command, List, Pipeline, SimpleCommand, Word } from './ast.ts';
import { type CommandKind, findCommand, runFound } from './commands.ts';
import { runCompound } from './compound.ts';
import { type Expanding, expandPieces, expandText, expandWords } from './expand.ts';
import { parse } from './parser.ts';
import type { Piece } from './pattern.ts';
import { linesWanted } from './pipes.ts';
import { redirected } from './redirection.ts';
import type { Runner } from './runner.ts';
import { ShellScope } from './scope.ts';
import type { ShellState } from './state.ts';
import { Buffer, Input, type Streams } from './streams.ts';
import { inSubshell } from './subshell.ts';

/** How deep functions may call one another. */
const MOST_CALLS = 100;
/** Nobody reads what is written any more. */
const SIGPIPE_STATUS = 141;

export class Interpreter implements Runner {
  readonly state: ShellState;
  /** Exit status of the last `$(...)`: that of a command which only sets variables. */
  #substituted = 0;

  constructor(state: ShellState) {
    this.state = state;
  }

  of(state: ShellState): Runner {
    return new Interpreter(state);
  }

  *script(text: string, streams: Streams): Running {
    const parsed = parse(text);
    if (parsed.kind !== 'script') {
      streams.err.write(`bash: ${parsed.says}\n`);
      return 2;
    }
    return yield* this.list(parsed.list, streams);
  }

  *list(list: List, streams: Streams): Running {
    for (const andOr of list) {
      if (andOr.background) this.#background(andOr, streams);
      else yield* this.#andOr(andOr, streams);
      if (streams.out.isFull) this.state.jump = { kind: 'exit', status: SIGPIPE_STATUS };
      if (this.state.jump !== null) break;
    }
    return this.state.status;
  }

  *#andOr({ pipelines }: AndOr, streams: Streams): Running {
    const { state } = this;
    for (const [i, { after, pipeline }] of pipelines.entries()) {
      if (after === '&&' && state.status !== 0) continue;
      if (after === '||' && state.status === 0) continue;
      const status = yield* this.#pipeline(pipeline, streams);
      state.status = pipeline.negated ? Number(status === 0) : status;
      if (state.jump !== null) break;
      const mayFail = pipeline.negated || i < pipelines.length - 1;
      if (status !== 0 && !mayFail && state.options.has('errexit')) state.jump = { kind: 'exit', status };
    }
    return state.status;
  }

  #background(andOr: AndOr, streams: Streams): void {
    const { state } = this;
    const { processes, tasks } = state.system;
    const pid = processes.fork(state.pid);
    state.status = 0;
    if (pid < 0) {
      streams.err.write('bash: fork: Cannot allocate memory\n');
      state.status = 254;
      return;
    }
    const group = tasks.newGroup();
    const child = state.subshell(pid, group);
    const [{ pipeline }] = andOr.pipelines;
    child.forOneCommand =
      andOr.pipelines.length === 1 && pipeline.commands.length === 1 && pipeline.commands[0].kind === 'simple';
    const runner = new Interpreter(child);
    const quiet = { ...streams, input: new Input('') };
    const task = tasks.start(pid, group, inSubshell(child, runner.#andOr(andOr, quiet)));
    const number = 1 + Math.max(0, ...state.jobs.map((job) => job.number));
    state.jobs = [...state.jobs, { number, text: andOr.text, task }];
    state.lastBackground = pid;
    if (state.interactive) streams.err.write(`[${number}] ${pid}\n`);
  }

  *#pipeline({ commands }: Pipeline, streams: Streams): Running {
    const [first] = commands;
    if (commands.length === 1) return yield* this.#command(first, streams);
    let { input } = streams;
    let status = 0;
    for (const [i, command] of commands.entries()) {
      const isLast = i === commands.length - 1;
      const pipe = new Buffer(isLast ? Infinity : linesWanted(commands[i + 1]));
      status = yield* this.#forked(command, { ...streams, input, out: isLast ? streams.out : pipe });
      input = new Input(pipe.text);
    }
    return status;
  }

  /** A command in a process of its own. */
  *#forked(command: Command, streams: Streams): Running {
    const { state } = this;
    const { processes } = state.system;
    const pid = processes.fork(state.pid);
    if (pid < 0) {
      streams.err.write('bash: fork: Cannot allocate memory\n');
      return 254;
    }
    const child = state.subshell(pid, state.group);
    child.forOneCommand = command.kind === 'simple';
    processes.sleeps(state.pid);
    let reaped: number | null = null;
    let status = 0;
    try {
      status = yield* inSubshell(child, new Interpreter(child).#command(withoutFork(command), streams));
    } finally {
      reaped = processes.reap(state.pid, pid);
    }
    return reaped ?? status;
  }

  *#command(command: Command, streams: Streams): Running {
    if (command.kind === 'simple') return yield* this.#simple(command, streams);
    const { compound, redirects } = command;
    const own = yield* redirected(this, redirects, streams);
    if (own === null) return 1;
    if (compound.kind !== 'subshell') return yield* runCompound(this, compound, own);
    return yield* this.#forked({ kind: 'compound', compound, redirects: [] }, own);
  }

  *#simple({ assignments, words, redirects }: SimpleCommand, streams: Streams): Running {
    const { state } = this;
    this.#substituted = 0;
    const argv = yield* this.words(words, streams);
    const own = argv === null ? null : yield* redirected(this, redirects, streams);
    if (argv === null || own === null) return 1;
    const values: [string, string][] = [];
    for (const { name, append, value } of assignments) {
      const text = yield* this.text(value, streams);
      if (text === null) return 1;
      const whole = append ? state.variables.get(name) + text : text;
      if (argv.length === 0) state.variables.set(name, whole);
      else values.push([name, whole]);
    }
    if (argv.length === 0) return this.#substituted;
    if (state.options.has('xtrace')) own.err.write(`+ ${argv.join(' ')}\n`);
    const body = state.functions.get(argv[0]);
    if (body !== undefined) return yield* this.#call(body, argv, own);
    return yield* this.#run(findCommand(state, argv[0]), argv, own, values);
  }

  /** @param values  variables that only this command sees */
  *#run(
    found: CommandKind,
    argv: readonly string[],
    streams: Streams,
    values: readonly (readonly [string, string])[],
  ): Running {
    const { variables } = this.state;
    const old = values.map(([name]) => [name, variables.find(name)] as const);
    const exported = new Set(Object.keys(variables.env));
    for (const [name, value] of values) {
      variables.set(name, value);
      variables.export(name);
    }
    const status = yield* runFound(this, found, argv, streams);
    for (const [name, value] of old) {
      if (value === null || !exported.has(name)) variables.unset(name);
      if (value !== null) variables.set(name, value);
    }
    return status;
  }

  *#call(body: Command, argv: readonly string[], streams: Streams): Running {
    const { state } = this;
    if (state.calls >= MOST_CALLS) {
      streams.err.write(`bash: ${argv[0]}: maximum function nesting level exceeded (${MOST_CALLS})\n`);
      return 1;
    }
    const { positional, locals, variables } = state;
    const own = new Map<string, string | null>();
    Object.assign(state, { positional: argv.slice(1), locals: own, forOneCommand: false });
    state.calls++;
    yield 0;
    const status = yield* this.#command(body, streams);
    state.calls--;
    for (const [name, value] of own) {
      if (value === null) variables.unset(name);
      else variables.set(name, value);
    }
    Object.assign(state, { positional, locals });
    const { jump } = state;
    if (jump?.kind !== 'return') return status;
    state.jump = null;
    return jump.status;
  }

  *words(words: readonly Word[], streams: Streams): Expanding<readonly string[] | null> {
    return yield* this.#expanded(streams, (scope) => expandWords(words, scope));
  }

  *text(word: Word, streams: Streams): Expanding<string | null> {
    return yield* this.#expanded(streams, (scope) => expandText(word, scope));
  }

  *pieces(word: Word, streams: Streams): Expanding<readonly Piece[] | null> {
    return yield* this.#expanded(streams, (scope) => expandPieces(word, scope));
  }

  *arithmetic(word: Word, streams: Streams): Expanding<bigint | null> {
    const text = yield* this.text(word, streams);
    if (text === null) return null;
    const value = evaluate(text, this.#scope(streams));
    if (typeof value === 'bigint') return value;
    streams.err.write(`bash: ${value.says}\n`);
    return null;
  }

  *#expanded<Result>(streams: Streams, expand: (scope: ShellScope) => Expanding<Result>): Expanding<Result | null> {
    const scope = this.#scope(streams);
    const result = yield* expand(scope);
    if (scope.says === null) return result;
    streams.err.write(`bash: ${scope.says}\n`);
    return null;
  }

  #scope(streams: Streams): ShellScope {
    return new ShellScope(this.state, (list) => this.#substitute(list, streams));
  }

  /** `$(...)`: in a process of its own. */
  *#substitute(list: List, streams: Streams): Expanding<string> {
    const out = new Buffer();
    const command: Command = { kind: 'compound', compound: { kind: 'group', body: list }, redirects: [] };
    this.#substituted = list.length === 0 ? 0 : yield* this.#forked(command, { ...streams, out });
    return out.text;
  }
}

/** In a process that is a subshell's already, a subshell is a group. */
function withoutFork(command: Command): Command {
  if (command.kind !== 'compound' || command.compound.kind !== 'subshell') return command;
  return { ...command, compound: { kind: 'group', body: command.compound.body } };
}
