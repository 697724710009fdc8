/**
 * Faulting pages in for a process, without its touching them. Linux: mm/gup.c.
 */
import { EFAULT, EINVAL, ENOMEM } from '../include/errno.ts';
import { VM_FAULT_ERROR, VM_FAULT_OOM } from '../include/fault_types.ts';
import { VM_IO, VM_LOCKONFAULT, VM_PFNMAP, VM_READ, VM_SHARED, VM_WRITE } from '../include/mm_types.ts';
import { PG_anon, PG_dirty, PG_hugetlb } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { folioMarkAccessed, folioMarkDirty } from './folio_file.ts';
import { handleMmFault } from './memory.ts';
import type { MemorySystem } from './memory_system.ts';
import type { MmStruct } from './mm_struct.ts';
import { PTE_DIRTY, PTE_PRESENT, PTE_RW, PTE_SPECIAL, pmdIndex, pteIndex, ptePfn } from './pte.ts';
import { type VmArea, vmaIsAccessible } from './vma.ts';

/**
 * Faults in start..end, which lies inside one mapping. Writes if that breaks the sharing of private pages.
 * Linux: populate_vma_page_range().
 * @returns 0; -EFAULT: no rights at all, or a page that cannot be had; -ENOMEM
 */
export function populateVmaPageRange(mm: MmStruct, vma: VmArea, start: UserAddr, end: UserAddr): number {
  if (vma.vmFlags & VM_LOCKONFAULT) return 0;
  if (vma.vmFlags & (VM_IO | VM_PFNMAP) || !vmaIsAccessible(vma)) return -EFAULT;
  return faultIn(mm, vma, { start, end, write: (vma.vmFlags & (VM_WRITE | VM_SHARED)) === VM_WRITE });
}

function faultIn(mm: MmStruct, vma: VmArea, range: { start: UserAddr; end: UserAddr; write: boolean }): number {
  for (let addr = range.start; addr < range.end; addr += PAGE_SIZE) {
    while (!followPage(mm, addr, range.write)) {
      const fault = handleMmFault(mm, vma, addr, range.write);
      if (fault & VM_FAULT_OOM) return -ENOMEM;
      if (fault & VM_FAULT_ERROR) return -EFAULT;
      if (vma.vmFile !== null && vma.vmFile.mapping === undefined) break;
    }
  }
  return 0;
}

/** Whether the page is there, and writable if it must be; it counts as used then. Linux: follow_page_pte(), FOLL_TOUCH. */
function followPage(mm: MmStruct, addr: UserAddr, write: boolean): boolean {
  const table = mm.pages.pteTable(addr);
  const words = table ?? mm.pages.hugePmd(addr);
  if (words === null) return false;
  const i = table === null ? pmdIndex(addr) : pteIndex(addr);
  const low = words[i];
  if (!(low & PTE_PRESENT) || (write && !(low & PTE_RW))) return false;
  if (low & PTE_SPECIAL) return true;
  const pfn = ptePfn(low, words[i + 1]);
  touch(mm.owner.system, mm.owner.system.memMap.compoundHead(pfn), write && !(low & PTE_DIRTY));
  return true;
}

function touch(system: MemorySystem, pfn: Pfn, makeDirty: boolean): void {
  if (system.memMap.test(pfn, PG_hugetlb)) return;
  const isAnon = system.memMap.test(pfn, PG_anon);
  if (makeDirty && !system.memMap.test(pfn, PG_dirty)) {
    if (isAnon) system.memMap.set(pfn, PG_dirty);
    else folioMarkDirty(system, pfn);
  }
  if (isAnon) system.folios.markAccessed(pfn);
  else folioMarkAccessed(system, pfn);
}

/**
 * Faults in all mappings of start..end; holes are skipped. For mlock. Linux: __mm_populate().
 * @returns 0 or the first error; what lies behind it is left alone
 */
export function mmPopulateStrict(mm: MmStruct, start: UserAddr, end: UserAddr): number {
  for (let vma = mm.findVmaIntersection(start, end); vma !== null; vma = mm.findVmaIntersection(vma.vmEnd, end)) {
    if (vma.vmFlags & (VM_IO | VM_PFNMAP)) continue;
    const error = populateVmaPageRange(mm, vma, Math.max(start, vma.vmStart), Math.min(end, vma.vmEnd));
    if (error !== 0) return error;
  }
  return 0;
}

/** The same as a favour: a mapping that fails is left, the next one tried. For mmap. Linux: mm_populate(). */
export function mmPopulate(mm: MmStruct, start: UserAddr, end: UserAddr): void {
  for (let vma = mm.findVmaIntersection(start, end); vma !== null; vma = mm.findVmaIntersection(vma.vmEnd, end)) {
    populateVmaPageRange(mm, vma, Math.max(start, vma.vmStart), Math.min(end, vma.vmEnd));
  }
}

/**
 * MADV_POPULATE_READ and _WRITE. Linux: madvise_populate(), faultin_page_range().
 * @returns 0; -ENOMEM at a hole; -EINVAL at a mapping without the right; -EFAULT at a page that cannot be had
 */
export function faultinPageRange(mm: MmStruct, start: UserAddr, end: UserAddr, write: boolean): number {
  for (let addr = start; addr < end; ) {
    const vma = mm.vmaLookup(addr);
    if (vma === null) return -ENOMEM;
    if (vma.vmFlags & (VM_IO | VM_PFNMAP) || !(vma.vmFlags & (write ? VM_WRITE : VM_READ))) return -EINVAL;
    const stop = Math.min(end, vma.vmEnd);
    const error = faultIn(mm, vma, { start: addr, end: stop, write });
    if (error !== 0) return error;
    addr = stop;
  }
  return 0;
}
