/** mprotect(2). Linux: mm/mprotect.c. */
import { EACCES, EINVAL, ENOMEM, EPERM } from '../include/errno.ts';
import {
  VM_ACCESS_FLAGS,
  VM_ACCOUNT,
  VM_HUGETLB,
  VM_LOCKED,
  VM_NORESERVE,
  VM_SHARED,
  VM_WRITE,
} from '../include/mm_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { pageAlign } from '../lib/page_align.ts';
import { changeProtection } from './change_protection.ts';
import { populateVmaPageRange } from './gup.ts';
import type { MmStruct } from './mm_struct.ts';
import { calcVmProtBits } from './mmap.ts';
import { canModifyVma, type VmArea, vmaIsAnonymous } from './vma.ts';
import { charge, mayExpandVm } from './vma_map.ts';
import { pagesBetween, vmaModifyFlags } from './vma_split.ts';

/**
 * Changes the rights of a range. What lies before the first hole or refusal stays changed.
 * @param len  bytes, rounded up to pages; 0 changes nothing
 * @param prot  PROT_ bits
 * @returns 0; -EINVAL: start is not a page; -ENOMEM: a hole, the range wraps around, or a limit; -EACCES: rights that
 *   the mapping cannot have; -EPERM: sealed
 */
export function doMprotect(mm: MmStruct, start: UserAddr, len: number, prot: number): number {
  if (start % PAGE_SIZE !== 0) return -EINVAL;
  if (len === 0) return 0;
  const bytes = pageAlign(len);
  const end = start + bytes;
  if (bytes === 0 || end >= 2 ** 64) return -ENOMEM;
  for (let at = start; at < end; ) {
    const vma = mm.vmaLookup(at);
    if (vma === null) return -ENOMEM;
    const newFlags = calcVmProtBits(prot) | (vma.vmFlags & ~VM_ACCESS_FLAGS);
    // The MAY bits stand four places above the bits they are for.
    if (newFlags & ~(newFlags >> 4) & VM_ACCESS_FLAGS) return -EACCES;
    const changed = mprotectFixup(mm, vma, { start: at, end: Math.min(end, vma.vmEnd) }, newFlags);
    if (typeof changed === 'number') return changed;
    at = changed.vmEnd;
  }
  return 0;
}

/**
 * Gives a part of one mapping new flags. Private memory is promised when it becomes writable, once; the promise is
 * taken back only if the mapping has never had a page of its own.
 * @returns the mapping that holds the range now, or a negative errno
 */
function mprotectFixup(
  mm: MmStruct,
  vma: VmArea,
  range: { readonly start: UserAddr; readonly end: UserAddr },
  wanted: number,
): VmArea | number {
  const { start, end } = range;
  const oldFlags = vma.vmFlags;
  if (!canModifyVma(vma)) return -EPERM;
  if (wanted === oldFlags) return vma;
  const pages = pagesBetween(start, end);
  let newFlags = wanted;
  if (newFlags & VM_WRITE) {
    if (!mayExpandVm(mm, newFlags, pages) && mayExpandVm(mm, oldFlags, pages)) return -ENOMEM;
    if (!(oldFlags & (VM_ACCOUNT | VM_WRITE | VM_HUGETLB | VM_SHARED | VM_NORESERVE))) {
      if (charge(mm, pages) !== 0) return -ENOMEM;
      newFlags |= VM_ACCOUNT;
    }
  } else if (oldFlags & VM_ACCOUNT && vmaIsAnonymous(vma) && vma.anonVma === null) {
    newFlags &= ~VM_ACCOUNT;
  }
  const changed = vmaModifyFlags(mm, vma, range, newFlags);
  if (typeof changed === 'number') {
    if (newFlags & ~oldFlags & VM_ACCOUNT) mm.owner.commit.vmUnacctMemory(pages);
    return changed;
  }
  if (oldFlags & ~newFlags & VM_ACCOUNT) mm.owner.commit.vmUnacctMemory(pages);
  mm.vmStatAccount(oldFlags, -pages);
  mm.vmStatAccount(newFlags, pages);
  changeProtection(mm.owner.system, changed, start, end);
  if ((oldFlags & (VM_WRITE | VM_SHARED | VM_LOCKED)) === VM_LOCKED && newFlags & VM_WRITE) {
    populateVmaPageRange(mm, changed, start, end);
  }
  return changed;
}
