/**
 * The system calls of files. Paths are given as text, not as addresses; what is read and written lies in the memory of the
 * process. Linux: fs/open.c, fs/read_write.c, fs/sync.c, mm/memfd.c, mm/msync.c.
 */
import { EBADF, EFAULT, EINVAL, ENOTDIR } from '../../include/errno.ts';
import { DEFAULT_POLLMASK, POLLERR, POLLNVAL } from '../../include/poll.ts';
import type { FileStat } from '../../include/tool.ts';
import type { UserAddr } from '../../include/types.ts';
import { doMsync } from '../../mm/msync.ts';
import { type FileOperations, OpenFile } from '../files.ts';
import { Memfd } from '../memfd.ts';
import { vfsMkdir, vfsRename, vfsRmdir, vfsUnlink } from '../names.ts';
import { doFilpOpen, vfsStat } from '../open.ts';
import type { Caller } from './caller.ts';

/** lseek(2): from where. */
export const SEEK_SET = 0;
export const SEEK_CUR = 1;
export const SEEK_END = 2;

/** Gives a file a descriptor. @returns it, or -EMFILE */
function install({ process }: Caller, ops: FileOperations): number {
  const fd = process.files.install(new OpenFile(ops));
  if (fd < 0) ops.release();
  return fd;
}

/** From a file, at a place, to memory. @returns bytes; -EBADF, -EFAULT, or what the file says */
function readAt({ kernel, process }: Caller, ops: FileOperations, pos: number, addr: UserAddr, len: number): number {
  const bytes = ops.read(pos, len);
  if (typeof bytes === 'number') return bytes;
  const done = kernel.user.copyTo(process, addr, bytes);
  return done === 0 && bytes.length > 0 ? -EFAULT : done;
}

/** From memory to a file, at a place. */
function writeAt({ kernel, process }: Caller, ops: FileOperations, pos: number, addr: UserAddr, len: number): number {
  const bytes = kernel.user.copyFrom(process, addr, len);
  return bytes.length === 0 && len > 0 ? -EFAULT : ops.write(pos, bytes);
}

export const FILE_CALLS = {
  /** @param flags  O_ bits */
  open(caller: Caller, path: string, flags: number): number {
    const ops = doFilpOpen(caller.kernel, caller.process, path, flags);
    return typeof ops === 'number' ? ops : install(caller, ops);
  },
  stat: ({ kernel, process }: Caller, path: string): FileStat | number => vfsStat(kernel, process, path),
  /** @returns all names in an open folder; -EBADF, -ENOTDIR */
  getdents64({ process }: Caller, fd: number): readonly string[] | number {
    const open = process.files.get(fd);
    return typeof open === 'number' ? open : (open.ops.names?.() ?? -ENOTDIR);
  },
  /** poll(2) of one file, which does not wait. @param events  POLL bits. @returns those that are so; POLLERR is never asked for */
  poll({ process }: Caller, fd: number, events: number): number {
    const open = process.files.get(fd);
    if (typeof open === 'number') return POLLNVAL;
    return (open.ops.poll?.() ?? DEFAULT_POLLMASK) & (events | POLLERR);
  },
  memfd_create: (caller: Caller, name: string): number => install(caller, new Memfd(caller.kernel, name)),
  close: ({ process }: Caller, fd: number): number => process.files.close(fd),
  read(caller: Caller, fd: number, addr: UserAddr, len: number): number {
    const open = caller.process.files.get(fd);
    if (typeof open === 'number') return open;
    const done = readAt(caller, open.ops, open.pos, addr, len);
    if (done > 0) open.pos += done;
    return done;
  },
  write(caller: Caller, fd: number, addr: UserAddr, len: number): number {
    const open = caller.process.files.get(fd);
    if (typeof open === 'number') return open;
    const done = writeAt(caller, open.ops, open.pos, addr, len);
    if (done > 0) open.pos += done;
    return done;
  },
  pread64(caller: Caller, fd: number, addr: UserAddr, len: number, pos: number): number {
    const open = caller.process.files.get(fd);
    if (typeof open === 'number') return open;
    return pos < 0 ? -EINVAL : readAt(caller, open.ops, pos, addr, len);
  },
  pwrite64(caller: Caller, fd: number, addr: UserAddr, len: number, pos: number): number {
    const open = caller.process.files.get(fd);
    if (typeof open === 'number') return open;
    return pos < 0 ? -EINVAL : writeAt(caller, open.ops, pos, addr, len);
  },
  /** @returns the place now, in bytes */
  lseek({ process }: Caller, fd: number, offset: number, whence: number): number {
    const open = process.files.get(fd);
    if (typeof open === 'number') return open;
    const from = [0, open.pos, open.ops.size][whence] ?? null;
    if (from === null || from + offset < 0) return -EINVAL;
    open.pos = from + offset;
    return open.pos;
  },
  fsync({ process }: Caller, fd: number): number {
    const open = process.files.get(fd);
    return typeof open === 'number' ? open : open.ops.fsync();
  },
  ftruncate({ process }: Caller, fd: number, size: number): number {
    const open = process.files.get(fd);
    if (typeof open === 'number') return open;
    if (open.ops.file !== null && !open.ops.file.writable) return -EBADF;
    return size < 0 ? -EINVAL : open.ops.truncate(size);
  },
  unlink: ({ kernel }: Caller, path: string): number => vfsUnlink(kernel, path),
  mkdir: ({ kernel, process }: Caller, path: string): number => vfsMkdir(kernel, process, path),
  rmdir: ({ kernel }: Caller, path: string): number => vfsRmdir(kernel, path),
  rename: ({ kernel }: Caller, from: string, to: string): number => vfsRename(kernel, from, to),
  msync: ({ mm }: Caller, addr: UserAddr, len: number, flags: number): number => doMsync(mm, addr, len, flags),
  sync({ kernel }: Caller): number {
    kernel.flusher.sync();
    return 0;
  },
} as const;
