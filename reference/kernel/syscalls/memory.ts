/**
 * The system calls that change an address space, as a process makes them: descriptors instead of files.
 * Arguments in Linux's order; addresses and lengths in bytes. Errors are negative. Linux: mm/mmap.c and neighbours.
 */

import { ENODEV } from '../../include/errno.ts';
import type { VmFile } from '../../include/mm_types.ts';
import { MAP_ANONYMOUS } from '../../include/mman.ts';
import type { UserAddr } from '../../include/types.ts';
import { doMadvise } from '../../mm/madvise.ts';
import { doMlock, doMunlock } from '../../mm/mlock.ts';
import { brk, doMmap } from '../../mm/mmap.ts';
import { doMprotect } from '../../mm/mprotect.ts';
import { doMremap } from '../../mm/mremap.ts';
import { doMseal } from '../../mm/mseal.ts';
import { doMunmap } from '../../mm/vma_munmap.ts';
import type { Caller } from './caller.ts';

/** The file behind shared anonymous memory. */
const newShmem =
  ({ kernel }: Caller) =>
  (sizePages: number): VmFile =>
    kernel.system.shmem.create('dev/zero', sizePages);

export const MEMORY_CALLS = {
  mmap(caller: Caller, addr: UserAddr, len: number, prot: number, flags: number, fd: number, offset: number): number {
    const open = flags & MAP_ANONYMOUS ? null : caller.process.files.get(fd);
    if (typeof open === 'number') return open;
    if (open !== null && open.ops.file === null) return -ENODEV;
    const file = open?.ops.file ?? null;
    return doMmap(caller.mm, { addr, len, prot, flags, file, offset }, newShmem(caller));
  },
  munmap: ({ mm }: Caller, addr: UserAddr, len: number): number => doMunmap(mm, addr, len),
  mprotect: ({ mm }: Caller, addr: UserAddr, len: number, prot: number): number => doMprotect(mm, addr, len, prot),
  mremap({ mm }: Caller, addr: UserAddr, oldLen: number, newLen: number, flags: number, newAddr: UserAddr): number {
    return doMremap(mm, { addr, oldLen, newLen, flags, newAddr });
  },
  madvise: ({ mm }: Caller, addr: UserAddr, len: number, advice: number): number => doMadvise(mm, addr, len, advice),
  mlock: ({ mm }: Caller, addr: UserAddr, len: number): number => doMlock(mm, addr, len, 0),
  mlock2: ({ mm }: Caller, addr: UserAddr, len: number, flags: number): number => doMlock(mm, addr, len, flags),
  munlock: ({ mm }: Caller, addr: UserAddr, len: number): number => doMunlock(mm, addr, len),
  mseal: ({ mm }: Caller, addr: UserAddr, len: number): number => doMseal(mm, addr, len),
  /** @returns the end of the heap now */
  brk: ({ mm }: Caller, addr: UserAddr): UserAddr => brk(mm, addr),
} as const;
