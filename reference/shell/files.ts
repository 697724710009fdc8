/**
 * All files of the machine, as one process sees them: those that are made when they are read, and those on disk.
 *
 *     /proc  /sys  /dev   trees of their own        where hugetlbfs is mounted   files of huge pages
 *                                                   everything else              the file system on disk
 */

import type { FsFile } from '../fs/file_system.ts';
import type { PseudoFs } from '../fs/proc/generic.ts';
import { EACCES, EINVAL, EISDIR, ENOENT, ENOTDIR, EPERM, ESRCH } from '../include/errno.ts';
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../include/fcntl.ts';
import { PAGE_SIZE, SYSTEM_CALL_NS } from '../include/param.ts';
import type { FileStat, Files } from '../include/tool.ts';
import type { Pid } from '../include/types.ts';
import type { Kernel } from '../init/kernel.ts';
import type { Process } from '../kernel/process.ts';
import { absolute } from '../tools/path.ts';
import { HugetlbPath } from './hugetlb_path.ts';

/** Bytes that are read or written at a time. */
const CHUNK = 2 ** 17;
/** What copying a page takes, in ns: about that of a CPU of 3 GHz. */
const COPY_PAGE_NS = 400;

/** One byte a character. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Letters that are made at a time: each is an argument of a call. */
const LETTERS = 2 ** 13;

export function textOf(bytes: Uint8Array): string {
  // Files that only have a size are all zero: the common case, and the large one.
  if (isZero(bytes)) return '\0'.repeat(bytes.length);
  let text = '';
  for (let at = 0; at < bytes.length; at += LETTERS) {
    text += Reflect.apply(String.fromCharCode, null, bytes.subarray(at, at + LETTERS));
  }
  return text;
}

function isZero({ buffer, byteOffset, length }: Uint8Array): boolean {
  if (byteOffset % 4 !== 0 || length % 4 !== 0) return false;
  const words = new Uint32Array(buffer, byteOffset, length / 4);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}

/** What all processes share. */
export interface Mounted {
  readonly kernel: Kernel;
  readonly mounts: readonly PseudoFs[];
}

export class MachineFiles implements Files {
  readonly #mounted: Mounted;
  readonly #pid: Pid;
  readonly #cwd: () => string;

  constructor(mounted: Mounted, pid: Pid, cwd: () => string) {
    this.#mounted = mounted;
    this.#pid = pid;
    this.#cwd = cwd;
  }

  read(path: string): string | number {
    if (path === '') return -ENOENT;
    return this.#at(path, {
      pseudo: (fs, at, reader) => {
        const text = fs.read(at, reader);
        return text === -EINVAL ? asText(fs.readAt(at, reader, 0, CHUNK)) : text;
      },
      huge: (at) => asText(at.read(0, Infinity)),
      disk: (at) => this.#opened(at, O_RDONLY, (file) => asText(this.#readDisk(file, 0, file.inode.size))),
    });
  }

  /** Of files that are made when they are read, those that are text. @returns null: it is none, or cannot be read */
  readText(path: string): string | null {
    const none = (): number => -ENOENT;
    const text = this.#at(path, { pseudo: (fs, at, reader) => fs.read(at, reader), huge: none, disk: none });
    return typeof text === 'number' ? null : text;
  }

  readAt(path: string, pos: number, len: number): Uint8Array | number {
    if (path === '') return -ENOENT;
    return this.#at<Uint8Array | number>(path, {
      pseudo: (fs, at, reader) => fs.readAt(at, reader, pos, len),
      huge: (at) => at.read(pos, len),
      disk: (at) => this.#opened<Uint8Array | number>(at, O_RDONLY, (file) => this.#readDisk(file, pos, len)),
    });
  }

  write(path: string, text: string, how: 'truncate' | 'append'): number {
    if (path === '') return -ENOENT;
    return this.#at(path, {
      pseudo: (fs, at, writer) => fs.write(at, text, writer),
      huge: (at) => at.write(text, how),
      disk: (at) =>
        this.#opened(at, O_WRONLY | O_CREAT | (how === 'truncate' ? O_TRUNC : 0), (file) =>
          this.#writeDisk(file, file.inode.size, bytesOf(text)),
        ),
    });
  }

  /** As open(2) with O_CREAT: makes a file on disk. @returns 0, or why not */
  create(path: string, how: 'truncate' | 'append'): number {
    if (path === '') return -ENOENT;
    return this.#at(path, {
      pseudo: (fs, at, opener) => {
        const stat = fs.stat(at, opener);
        if (typeof stat === 'number') return this.#uncreated(stat, at);
        return stat.kind === 'dir' ? -EISDIR : 0;
      },
      huge: (at) => at.create(how),
      disk: () => this.write(path, '', how),
    });
  }

  /** What a tree says that makes no files for others. Linux: /proc has no such name, /sys does not allow it. */
  #uncreated(error: number, at: string): number {
    const parent = this.stat(at.slice(0, at.lastIndexOf('/')));
    return at.startsWith('/sys/') && typeof parent !== 'number' ? -EACCES : error;
  }

  /** Bytes into a file on disk, at a place. @returns 0 or an error */
  writeAt(path: string, pos: number, bytes: Uint8Array): number {
    return this.#at(path, {
      pseudo: (fs, at, writer) => fs.write(at, textOf(bytes), writer),
      huge: (at) => at.write(textOf(bytes), 'append'),
      disk: (at) => this.#opened(at, O_WRONLY | O_CREAT, (file) => this.#writeDisk(file, pos, bytes)),
    });
  }

  list(path: string): readonly string[] | number {
    if (path === '') return -ENOENT;
    const { mounts } = this.#mounted;
    return this.#at<readonly string[] | number>(path, {
      pseudo: (fs, at, reader) => {
        const names = fs.list(at, reader);
        return typeof names === 'number' ? names : [...names].sort();
      },
      huge: (at) => at.list(),
      disk: (at) =>
        this.#opened<readonly string[] | number>(at, O_RDONLY, ({ inode: { disk } }) => {
          if (disk.kind !== 'dir') return -ENOTDIR;
          const mounted = at === '/' ? mounts.map(({ mount }) => mount.slice(1)) : [];
          return [...disk.entries.keys(), ...mounted].sort();
        }),
    });
  }

  stat(path: string): FileStat | number {
    if (path === '') return -ENOENT;
    return this.#at<FileStat | number>(path, {
      pseudo: (fs, at, reader) => {
        const stat = fs.stat(at, reader);
        return typeof stat === 'number' ? stat : { ...stat, size: 0 };
      },
      huge: (at) => at.stat(),
      disk: (at) =>
        this.#opened<FileStat | number>(at, O_RDONLY, ({ inode: { disk, size } }) =>
          disk.kind === 'dir' ? { kind: 'dir', mode: 0o755, size: 4096 } : { kind: 'file', mode: modeOf(at), size },
        ),
    });
  }

  /** A change of names on disk. @param refused  what trees say that are no disk. @returns 0 or an error */
  names(path: string, how: 'mkdir' | 'unlink' | 'rmdir', refused: number): number {
    return this.#at(path, {
      pseudo: () => -refused,
      huge: (at) => at.names(how),
      disk: (at) => this.#mounted.kernel.rooms.fs.names[how](at),
    });
  }

  /** Gives a file on disk another name. @returns 0 or an error */
  rename(from: string, to: string): number {
    const { fs } = this.#mounted.kernel.rooms;
    return this.#at(from, {
      pseudo: () => -EACCES,
      huge: () => -EPERM,
      disk: (source) =>
        this.#at(to, {
          pseudo: () => -EACCES,
          huge: () => -EPERM,
          disk: (target) => fs.names.rename(source, target),
        }),
    });
  }

  #at<Result>(
    path: string,
    how: {
      pseudo: (fs: PseudoFs, at: string, reader: Process) => Result | number;
      huge: (at: HugetlbPath) => Result | number;
      disk: (at: string) => Result | number;
    },
  ): Result | number {
    const { kernel, mounts } = this.#mounted;
    const reader = kernel.rooms.pids.find(this.#pid);
    if (reader === null || reader.mm === null) return -ESRCH;
    kernel.rooms.sched.run(reader);
    const at = absolute(path, this.#cwd());
    const fs = mounts.find(({ mount }) => at === mount || at.startsWith(`${mount}/`));
    if (fs !== undefined) return how.pseudo(fs, at, reader);
    const huge = HugetlbPath.at(kernel, at);
    return huge === null ? how.disk(at) : how.huge(huge);
  }

  #opened<Result>(at: string, flags: number, use: (file: FsFile) => Result | number): Result | number {
    const { fs } = this.#mounted.kernel.rooms;
    const file = fs.open(at, flags);
    if (typeof file === 'number') return file;
    const result = use(file);
    fs.release(file);
    return result;
  }

  #readDisk(file: FsFile, pos: number, len: number): Uint8Array | number {
    const { fs } = this.#mounted.kernel.rooms;
    const parts: Uint8Array[] = [];
    let got = 0;
    while (got < len) {
      const part = fs.read(file, pos + got, Math.min(CHUNK, len - got));
      if (typeof part === 'number') return part;
      this.#copied(part.length);
      if (part.length === 0) break;
      parts.push(part);
      got += part.length;
    }
    if (parts.length === 0) return file.inode.disk.kind === 'dir' ? -EISDIR : new Uint8Array();
    const all = new Uint8Array(got);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** A system call, and what it copied, take time: else nobody in the background would ever run. */
  #copied(bytes: number): void {
    const pages = Math.ceil(bytes / PAGE_SIZE);
    this.#mounted.kernel.rooms.clock.work(SYSTEM_CALL_NS + pages * COPY_PAGE_NS);
  }

  #writeDisk(file: FsFile, pos: number, bytes: Uint8Array): number {
    const { fs } = this.#mounted.kernel.rooms;
    for (let done = 0; done < bytes.length; ) {
      const wrote = fs.write(file, pos + done, bytes.subarray(done, done + CHUNK));
      if (wrote < 0) return wrote;
      this.#copied(wrote);
      done += wrote;
    }
    return 0;
  }
}

const asText = (bytes: Uint8Array | number): string | number => (typeof bytes === 'number' ? bytes : textOf(bytes));

/** Programs can be run. */
const modeOf = (at: string): number => (at.startsWith('/bin/') ? 0o755 : 0o644);
