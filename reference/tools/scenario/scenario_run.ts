/** Runs the statements of a scenario in a process. */

import { NSEC_PER_SEC } from '../../arch/clock.ts';
import { O_CREAT, O_RDWR, O_TRUNC } from '../../include/fcntl.ts';
import { SIGKILL } from '../../include/kernel.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Pause, Running, Tool } from '../../include/tool.ts';
import type { Kernel } from '../../init/kernel.ts';
import { strerror } from '../../lib/strerror.ts';
import { listOf } from '../numactl/numa_nodes.ts';
import { nodesOf } from '../numactl/numastat_table.ts';
import { absolute } from '../path.ts';
import { MEMORY_VERBS, type Outcome, onRange, outcome, PAGE_WORK_NS, type Verb } from './scenario_memory.ts';
import { type Statement, sizeOf, timeOf } from './scenario_parse.ts';
import type { ScenarioProgram } from './scenario_program.ts';

/** What it ends with when a signal has ended it. */
const BY_SIGNAL = 128;
const EXIT_FAILURE = 1;

/** Bytes of a file that are read or written at a time. */
const CHUNK = 64 * PAGE_SIZE;

const POLICIES: Readonly<Record<string, number>> = { default: 0, preferred: 1, bind: 2, interleave: 3, local: 4 };
/** Of mbind(2): pages that lie elsewhere move. */
const MPOL_MF_MOVE = 2;

/** A policy as Linux has it, a bit for each node; or why there is none. */
function policyOf(
  { context: { files } }: ScenarioProgram,
  word: string,
  list: string | undefined,
): { readonly mode: number; readonly mask: number } | string {
  if (!Object.hasOwn(POLICIES, word)) return `there is no policy \`${word}\``;
  const nodes = list === undefined ? [] : listOf(list, nodesOf(files));
  if (!Array.isArray(nodes)) return `\`${list}\` are no nodes`;
  return { mode: POLICIES[word], mask: nodes.reduce((sum, node) => sum + 2 ** node, 0) };
}

/** A file is read, or written anew, through a buffer. */
function transfer(how: 'read' | 'write'): Verb {
  return function* ({ context: { kernel, pid, cwd }, memory }, { args: [name, text] }) {
    const size = text === undefined ? Infinity : sizeOf(text);
    if (size === null) return `\`${text}\` is no size`;
    const path = absolute(name, cwd);
    const fd = kernel.syscall(pid, 'open', path, how === 'read' ? O_RDWR : O_RDWR | O_CREAT | O_TRUNC);
    if (fd < 0) return strerror(fd);
    const buffer = memory.mmap(CHUNK);
    if (buffer < 0) return strerror(buffer);
    let failed: Outcome = null;
    for (let done = 0; done < size && failed === null; ) {
      const moved = kernel.syscall(pid, how, fd, buffer, Math.min(CHUNK, size - done));
      failed = outcome(moved);
      if (moved <= 0) break;
      done += moved;
      yield { pid, ns: Math.ceil(moved / PAGE_SIZE) * PAGE_WORK_NS };
    }
    memory.munmap(buffer, CHUNK);
    kernel.syscall(pid, 'close', fd);
    return failed;
  };
}

const PROCESS_VERBS: Readonly<Record<string, Verb>> = {
  readfile: transfer('read'),
  writefile: transfer('write'),
  sync: ({ context: { kernel, pid } }) => outcome(kernel.syscall(pid, 'sync')),
  *sleep(_, { args: [text] }) {
    const ns = timeOf(text);
    if (ns === null) return `\`${text}\` is no time`;
    yield ns;
    return null;
  },
  *compute({ context: { pid } }, { args: [text] }) {
    const ns = timeOf(text);
    if (ns === null) return `\`${text}\` is no time`;
    if (ns > 0) yield { pid, ns };
    return null;
  },
  *wait({ context, children }) {
    for (const child of children.splice(0)) yield* context.wait(child);
    return null;
  },
  say({ context }, { args }) {
    context.out(`${args.join(' ')}\n`);
    return null;
  },
  name: ({ context }, { args: [name] }) => outcome(context.files.write('/proc/self/comm', name, 'truncate')),
  limit({ context: { kernel, pid } }, { args: [what, text] }) {
    if (what !== 'as' && what !== 'data' && what !== 'stack' && what !== 'memlock')
      return `there is no limit \`${what}\``;
    const size = text === 'unlimited' ? Infinity : sizeOf(text);
    return size === null ? `\`${text}\` is no size` : outcome(kernel.syscall(pid, 'setrlimit', what, size));
  },
  policy(program, { args: [word, list] }) {
    const { kernel, pid } = program.context;
    const policy = policyOf(program, word, list);
    if (typeof policy === 'string') return policy;
    return outcome(kernel.syscall(pid, 'set_mempolicy', policy.mode, policy.mask));
  },
  bind(program, { args: [name, word, list] }) {
    const { kernel, pid } = program.context;
    const policy = policyOf(program, word, list);
    if (typeof policy === 'string') return policy;
    const { mode, mask } = policy;
    return onRange(program, name, undefined, (addr, len) =>
      kernel.syscall(pid, 'mbind', addr, len, mode, mask, MPOL_MF_MOVE),
    );
  },
  cpu: ({ context: { kernel, pid } }, { args: [cpu] }) =>
    outcome(kernel.syscall(pid, 'sched_setaffinity', 0, [Number(cpu)])),
};

const VERBS: Readonly<Record<string, Verb>> = { ...MEMORY_VERBS, ...PROCESS_VERBS };

/** Until its end. @returns the exit status */
export function* runScenario(program: ScenarioProgram, statements: readonly Statement[]): Running {
  const status = yield* runBlock(program, statements);
  return status ?? 0;
}

/** @returns the exit status when the program has ended; null: it goes on behind the block */
function* runBlock(program: ScenarioProgram, statements: readonly Statement[]): Generator<Pause, number | null, void> {
  for (const statement of statements) {
    const { verb, args, body, line, mayFail } = statement;
    if (verb === 'exit') return Number(args[0] ?? 0);
    if (verb === 'repeat') {
      const status = yield* repeat(program, args[0], body);
      if (status !== null) return status;
      continue;
    }
    const failed =
      verb === 'fork' ? fork(program, args[0] ?? 'scenario', body) : yield* run(VERBS[verb], program, statement);
    if (!program.isAlive) return statusOfDead(program);
    if (failed === null) continue;
    const { context, file } = program;
    context.err(`${context.name}: ${file}:${line}: ${verb}: ${failed}\n`);
    if (!mayFail) return EXIT_FAILURE;
  }
  return null;
}

function* run(verb: Verb, program: ScenarioProgram, statement: Statement): Generator<Pause, Outcome, void> {
  const result = verb(program, statement);
  return typeof result === 'object' && result !== null ? yield* result : result;
}

function* repeat(
  program: ScenarioProgram,
  times: string,
  body: readonly Statement[],
): Generator<Pause, number | null, void> {
  const count = times === 'forever' ? Infinity : Number(times);
  for (let i = 0; i < count; i++) {
    const before = program.context.now();
    const status = yield* runBlock(program, body);
    if (status !== null) return status;
    // Whatever goes on for ever takes its time.
    if (count === Infinity && program.context.now() === before)
      yield { pid: program.context.pid, ns: NSEC_PER_SEC / 1000 };
  }
  return null;
}

/** The child runs the block and ends. */
function fork(program: ScenarioProgram, name: string, body: readonly Statement[]): Outcome {
  const tool: Tool<Kernel> = (context) => runScenario(program.child(context), body);
  const child = program.context.spawn(name, tool, []);
  if (child < 0) return strerror(child);
  program.children.push(child);
  return null;
}

/** 128 and the signal; nobody knows any more: it was killed. */
function statusOfDead({ context: { kernel, pid } }: ScenarioProgram): number {
  const exit = kernel.rooms.pids.find(pid)?.exit ?? null;
  return BY_SIGNAL + (exit?.kind === 'killed' ? exit.signal : SIGKILL);
}
