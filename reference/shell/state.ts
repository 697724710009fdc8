/** What one shell knows: its process, folder, variables, functions, jobs. A subshell begins with a copy. */
import type { Pid } from '../include/types.ts';
import type { Kernel } from '../init/kernel.ts';
import type { Command } from './ast.ts';
import type { ShellTool } from './context.ts';
import { MachineFiles } from './files.ts';
import type { Processes } from './processes.ts';
import type { Group, Task, Tasks } from './tasks.ts';
import { ShellVariables } from './variables.ts';

/** What all shells of a machine share. */
export interface ShellSystem {
  readonly kernel: Kernel;
  readonly processes: Processes;
  readonly tasks: Tasks;
  /** By name. */
  readonly tools: ReadonlyMap<string, ShellTool>;
  /** What was typed, for `history`. */
  readonly history: readonly string[];
}

/** A command that runs in the background. */
export interface Job {
  readonly number: number;
  readonly text: string;
  readonly task: Task;
}

/** Why the next commands are not run. */
export type Jump =
  | { readonly kind: 'break'; readonly levels: number }
  | { readonly kind: 'continue'; readonly levels: number }
  | { readonly kind: 'return'; readonly status: number }
  | { readonly kind: 'exit'; readonly status: number };

interface StateShape {
  readonly system: ShellSystem;
  readonly pid: Pid;
  readonly group: Group;
  readonly variables: ShellVariables;
}

export class ShellState {
  readonly system: ShellSystem;
  /** Its process. */
  readonly pid: Pid;
  /** `$$`: that of the shell that a subshell came from. */
  readonly shellPid: Pid;
  readonly group: Group;
  readonly files: MachineFiles;
  readonly variables: ShellVariables;
  readonly functions = new Map<string, Command>();
  cwd: string;
  /** `$0`. */
  name = 'bash';
  positional: readonly string[] = [];
  /** `$?`. */
  status = 0;
  /** `$!`; null: there was none. */
  lastBackground: Pid | null = null;
  jobs: Job[] = [];
  /** null: on with the next command. */
  jump: Jump | null = null;
  /** Loops, and functions, that it is in. */
  loops = 0;
  calls = 0;
  /** What the variables were that the function it is in has made its own: null: there was none. Outside: null. */
  locals: Map<string, string | null> | null = null;
  /** `set -e`, `set -x`. */
  readonly options = new Set<'errexit' | 'xtrace'>();
  /** Somebody types at it. */
  interactive = false;
  /** It was forked for a single command, which may take its process. */
  forOneCommand = false;

  constructor({ system, pid, group, variables }: StateShape, cwd: string, shellPid = pid) {
    this.system = system;
    this.pid = pid;
    this.shellPid = shellPid;
    this.group = group;
    this.variables = variables;
    this.cwd = cwd;
    this.files = new MachineFiles(system.kernel, pid, () => this.cwd);
  }

  /** A subshell in a process that was forked. */
  subshell(pid: Pid, group: Group): ShellState {
    const { system, variables } = this;
    const child = new ShellState({ system, pid, group, variables: variables.copy() }, this.cwd, this.shellPid);
    for (const [name, body] of this.functions) child.functions.set(name, body);
    for (const option of this.options) child.options.add(option);
    const { name, positional, status, lastBackground, loops, calls } = this;
    return Object.assign(child, { name, positional, status, lastBackground, loops, calls });
  }

  /** A new shell, as a program that was started: it knows what was exported. */
  static started(system: ShellSystem, pid: Pid, group: Group, env: Readonly<Record<string, string>>, cwd: string) {
    const variables = new ShellVariables(new Map(Object.entries(env)), new Set(Object.keys(env)));
    return new ShellState({ system, pid, group, variables }, cwd);
  }

  /** Changes folder. Its name must be absolute. */
  enter(folder: string): void {
    this.variables.set('OLDPWD', this.cwd);
    this.variables.set('PWD', folder);
    this.cwd = folder;
  }
}
