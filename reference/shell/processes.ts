/**
 * The processes behind the commands: each program that the shell starts is forked, begins a program of its own, and ends,
 * on the machine, so that it is seen in /proc, uses memory and can be killed.
 */
import { ENOENT } from '../include/errno.ts';
import type { ProgramDescription, Signal } from '../include/kernel.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pid } from '../include/types.ts';
import type { Kernel } from '../init/kernel.ts';
import type { Process } from '../kernel/process.ts';
import { panic } from '../lib/panic.ts';
import { fallocate } from './fallocate.ts';

/** Bytes of a small program's parts, and of the shell's. */
const SMALL = { text: 2 ** 15, rodata: 2 ** 14, data: 2 ** 12, bss: 2 ** 13 };
const SHELL = { text: 0xde000, rodata: 0x33000, data: 0x9000, bss: 0xb000 };
/** Pages of code, and of the stack, that a program touches as it begins. */
const CODE_PAGES = 4;
const STACK_PAGES = 2;
/** Bytes that a shell's heap begins with. glibc: the first malloc() of a program. */
const HEAP = 132 * 1024;
/** Letters of a name. Linux: TASK_COMM_LEN, without the end. */
const COMM_LENGTH = 15;

function programOf(comm: string): ProgramDescription {
  return { comm, ...(comm === 'bash' ? SHELL : SMALL), file: `/bin/${comm}` };
}

export class Processes {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Puts a program where it is started from. */
  install(comm: string): void {
    const { text, rodata, data } = programOf(comm);
    const error = fallocate(this.#kernel, `/bin/${comm}`, text + rodata + data);
    if (error !== 0) panic(`processes: no place for /bin/${comm}`);
  }

  /** null: it has ended, or never was. */
  find(pid: Pid): Process | null {
    const process = this.#kernel.rooms.pids.find(pid);
    return process?.mm === null ? null : process;
  }

  isAlive(pid: Pid): boolean {
    return this.find(pid) !== null;
  }

  /** @returns the child's number; -EAGAIN, -ENOMEM, -ESRCH */
  fork(parent: Pid): Pid | number {
    return this.#kernel.syscall(parent, 'fork');
  }

  /**
   * @param args  as it was called, the name first
   * @param comm  the name it is shown by, if that is not the program's: that of a script
   * @returns 0; -ENOMEM and the like: the process is what it was; it may also have been killed meanwhile
   */
  exec(pid: Pid, name: string, args: readonly string[], comm = name): number {
    const program = { ...programOf(name), comm: comm.slice(0, COMM_LENGTH), args };
    const { file: _, ...shape } = program;
    const there = this.#kernel.syscall(pid, 'execve', program);
    const started = there === -ENOENT ? this.#kernel.syscall(pid, 'execve', shape) : there;
    if (typeof started === 'number') return started;
    this.touch(pid);
    if (name === 'bash') this.#beginHeap(pid);
    return 0;
  }

  /** What a shell keeps, it keeps there. */
  #beginHeap(pid: Pid): void {
    if (!this.isAlive(pid)) return;
    const start = this.#kernel.syscall(pid, 'brk', 0);
    if (this.#kernel.syscall(pid, 'brk', start + HEAP) === start + HEAP) this.#kernel.store(pid, start, 1);
  }

  /** What every program does when it begins, and when it goes on: runs, reads its constants, writes its variables and stack. */
  touch(pid: Pid): void {
    const kernel = this.#kernel;
    const image = this.find(pid)?.mm?.image ?? null;
    if (image === null) return;
    const { startCode, endCode, startData, startStack } = image;
    const steps = [
      ...pages(CODE_PAGES).map((offset) => () => kernel.fetch(pid, startCode + offset)),
      () => kernel.load(pid, endCode),
      () => kernel.store(pid, startData, 1),
      ...pages(STACK_PAGES).map((offset) => () => kernel.store(pid, startStack - 8 - offset, 1)),
    ];
    for (const step of steps) if (this.isAlive(pid)) step();
  }

  /** The name it is shown by. */
  rename(pid: Pid, comm: string): void {
    const process = this.find(pid);
    if (process !== null) process.comm = comm.slice(0, COMM_LENGTH);
  }

  /** Ends with a status, unless it has ended. */
  exit(pid: Pid, status: number): void {
    if (this.isAlive(pid)) this.#kernel.syscall(pid, 'exit', status);
  }

  /** @returns 0; -ESRCH */
  kill(pid: Pid, signal: Signal | 0): number {
    return this.#kernel.syscall(1, 'kill', pid, signal);
  }

  /** Asks for a child that has ended, and forgets it. @returns its status, 128 + n after signal n; null: there is none */
  reap(parent: Pid, child: Pid): number | null {
    const ended = this.#kernel.syscall(parent, 'wait4', child);
    if (ended === null || typeof ended === 'number') return null;
    return ended.exitCode ?? 128 + (ended.signal ?? 0);
  }

  /** It does not go on computing. */
  stopComputing(pid: Pid): void {
    const process = this.find(pid);
    if (process !== null) this.#kernel.rooms.states.stopComputing(process);
  }

  /** It waits: its CPU is free for others. */
  sleeps(pid: Pid): void {
    const process = this.find(pid);
    if (process !== null) this.#kernel.rooms.sched.leave(process);
  }
}

const pages = (count: number): number[] => Array.from({ length: count }, (_, n) => n * PAGE_SIZE);
