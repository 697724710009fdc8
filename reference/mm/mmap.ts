/**
 * mmap(2) and brk(2). Linux: mm/mmap.c.
 */
import { EACCES, EAGAIN, EBADF, EEXIST, EINVAL, ENOMEM, EOVERFLOW, EPERM } from '../include/errno.ts';
import {
  VM_DONTEXPAND,
  VM_EXEC,
  VM_GROWSDOWN,
  VM_HUGETLB,
  VM_LOCKED,
  VM_MAYEXEC,
  VM_MAYREAD,
  VM_MAYSHARE,
  VM_MAYWRITE,
  VM_NOHUGEPAGE,
  VM_NORESERVE,
  VM_READ,
  VM_SHARED,
  VM_WRITE,
  type VmFile,
} from '../include/mm_types.ts';
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_HUGE_MASK,
  MAP_HUGE_SHIFT,
  MAP_HUGETLB,
  MAP_LOCKED,
  MAP_NORESERVE,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_STACK,
  MAP_TYPE,
  type MmapRequest,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../include/mman.ts';
import { PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { pageAlign } from '../lib/page_align.ts';
import { mmPopulate } from './gup.ts';
import { hugetlbVmFile } from './hugetlb_inode.ts';
import type { MmStruct } from './mm_struct.ts';
import { getUnmappedArea } from './unmapped_area.ts';
import { vmStartGap } from './vma.ts';
import { doBrkFlags, mlockFutureOk, mmapRegion } from './vma_map.ts';
import { doVmiAlignMunmap } from './vma_munmap.ts';

/** Linux: MAX_LFS_FILESIZE.  SIMPLIFIED: the same for every file system. */
const MAX_FILE_BYTES = 2 ** 63;

/** Linux: calc_vm_prot_bits(). */
export function calcVmProtBits(prot: number): number {
  return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) | (prot & PROT_EXEC ? VM_EXEC : 0);
}

/** Linux: calc_vm_flag_bits(). */
function calcVmFlagBits(flags: number): number {
  return (
    (flags & MAP_GROWSDOWN ? VM_GROWSDOWN : 0) |
    (flags & MAP_LOCKED ? VM_LOCKED : 0) |
    (flags & MAP_STACK ? VM_NOHUGEPAGE : 0)
  );
}

/** A hint that is not 0 is never below what may be mapped. Linux: round_hint_to_min(). */
function roundHintToMin(mm: MmStruct, hint: UserAddr): UserAddr {
  const page = hint - (hint % PAGE_SIZE);
  const { mmapMinAddr } = mm.owner.machine;
  return page !== 0 && page < mmapMinAddr ? pageAlign(mmapMinAddr) : page;
}

/**
 * Maps memory. The checks come in this order, and the first that fails is the answer.
 * @param newShmem  makes the file behind shared anonymous memory of so many pages
 * @returns the address, or: -EINVAL the offset is not whole pages; -EBADF no such file; -EINVAL len is 0; -ENOMEM len
 *   is absurd, too many mappings, or no room; -EPERM the address is too low; -EEXIST MAP_FIXED_NOREPLACE and something
 *   is there; -EPERM locking is not allowed; -EAGAIN too much would be locked; -EOVERFLOW the offset is absurd; -EACCES
 *   the file was not opened for that; -EINVAL neither private nor shared, or a stack that is shared or of a file; and
 *   then those of mmapRegion()
 */
export function doMmap(mm: MmStruct, request: MmapRequest, newShmem: (sizePages: number) => VmFile): number {
  const { flags, offset } = request;
  if (offset % PAGE_SIZE !== 0) return -EINVAL;
  const asIs = flags & MAP_ANONYMOUS ? null : request.file;
  if (asIs === null && !(flags & MAP_ANONYMOUS)) return -EBADF;
  const isHuge = asIs?.hugetlb !== undefined || (asIs === null && (flags & MAP_HUGETLB) !== 0);
  if (flags & MAP_HUGETLB && !isHuge) return -EINVAL;
  if (isHuge && asIs === null && !hasHugeSize(flags)) return -EINVAL;
  if (request.len === 0) return -EINVAL;
  const len = isHuge ? Math.ceil(request.len / PMD_SIZE) * PMD_SIZE : pageAlign(request.len);
  if (len === 0) return -ENOMEM;
  const file = isHuge ? (asIs ?? newHugetlbFile(mm, len)) : asIs;
  const mapped = mmapFile(mm, { ...request, len, file }, newShmem);
  if (mapped < 0 && isHuge && asIs === null) forgetHugetlbFile(mm, file);
  return mapped;
}

/** The rest, with a length in whole pages, and the file that is behind it. @param request  no file: anonymous memory */
function mmapFile(mm: MmStruct, request: MmapRequest, newShmem: (sizePages: number) => VmFile): number {
  const { prot, flags, offset, len, file } = request;
  if (mm.vmas.size > mm.owner.machine.maxMapCount) return -ENOMEM;

  const fixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0;
  const addr = getUnmappedArea(mm, {
    addr: fixed ? request.addr : roundHintToMin(mm, request.addr),
    len,
    file,
    pgoff: offset / PAGE_SIZE,
    flags: fixed ? flags | MAP_FIXED : flags,
  });
  if (addr < 0) return addr;
  if (flags & MAP_FIXED_NOREPLACE && mm.findVmaIntersection(addr, addr + len) !== null) return -EEXIST;

  const asked = calcVmProtBits(prot) | calcVmFlagBits(flags) | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
  const { capable, rlimits } = mm.owner;
  if (flags & MAP_LOCKED && rlimits.memlock === 0 && !capable.ipcLock) return -EPERM;
  if (!mlockFutureOk(mm, asked, len)) return -EAGAIN;
  if (file !== null && offset + len > MAX_FILE_BYTES) return -EOVERFLOW;
  const kind = file === null ? anonFlags(flags, asked) : fileFlags(flags, asked, file);
  if (kind < 0) return kind;
  const isHuge = file?.hugetlb !== undefined;
  const noReserve = flags & MAP_NORESERVE && (isHuge || mm.owner.machine.overcommitMemory !== 2);
  const vmFlags = kind | (noReserve ? VM_NORESERVE : 0) | (isHuge ? VM_HUGETLB | VM_DONTEXPAND : 0);
  const privateAnon = file === null && !(vmFlags & VM_SHARED);
  const pgoff = file === null ? 0 : offset / PAGE_SIZE;
  const shape = {
    vmStart: addr,
    vmEnd: addr + len,
    vmFlags,
    vmPgoff: privateAnon ? addr / PAGE_SIZE : pgoff,
    vmFile: file,
  };
  const mapped = mmapRegion(mm, shape, newShmem);
  if (mapped >= 0 && (vmFlags & VM_LOCKED || flags & MAP_POPULATE)) mmPopulate(mm, addr, addr + len);
  return mapped;
}

/** Whether the size of the pages that is asked for is the one there is. Linux: hstate_sizelog(). */
function hasHugeSize(flags: number): boolean {
  const log = (flags >>> MAP_HUGE_SHIFT) & MAP_HUGE_MASK;
  return log === 0 || 2 ** log === PMD_SIZE;
}

/** The file behind a mapping of huge pages without a file of its own. Linux: hugetlb_file_setup(). */
function newHugetlbFile(mm: MmStruct, len: number): VmFile {
  const inode = mm.owner.system.huge.inodes.create(len / PMD_SIZE, 0);
  return hugetlbVmFile(inode, '/anon_hugepage', { readable: true, writable: true });
}

/** It was not mapped after all. */
function forgetHugetlbFile(mm: MmStruct, file: VmFile | null): void {
  const { inodes } = mm.owner.system.huge;
  if (file?.hugetlb !== undefined) inodes.putIfUnused(inodes.byId(file.hugetlb));
}

/** @returns VM_ flags or a negative errno */
function anonFlags(flags: number, asked: number): number {
  switch (flags & MAP_TYPE) {
    case MAP_SHARED:
      return asked & VM_GROWSDOWN ? -EINVAL : asked | VM_SHARED | VM_MAYSHARE;
    case MAP_PRIVATE:
      return asked;
    default:
      return -EINVAL;
  }
}

/** @returns VM_ flags or a negative errno */
function fileFlags(flags: number, asked: number, file: VmFile): number {
  const type = flags & MAP_TYPE;
  if (type !== MAP_SHARED && type !== MAP_PRIVATE) return -EINVAL;
  if (type === MAP_SHARED && asked & VM_WRITE && !file.writable) return -EACCES;
  if (!file.readable) return -EACCES;
  if (asked & VM_GROWSDOWN) return -EINVAL;
  if (type === MAP_PRIVATE) return asked;
  return file.writable ? asked | VM_SHARED | VM_MAYSHARE : (asked | VM_MAYSHARE) & ~VM_MAYWRITE;
}

/**
 * Moves the end of the heap, to the byte; pages come and go with it.
 * @returns the end of the heap now: that asked for, or the old one if it could not be
 */
export function brk(mm: MmStruct, addr: UserAddr): UserAddr {
  const { startBrk } = mm.layout;
  if (addr < startBrk || addr - startBrk > mm.owner.rlimits.data) return mm.brk;
  const newBrk = pageAlign(addr);
  const oldBrk = pageAlign(mm.brk);
  if (newBrk < oldBrk ? shrinkHeap(mm, newBrk, oldBrk) : newBrk === oldBrk || growHeap(mm, oldBrk, newBrk)) {
    mm.brk = addr;
  }
  return mm.brk;
}

function shrinkHeap(mm: MmStruct, newBrk: UserAddr, oldBrk: UserAddr): boolean {
  if (mm.findVmaIntersection(newBrk, oldBrk) === null) return false;
  return doVmiAlignMunmap(mm, newBrk, oldBrk) === 0;
}

/** The page above the heap, and the gap below a stack there, stay free. */
function growHeap(mm: MmStruct, oldBrk: UserAddr, newBrk: UserAddr): boolean {
  const { machine } = mm.owner;
  const next = mm.findVmaIntersection(oldBrk, newBrk + PAGE_SIZE + machine.stackGuardGap);
  if (next !== null && newBrk + PAGE_SIZE > vmStartGap(next, machine)) return false;
  return doBrkFlags(mm, oldBrk, newBrk) === 0;
}
