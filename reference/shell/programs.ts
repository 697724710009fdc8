/**
 * Runs a program in a process: gives it its context, lets others run when it sleeps, and ends it when its process was killed,
 * when nobody reads what it writes, or when it is done.
 */
import { SIGINT } from '../include/kernel.ts';
import type { Running, Tool } from '../include/tool.ts';
import type { Pid } from '../include/types.ts';
import type { Kernel } from '../init/kernel.ts';
import type { ShellContext, ShellTool } from './context.ts';
import { MachineFiles } from './files.ts';
import type { ShellSystem } from './state.ts';
import type { Streams } from './streams.ts';
import { Input } from './streams.ts';
import type { Group } from './tasks.ts';
import { Writer } from './writer.ts';

/** A program that is to run. */
export interface Program {
  readonly system: ShellSystem;
  /** Its process: forked, and its name is set already. */
  readonly pid: Pid;
  readonly group: Group;
  /** The name first. */
  readonly argv: readonly string[];
  readonly tool: ShellTool;
  readonly streams: Streams;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Finds another program and runs it in the same process. */
  readonly exec: (argv: readonly string[]) => Running;
  /** Runs a line in a shell of its own. */
  readonly run: (line: string) => Running;
}

const SIGPIPE_STATUS = 141;
const SIGKILL_STATUS = 137;
const NOT_FOUND = 127;

/** Until it is done. Its process goes on, unless it was killed. @returns the exit status */
export function* runProgram(program: Program): Running {
  const { system, pid, streams, argv } = program;
  const out = new Writer(streams.out);
  const err = new Writer(streams.err);
  const flush = (): void => {
    out.flush();
    err.flush();
  };
  const result = program.tool(contextOf(program, out, err));
  const status = typeof result === 'number' ? result : yield* drive(result);
  flush();
  const complaint = out.complaint(argv[0]);
  if (complaint !== null) streams.err.write(complaint);
  return complaint === null ? status : 1;

  function* drive(running: Running): Running {
    try {
      for (;;) {
        const step = running.next();
        if (step.done) return step.value;
        flush();
        if (out.isFull) return SIGPIPE_STATUS;
        if (typeof step.value === 'number' && step.value > 0) system.processes.sleeps(pid);
        yield step.value;
        if (!system.processes.isAlive(pid)) return SIGKILL_STATUS;
      }
    } finally {
      running.return(SIGKILL_STATUS);
    }
  }
}

/** Its process ends with it, even when nobody waits for the end (Ctrl-C). */
function* runToTheEnd(program: Program): Running {
  const { processes } = program.system;
  let status: number | null = null;
  try {
    status = yield* runProgram(program);
    return status;
  } finally {
    if (status === null) processes.kill(program.pid, SIGINT);
    else processes.exit(program.pid, status);
  }
}

function contextOf(program: Program, out: Writer, err: Writer): ShellContext {
  const { system, pid, streams, cwd, env, argv } = program;
  let stdin: string | null = null;
  return {
    kernel: system.kernel,
    pid,
    name: argv[0],
    args: argv.slice(1),
    get stdin() {
      stdin ??= streams.input.all();
      return stdin;
    },
    cwd,
    env,
    files: new MachineFiles(system.kernel, pid, () => cwd),
    now: () => system.kernel.rooms.clock.now,
    out: out.write,
    err: err.write,
    exec: program.exec,
    *run(line) {
      out.flush();
      err.flush();
      return yield* program.run(line);
    },
    spawn: (name, tool, args) => spawn(program, [name, ...args], tool),
    wait: (child) => waitForChild(program, child),
  };
}

function spawn(program: Program, argv: readonly string[], tool: Tool<Kernel>): Pid | number {
  const { processes, tasks } = program.system;
  const pid = processes.fork(program.pid);
  if (pid < 0) return pid;
  processes.rename(pid, argv[0]);
  const streams = { ...program.streams, input: new Input('') };
  tasks.start(pid, program.group, runToTheEnd({ ...program, pid, argv, tool, streams }));
  return pid;
}

function* waitForChild({ system, pid }: Program, child: Pid): Running {
  const task = system.tasks.all.find((each) => each.pid === child);
  if (task !== undefined) yield* system.tasks.waitFor(task);
  return system.processes.reap(pid, child) ?? NOT_FOUND;
}
