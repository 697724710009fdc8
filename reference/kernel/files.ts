/**
 * The open files of a process, by number. Linux: fs/file.c, struct files_struct.
 *
 *     fd   0   1   2   3             an open file has a position; after a fork both processes share it
 *          .   .  [A] [B]  .
 */
import { EBADF, EINVAL, EISDIR, EMFILE } from '../include/errno.ts';
import type { VmFile } from '../include/mm_types.ts';

/** Most files that a process may have open. Linux: RLIMIT_NOFILE. */
const NOFILE = 1024;

/** What can be done with a file, wherever it lives. Linux: struct file_operations. Errors are negative. */
export interface FileOperations {
  /** As mmap(2) takes it; null: it cannot be mapped. */
  readonly file: VmFile | null;
  /** Bytes; null: nobody knows before it has been read. */
  readonly size: number | null;
  /** @returns bytes, fewer at the end */
  read(pos: number, len: number): Uint8Array | number;
  /** @returns how many bytes were written */
  write(pos: number, bytes: Uint8Array): number;
  /** @returns 0 or an error */
  fsync(): number;
  truncate(size: number): number;
  /** The last descriptor was closed. */
  release(): void;
  /** Names in it. Not there: it is no folder. */
  names?(): readonly string[] | number;
  /** POLL bits of what could be done with it now. Not there: it can always be read and written. */
  poll?(): number;
  /** All of it as a text, made anew, for whoever is not a process. Not there: it is no text. */
  text?(): string | number;
}

/** An open folder of a tree that is on no disk. */
export function openFolder(names: () => readonly string[]): FileOperations {
  return {
    ...{ file: null, size: null, names },
    ...{ read: () => -EISDIR, write: () => -EBADF, fsync: () => -EINVAL, truncate: () => -EBADF, release() {} },
  };
}

/** A file as it was opened. Linux: struct file. */
export class OpenFile {
  readonly ops: FileOperations;
  /** Where the next read or write begins, in bytes. */
  pos = 0;
  /** Descriptors that refer to it, in all processes. */
  refs = 0;

  constructor(ops: FileOperations) {
    this.ops = ops;
  }
}

export class OpenFiles {
  readonly #byFd = new Map<number, OpenFile>();

  /** @returns the file, or -EBADF */
  get(fd: number): OpenFile | number {
    return this.#byFd.get(fd) ?? -EBADF;
  }

  /** Gives a file the lowest number that is free. @returns the number; -EMFILE */
  install(open: OpenFile): number {
    for (let fd = 0; fd < NOFILE; fd++) {
      if (this.#byFd.has(fd)) continue;
      this.#byFd.set(fd, open);
      open.refs++;
      return fd;
    }
    return -EMFILE;
  }

  /** @returns 0 or -EBADF */
  close(fd: number): number {
    const open = this.#byFd.get(fd);
    if (open === undefined) return -EBADF;
    this.#byFd.delete(fd);
    if (--open.refs === 0) open.ops.release();
    return 0;
  }

  /** Those of a child: the same files. Linux: dup_fd(). */
  dup(): OpenFiles {
    const child = new OpenFiles();
    for (const [fd, open] of this.#byFd) {
      child.#byFd.set(fd, open);
      open.refs++;
    }
    return child;
  }

  closeAll(): void {
    for (const fd of [...this.#byFd.keys()]) this.close(fd);
  }
}
