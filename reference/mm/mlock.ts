/** mlock(2), mlock2(2), munlock(2). Linux: mm/mlock.c. */
import { EAGAIN, EFAULT, EINVAL, ENOMEM, EPERM } from '../include/errno.ts';
import { VM_LOCKED, VM_LOCKED_MASK, VM_LOCKONFAULT, VM_SPECIAL } from '../include/mm_types.ts';
import { MLOCK_ONFAULT } from '../include/mman.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { pageAlign } from '../lib/page_align.ts';
import { mmPopulateStrict } from './gup.ts';
import type { MemorySystem } from './memory_system.ts';
import type { MmStruct } from './mm_struct.ts';
import { type HugeVisit, type PteVisit, walkPageRange } from './pagewalk.ts';
import { PTE_SPECIAL, ptePfn, ptePresent } from './pte.ts';
import { PG_LARGE } from './rmap_folio.ts';
import type { VmArea } from './vma.ts';
import { pagesBetween, vmaModifyFlags } from './vma_split.ts';

/**
 * Locks a range in memory, and faults it in.
 * @param start  rounded down to a page
 * @param len  bytes; the end is rounded up to a page
 * @param flags  0, or MLOCK_ONFAULT: do not fault in
 * @returns 0; -EINVAL: unknown flags, or the range wraps around; -EPERM, -ENOMEM: more than the process may lock;
 *   -ENOMEM: a hole, what is before it is locked, or a page that cannot be had, all is locked
 */
export function doMlock(mm: MmStruct, start: UserAddr, len: number, flags: number): number {
  if (flags & ~MLOCK_ONFAULT) return -EINVAL;
  const { capable, rlimits } = mm.owner;
  if (rlimits.memlock === 0 && !capable.ipcLock) return -EPERM;
  const [first, end] = pageRange(start, len);
  const wanted = mm.lockedVm + pagesBetween(first, end);
  const limit = Math.floor(rlimits.memlock / PAGE_SIZE);
  if (wanted > limit && !capable.ipcLock && wanted - countLocked(mm, first, end) > limit) return -ENOMEM;
  const locked = applyVmaLockFlags(mm, first, end, flags & MLOCK_ONFAULT ? VM_LOCKED_MASK : VM_LOCKED);
  if (locked !== 0) return locked;
  const populated = mmPopulateStrict(mm, first, end);
  if (populated === -EFAULT) return -ENOMEM;
  return populated === -ENOMEM ? -EAGAIN : populated;
}

/** Unlocks a range. @returns 0; -EINVAL: it wraps around; -ENOMEM: a hole, what is before it is unlocked */
export function doMunlock(mm: MmStruct, start: UserAddr, len: number): number {
  const [first, end] = pageRange(start, len);
  return applyVmaLockFlags(mm, first, end, 0);
}

function pageRange(start: UserAddr, len: number): [UserAddr, UserAddr] {
  const offset = start % PAGE_SIZE;
  return [start - offset, start - offset + pageAlign(len + offset)];
}

/** Pages of a range that are locked already. Linux: count_mm_mlocked_page_nr(). */
function countLocked(mm: MmStruct, start: UserAddr, end: UserAddr): number {
  let pages = 0;
  for (let vma = mm.findVmaIntersection(start, end); vma !== null; vma = mm.findVmaIntersection(vma.vmEnd, end)) {
    if (vma.vmFlags & VM_LOCKED) pages += pagesBetween(Math.max(start, vma.vmStart), Math.min(end, vma.vmEnd));
  }
  return pages;
}

/** @param lock  VM_LOCKED, both bits, or 0 */
function applyVmaLockFlags(mm: MmStruct, start: UserAddr, end: UserAddr, lock: number): number {
  if (end >= 2 ** 64) return -EINVAL;
  for (let at = start; at < end; ) {
    const vma = mm.vmaLookup(at);
    if (vma === null) return -ENOMEM;
    const changed = mlockFixup(mm, vma, { start: at, end: Math.min(end, vma.vmEnd) }, lock);
    if (typeof changed === 'number') return changed;
    at = changed.vmEnd;
  }
  return 0;
}

/** @returns the mapping that holds the range now, or -ENOMEM */
function mlockFixup(
  mm: MmStruct,
  vma: VmArea,
  range: { readonly start: UserAddr; readonly end: UserAddr },
  lock: number,
): VmArea | number {
  const oldFlags = vma.vmFlags;
  const newFlags = (oldFlags & ~(VM_LOCKED | VM_LOCKONFAULT)) | lock;
  if (newFlags === oldFlags || oldFlags & VM_SPECIAL) return vma;
  const changed = vmaModifyFlags(mm, vma, range, newFlags);
  if (typeof changed === 'number') return changed;
  const pages = pagesBetween(range.start, range.end);
  if ((newFlags ^ oldFlags) & VM_LOCKED) {
    mm.lockedVm += newFlags & VM_LOCKED ? pages : -pages;
    mlockVmaPagesRange(mm.owner.system, changed, range.start, range.end);
  }
  return changed;
}

/**
 * What is in memory already is locked, or no longer, as the mapping's flags say. Linux: mlock_vma_pages_range().
 * SIMPLIFIED: a huge page that is mapped page by page is never locked here; reclaim finds that it is.
 */
function mlockVmaPagesRange({ mlockBatch, memMap }: MemorySystem, vma: VmArea, start: UserAddr, end: UserAddr): void {
  const locked = (vma.vmFlags & VM_LOCKED) !== 0;
  mlockBatch.drain();
  const mark: PteVisit = (words, i) => {
    if (!ptePresent(words[i]) || words[i] & PTE_SPECIAL) return;
    const pfn = ptePfn(words[i], words[i + 1]);
    if (!locked) mlockBatch.munlock(memMap.compoundHead(pfn));
    else if (!memMap.test(pfn, PG_LARGE)) mlockBatch.mlock(pfn);
  };
  const markHuge: HugeVisit = (pmd, i) => {
    if (pmd[i] & PTE_SPECIAL) return;
    const head = ptePfn(pmd[i], pmd[i + 1]);
    if (locked) mlockBatch.mlock(head);
    else mlockBatch.munlock(head);
  };
  walkPageRange(vma.vmMm, start, end, mark, markHuge);
  mlockBatch.drain();
}
