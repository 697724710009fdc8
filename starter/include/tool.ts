/**
 * What a program of the simulated machine's user-land gets: its process, its arguments, the files it sees. A program is a
 * function; one that sleeps, computes or waits is a generator, so that others run meanwhile and somebody can stop it.
 *
 *     export const uptime: Tool = ({ files, out }) => { ...; return 0; };
 *     export const vmstat: Tool = function* ({ files, out }) { for (;;) { out(row()); yield NSEC_PER_SEC; } };
 */
import type { Pid, Ticks } from './types.ts';

/** What a path leads to. Linux: stat(2). */
export interface FileStat {
  readonly kind: 'file' | 'dir';
  /** Rights, as in 0o644. */
  readonly mode: number;
  /** Bytes; 0 for folders and for files that are made when they are read. */
  readonly size: number;
}

/**
 * The files of the machine as one process sees them: /proc, /sys and those on disk. Paths may be relative to its folder.
 * Errors are returned: a negative errno.
 */
export interface Files {
  /** The whole text, one byte a character. */
  read(path: string): string | number;
  /** A part of it. @returns bytes, fewer at the end */
  readAt(path: string, pos: number, len: number): Uint8Array | number;
  /** As one open(2) and one write(2): `>` makes the file empty before, `>>` goes on at its end. @returns 0 or an error */
  write(path: string, text: string, how: 'truncate' | 'append'): number;
  /** Names in a folder, sorted. */
  list(path: string): readonly string[] | number;
  stat(path: string): FileStat | number;
}

/** A process computes for so long, in ns, more than 0; it takes turns on its CPU with others. */
export interface Computes {
  readonly pid: Pid;
  readonly ns: Ticks;
}

/** What a program does until its next step. A number: it sleeps, in ns. */
export type Pause = Ticks | Computes;

/** A program that runs; its result is the exit status, 0 .. 255. */
export type Running = Generator<Pause, number, void>;

/** @template K  the kernel, for those that make system calls themselves: `Tool<Kernel>` of reference/init */
export type Tool<K = unknown> = (context: ToolContext<K>) => number | Running;

export interface ToolContext<K = unknown> {
  readonly kernel: K;
  /** The process that runs this program: the shell has forked it. */
  readonly pid: Pid;
  /** As it was called: `vmstat`. */
  readonly name: string;
  /** Without the name. */
  readonly args: readonly string[];
  /** All of it; '' when nothing is piped or redirected in. */
  readonly stdin: string;
  /** The working folder, absolute. */
  readonly cwd: string;
  /** Exported variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly files: Files;
  /** Nanoseconds since boot. */
  readonly now: () => Ticks;
  /** Both take the text as it is, line ends and all. */
  out(text: string): void;
  err(text: string): void;
  /** Runs another command in this same process, as execve(2) does: `numactl --membind=0 COMMAND`. 127: there is none. */
  exec(argv: readonly string[]): Running;
  /** Forks a child that runs a program of its own while this one goes on. @returns its number; -EAGAIN, -ENOMEM */
  spawn(name: string, tool: Tool<K>, args: readonly string[]): Pid | number;
  /** Until a child that was spawned has ended. @returns its exit status, 128 + n after signal n; 127: no such child */
  wait(pid: Pid): Running;
}
