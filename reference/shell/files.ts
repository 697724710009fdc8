/**
 * The files of the machine as programs read and write them, whatever is mounted where: opened, read to the end, closed. What a
 * process reads needs no place in its memory here.
 */

import { EINVAL, ENOENT, ENOTDIR, ESRCH } from '../include/errno.ts';
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../include/fcntl.ts';
import { PAGE_SIZE, SYSTEM_CALL_NS } from '../include/param.ts';
import type { FileStat, Files } from '../include/tool.ts';
import type { Pid } from '../include/types.ts';
import type { Kernel } from '../init/kernel.ts';
import type { FileOperations } from '../kernel/files.ts';
import { vfsMkdir, vfsRename, vfsRmdir, vfsUnlink } from '../kernel/names.ts';
import { doFilpOpen, vfsStat } from '../kernel/open.ts';
import type { Process } from '../kernel/process.ts';
import { bytesOf, textOf } from '../lib/latin1.ts';
import { absolute } from '../tools/path.ts';

/** Bytes that are read or written at a time. */
const CHUNK = 2 ** 17;
/** What copying a page takes, in ns: about that of a CPU of 3 GHz. */
const COPY_PAGE_NS = 400;

/** How a file is opened that is written to. */
const WRITING = { truncate: O_WRONLY | O_CREAT | O_TRUNC, append: O_WRONLY | O_CREAT } as const;

export class MachineFiles implements Files {
  readonly #kernel: Kernel;
  readonly #pid: Pid;
  readonly #cwd: () => string;

  constructor(kernel: Kernel, pid: Pid, cwd: () => string) {
    this.#kernel = kernel;
    this.#pid = pid;
    this.#cwd = cwd;
  }

  /** Of a file that has no end, a part. */
  read(path: string): string | number {
    return this.#opened<string | number>(
      path,
      O_RDONLY,
      (file) => file.text?.() ?? asText(this.#copyFrom(file, 0, file.size ?? CHUNK)),
    );
  }

  /** Of files that are made when they are read, those that are text. @returns null: it is none, or cannot be read */
  readText(path: string): string | null {
    const text = this.#opened<string | number>(path, O_RDONLY, (file) => file.text?.() ?? -EINVAL);
    return typeof text === 'number' ? null : text;
  }

  readAt(path: string, pos: number, len: number): Uint8Array | number {
    return this.#opened<Uint8Array | number>(path, O_RDONLY, (file) => this.#copyFrom(file, pos, len));
  }

  write(path: string, text: string, how: 'truncate' | 'append'): number {
    return this.#opened(path, WRITING[how], (file) => this.#copyTo(file, file.size ?? 0, bytesOf(text)));
  }

  /** As open(2) with O_CREAT. @returns 0, or why not */
  create(path: string, how: 'truncate' | 'append'): number {
    return this.#opened(path, WRITING[how], () => 0);
  }

  /** Bytes into a file, at a place. @returns 0 or an error */
  writeAt(path: string, pos: number, bytes: Uint8Array): number {
    return this.#opened(path, WRITING.append, (file) => this.#copyTo(file, pos, bytes));
  }

  list(path: string): readonly string[] | number {
    return this.#opened<readonly string[] | number>(path, O_RDONLY, (file) => {
      const names = file.names?.() ?? -ENOTDIR;
      return typeof names === 'number' ? names : [...names].sort();
    });
  }

  stat(path: string): FileStat | number {
    return this.#at<FileStat | number>(path, (at, process) => {
      const stat = vfsStat(this.#kernel.rooms, process, at);
      // Programs can be run.
      return typeof stat !== 'number' && at.startsWith('/bin/') ? { ...stat, mode: 0o755 } : stat;
    });
  }

  mkdir(path: string): number {
    return this.#at(path, (at, process) => vfsMkdir(this.#kernel.rooms, process, at));
  }

  rmdir(path: string): number {
    return this.#at(path, (at) => vfsRmdir(this.#kernel.rooms, at));
  }

  unlink(path: string): number {
    return this.#at(path, (at) => vfsUnlink(this.#kernel.rooms, at));
  }

  rename(from: string, to: string): number {
    return this.#at(from, (source) => vfsRename(this.#kernel.rooms, source, absolute(to, this.#cwd())));
  }

  #at<Result>(path: string, use: (at: string, process: Process) => Result | number): Result | number {
    const { pids, sched } = this.#kernel.rooms;
    const process = pids.find(this.#pid);
    if (process === null || process.mm === null) return -ESRCH;
    if (path === '') return -ENOENT;
    sched.run(process);
    return use(absolute(path, this.#cwd()), process);
  }

  #opened<Result>(path: string, flags: number, use: (file: FileOperations) => Result | number): Result | number {
    return this.#at(path, (at, process) => {
      const file = doFilpOpen(this.#kernel.rooms, process, at, flags);
      if (typeof file === 'number') return file;
      const result = use(file);
      file.release();
      return result;
    });
  }

  #copyFrom(file: FileOperations, pos: number, len: number): Uint8Array | number {
    const parts: Uint8Array[] = [];
    let got = 0;
    do {
      const part = file.read(pos + got, Math.min(CHUNK, len - got));
      if (typeof part === 'number') return part;
      this.#copied(file, part.length);
      if (part.length === 0) break;
      parts.push(part);
      got += part.length;
    } while (got < len);
    const all = new Uint8Array(got);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #copyTo(file: FileOperations, pos: number, bytes: Uint8Array): number {
    for (let done = 0; done < bytes.length; ) {
      const wrote = file.write(pos + done, bytes.subarray(done, done + CHUNK));
      if (wrote < 0) return wrote;
      this.#copied(file, wrote);
      done += wrote;
    }
    return 0;
  }

  /**
   * A system call, and what it copied, take time: else nobody in the background would ever run. What the kernel tells of itself
   * takes none, so that two of its files that are read together agree.
   */
  #copied({ size }: FileOperations, bytes: number): void {
    if (size === null) return;
    const pages = Math.ceil(bytes / PAGE_SIZE);
    this.#kernel.rooms.clock.work(SYSTEM_CALL_NS + pages * COPY_PAGE_NS);
  }
}

const asText = (bytes: Uint8Array | number): string | number => (typeof bytes === 'number' ? bytes : textOf(bytes));
