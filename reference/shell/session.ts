/**
 * A machine that somebody sits at: booted, its files mounted, its programs installed, a shell that runs what is typed.
 *
 *     const session = Session.boot(description, texts, tools, terminal);
 *     session.begin('cat /proc/meminfo'); while (session.step());
 */

import type { MachineDescription } from '../include/kernel.ts';
import type { Pid } from '../include/types.ts';
import { Kernel } from '../init/kernel.ts';
import { KernelPanic, panic } from '../lib/panic.ts';
import { Xorshift } from '../lib/xorshift.ts';
import { PROGRAMS } from '../tools/programs.ts';
import { noticed } from './builtins/jobs.ts';
import { BUILTINS } from './builtins/table.ts';
import type { ShellTool } from './context.ts';
import { COREUTILS } from './coreutils/table.ts';
import { DevFs } from './dev_fs.ts';
import { fallocate } from './fallocate.ts';
import { MachineFiles } from './files.ts';
import { Interpreter } from './interpreter.ts';
import { type Parsed, parse } from './parser.ts';
import { Processes } from './processes.ts';
import { ShellState, type ShellSystem } from './state.ts';
import { Input, type Sink } from './streams.ts';
import { type Task, Tasks } from './tasks.ts';

/** Where the shell writes to. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

const FOLDERS = ['/bin', '/etc', '/home', '/mnt', '/root', '/tmp', '/var', '/var/log'];
const ENV = { HOME: '/root', PATH: '/bin', PWD: '/root', SHELL: '/bin/bash', TERM: 'xterm', USER: 'root' };
/** Exit status when Ctrl-C was pressed. */
const INTERRUPTED = 130;
/** Exit status of a machine that has stopped. */
const PANICKED = 255;

export class Session {
  readonly kernel: Kernel;
  readonly system: ShellSystem;
  readonly #terminal: Terminal;
  readonly #history: string[] = [];
  #shell: ShellState;
  #task: Task | null = null;

  /**
   * @param texts  by path: files that hold something at boot
   * Panics when the machine is too small for a shell.
   */
  static boot(description: MachineDescription, texts: Readonly<Record<string, string>>, terminal: Terminal): Session {
    const kernel = Kernel.boot(description);
    const tools = new Map<string, ShellTool>([...Object.entries(COREUTILS), ...Object.entries(PROGRAMS)]);
    return new Session(kernel, texts, tools, terminal);
  }

  private constructor(
    kernel: Kernel,
    texts: Readonly<Record<string, string>>,
    tools: ReadonlyMap<string, ShellTool>,
    terminal: Terminal,
  ) {
    this.kernel = kernel;
    this.#terminal = terminal;
    const processes = new Processes(kernel);
    kernel.rooms.trees.push(new DevFs(new Xorshift(kernel.description.seed + 1)));
    const tasks = new Tasks(kernel, processes);
    this.system = { kernel, processes, tasks, tools, history: this.#history };
    for (const folder of FOLDERS) kernel.rooms.fs.names.mkdir(folder);
    for (const { path, size } of kernel.description.files) fallocate(kernel, path, size);
    for (const comm of ['bash', ...tools.keys()]) processes.install(comm);
    const files = new MachineFiles(this.kernel, 1, () => '/');
    for (const [path, text] of Object.entries(texts)) {
      for (const [i] of [...path.matchAll(/\//g)].entries()) {
        const folder = path
          .split('/')
          .slice(0, i + 1)
          .join('/');
        if (folder !== '') kernel.rooms.fs.names.mkdir(folder);
      }
      if (files.write(path, text, 'truncate') !== 0) panic(`session: ${path} cannot be written`);
    }
    this.#shell = this.#login();
  }

  /** A shell for whoever sits there. */
  #login(): ShellState {
    const { processes } = this.system;
    const pid: Pid = processes.fork(1);
    if (pid < 0 || processes.exec(pid, 'bash', ['bash']) !== 0) panic('session: no memory for a shell');
    const shell = ShellState.started(this.system, pid, this.system.tasks.newGroup(), ENV, ENV.HOME);
    this.system.tasks.foreground = shell.group;
    processes.sleeps(pid);
    return shell;
  }

  /** Somebody types: what runs in the background is told of. */
  set interactive(is: boolean) {
    this.#shell.interactive = is;
  }

  /** `root@osgrade:~# `. */
  get prompt(): string {
    const { cwd } = this.#shell;
    const folder = cwd === ENV.HOME || cwd.startsWith(`${ENV.HOME}/`) ? `~${cwd.slice(ENV.HOME.length)}` : cwd;
    return `root@osgrade:${folder}# `;
  }

  /** `exit` was said, or the machine has stopped. */
  get hasEnded(): boolean {
    return this.#shell.jump?.kind === 'exit';
  }

  /** `$?`; what was given to `exit`. */
  get status(): number {
    const { jump, status } = this.#shell;
    return jump?.kind === 'exit' ? jump.status : status;
  }

  /** Whether a text is a script, or may become one with more lines. */
  parse(text: string): Parsed {
    return parse(text);
  }

  /** Remembers a line for `history`. */
  remember(line: string): void {
    this.#history.push(line);
  }

  /** @param args  `$1` ... */
  setArguments(name: string, args: readonly string[]): void {
    Object.assign(this.#shell, { name, positional: args });
  }

  /** Begins to run a text. Then step(), until it is false. */
  begin(text: string): void {
    const shell = this.#shell;
    const { tasks } = this.system;
    const { pid, group } = shell;
    this.system.processes.touch(pid);
    this.#task = tasks.start(pid, group, new Interpreter(shell).script(text, this.#streams()));
  }

  /** @returns false: what was begun has ended */
  step(): boolean {
    const task = this.#task;
    if (task === null) return false;
    try {
      if (task.status === null && !this.system.tasks.step()) this.interrupt();
    } catch (error) {
      if (!(error instanceof KernelPanic)) throw error;
      this.#panic(error);
      return false;
    }
    if (task.status === null) return true;
    this.#task = null;
    this.#ended(task.status);
    return false;
  }

  /** Nothing goes on. Linux: panic(). */
  #panic({ message }: KernelPanic): void {
    this.#terminal.err(`Kernel panic - not syncing: ${message}\n`);
    this.#task = null;
    this.#shell.jump = { kind: 'exit', status: PANICKED };
  }

  /** Ctrl-C. */
  interrupt(): void {
    if (this.#task !== null) this.system.tasks.interrupt(this.#task.group);
    this.#shell.jump = null;
    this.#shell.loops = 0;
    this.#shell.calls = 0;
  }

  #ended(status: number): void {
    const { processes } = this.system;
    if (processes.isAlive(this.#shell.pid)) {
      if (status === INTERRUPTED || status === 2) this.#shell.status = status;
      processes.sleeps(this.#shell.pid);
      return;
    }
    this.#terminal.err('The shell was killed; here is a new one.\n');
    this.#shell = this.#login();
    this.#shell.status = 137;
  }

  /** What is to be told before the next prompt: jobs that have ended. */
  notices(): string {
    return noticed(this.#shell);
  }

  #streams() {
    const sink = (write: (text: string) => void): Sink => ({
      write(text) {
        write(text);
        return 0;
      },
      isFull: false,
      path: null,
    });
    const { out, err } = this.#terminal;
    return { input: new Input(''), out: sink(out), err: sink(err) };
  }

  /** Words that may stand where one was begun: commands in front, paths behind. @returns sorted */
  complete(line: string): { readonly word: string; readonly choices: readonly string[] } {
    const [word = ''] = /[^\s;|&<>()"'=]*$/.exec(line) ?? [];
    const before = line.slice(0, line.length - word.length).trimEnd();
    const isCommand = !word.includes('/') && (before === '' || /[;|&(]$/.test(before));
    if (!isCommand) return { word, choices: this.#paths(word) };
    const names = [...BUILTINS.keys(), ...this.system.tools.keys(), 'bash', ...this.#shell.functions.keys()];
    return { word, choices: names.filter((name) => name.startsWith(word)).sort() };
  }

  #paths(word: string): string[] {
    const { files } = this.#shell;
    const folder = word.slice(0, word.lastIndexOf('/') + 1);
    const list = files.list(folder === '' ? '.' : folder.replace(/^~/, ENV.HOME));
    if (typeof list === 'number') return [];
    const begun = word.slice(folder.length);
    return list
      .filter((name) => name.startsWith(begun))
      .map((name) => {
        const stat = files.stat(`${folder.replace(/^~/, ENV.HOME)}${name}`);
        return folder + name + (typeof stat !== 'number' && stat.kind === 'dir' ? '/' : '');
      });
  }

  /** The files of the machine as its first process sees them. */
  get files(): MachineFiles {
    return new MachineFiles(this.kernel, this.#shell.pid, () => '/');
  }
}
