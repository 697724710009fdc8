/** Entries of huge pages go, are copied for a child, or get new rights. Linux: mm/hugetlb.c. */
import { ENOMEM } from '../include/errno.ts';
import { VM_MAYWRITE, VM_SHARED } from '../include/mm_types.ts';
import { PG_anon, PG_anon_exclusive } from '../include/page_flags.ts';
import { HPAGE_PMD_NR, PMD_SIZE } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { flushHugePage } from './huge_pmd.ts';
import type { HugetlbInode } from './hugetlb_inode.ts';
import { hugeIndex } from './hugetlb_resv.ts';
import type { MemorySystem } from './memory_system.ts';
import { PTE_RW, pmdIndex, ptePfn } from './pte.ts';
import type { VmArea } from './vma.ts';

/**
 * Takes the page at an address out. A private page of whoever was promised it leaves its promise behind, unless there are
 * surplus pages.
 * @param only  if it is this one; null: whichever. @returns whether one went. Linux: __unmap_hugepage_range()
 */
export function zapHugetlbPage(system: MemorySystem, vma: VmArea, addr: UserAddr, only: Pfn | null): boolean {
  const mm = vma.vmMm;
  const pmd = mm.hugePmd(addr);
  if (pmd === null) return false;
  const i = pmdIndex(addr);
  const pfn = ptePfn(pmd[i], pmd[i + 1]);
  if (only !== null && pfn !== only) return false;
  pmd[i] = 0;
  pmd[i + 1] = 0;
  flushHugePage(system, vma, addr);
  mm.hugetlbPages -= HPAGE_PMD_NR;
  const { hugetlb } = system.huge;
  const isOwn = vma.hugetlbUsed !== null && system.memMap.test(pfn, PG_anon);
  system.memMap.mapcount[pfn]--;
  if (isOwn && hugetlb.surplus === 0) {
    hugetlb.setRestoreReserve(pfn, true);
    vma.hugetlbUsed?.delete(hugeIndex(vma, addr));
  }
  system.folios.put(pfn);
  return true;
}

/** All pages of a range of whole huge pages. Linux: unmap_hugepage_range(). */
export function zapHugetlbRange(system: MemorySystem, vma: VmArea, start: UserAddr, end: UserAddr): void {
  for (let addr = start; addr < end; addr += PMD_SIZE) zapHugetlbPage(system, vma, addr, null);
}

/** The child's tables. @returns 0 or -ENOMEM. Linux: copy_hugetlb_page_range() */
export function copyHugetlbRange(system: MemorySystem, child: VmArea, parent: VmArea): number {
  const { memMap } = system;
  const from = parent.vmMm;
  const to = child.vmMm;
  const copyOnWrite = (parent.vmFlags & (VM_SHARED | VM_MAYWRITE)) === VM_MAYWRITE;
  for (let addr = parent.vmStart; addr < parent.vmEnd; addr += PMD_SIZE) {
    const source = from.pmdTable(addr);
    if (source === null) continue;
    const target = to.pmdAlloc(addr);
    if (target === null) return -ENOMEM;
    const i = pmdIndex(addr);
    if (source[i] === 0) continue;
    const pfn = ptePfn(source[i], source[i + 1]);
    if (copyOnWrite) source[i] &= ~PTE_RW;
    target[i] = source[i];
    target[i + 1] = source[i + 1];
    memMap.refcount[pfn]++;
    memMap.mapcount[pfn]++;
    if (memMap.test(pfn, PG_anon)) memMap.clear(pfn, PG_anon_exclusive);
    to.hugetlbPages += HPAGE_PMD_NR;
  }
  return 0;
}

/** A file gets another size: what lies beyond it nobody maps any more. @param size  in huge pages. Linux: hugetlb_vmtruncate() */
export function truncateHugetlb(system: MemorySystem, inode: HugetlbInode, size: number): void {
  if (size >= inode.size) {
    inode.size = size;
    return;
  }
  for (const vma of inode.vmas) {
    const kept = size - hugeIndex(vma, vma.vmStart);
    const start = vma.vmStart + Math.max(kept, 0) * PMD_SIZE;
    if (start < vma.vmEnd) zapHugetlbRange(system, vma, start, vma.vmEnd);
  }
  system.huge.inodes.truncate(inode, size);
}
