/**
 * Taking mappings away. Linux: mm/vma.c, vms_gather_munmap_vmas() and vms_complete_munmap_vmas().
 *
 * First all that may fail: cut both ends, ask every mapping. Then, with no way back, they go. What fails in the first
 * part leaves the cuts behind.
 */
import { EINVAL, ENOMEM, EPERM } from '../include/errno.ts';
import { VM_ACCOUNT, VM_LOCKED } from '../include/mm_types.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { pageAlign } from '../lib/page_align.ts';
import type { MmStruct } from './mm_struct.ts';
import { canModifyVma, type VmArea, vmaPages } from './vma.ts';
import { maySplit, splitVmaUnchecked } from './vma_split.ts';
import { zapPageRange } from './zap.ts';

/** The mappings of a range, cut out and ready to go. */
export interface Gathered {
  readonly vmas: readonly VmArea[];
  readonly pages: number;
  /** Pages of them that were promised. */
  readonly accounted: number;
}

/**
 * Cuts the mappings of start..end out of their surroundings.
 * @returns -EPERM if one is sealed; -EINVAL if it would cut a page of hugetlb; -ENOMEM if it would take a hole out of a mapping when there are too many already
 */
export function gatherMunmapVmas(mm: MmStruct, start: UserAddr, end: UserAddr): Gathered | number {
  const vmas: VmArea[] = [];
  let vma = mm.findVmaIntersection(start, end);
  if (vma !== null && vma.vmStart < start) {
    if (vma.vmEnd > end && mm.vmas.size >= mm.owner.machine.maxMapCount) return -ENOMEM;
    if (!canModifyVma(vma)) return -EPERM;
    if (!maySplit(vma, start)) return -EINVAL;
    vma = splitVmaUnchecked(mm, vma, start);
  }
  for (; vma !== null; vma = mm.findVmaIntersection(vma.vmEnd, end)) {
    if (!canModifyVma(vma)) return -EPERM;
    if (vma.vmEnd > end && !maySplit(vma, end)) return -EINVAL;
    if (vma.vmEnd > end) splitVmaUnchecked(mm, vma, end);
    vmas.push(vma);
  }
  const sum = (list: readonly VmArea[]): number => list.reduce((pages, each) => pages + vmaPages(each), 0);
  return { vmas, pages: sum(vmas), accounted: sum(vmas.filter(({ vmFlags }) => vmFlags & VM_ACCOUNT)) };
}

/** They go, with their pages. What was promised for them is left to the caller. */
export function completeMunmapVmas(mm: MmStruct, { vmas }: Gathered): void {
  unmapRegion(mm, vmas);
  for (const vma of vmas) {
    mm.vmStatAccount(vma.vmFlags, -vmaPages(vma));
    if (vma.vmFlags & VM_LOCKED) mm.lockedVm -= vmaPages(vma);
    mm.remove(vma);
  }
}

/** Their pages, and the page tables that no other mapping needs. Linux: unmap_region(), free_pgtables(). */
function unmapRegion(mm: MmStruct, vmas: readonly VmArea[]): void {
  const first = vmas[0];
  const last = vmas.at(-1);
  if (first === undefined || last === undefined) return;
  const { pages } = mm;
  for (const vma of vmas) zapPageRange(mm.owner.system, vma, vma.vmStart, vma.vmEnd, 'unmap');
  const floor = mm.vmas.findPrev(first.vmStart)?.vmEnd ?? 0;
  const ceiling = mm.vmas.find(last.vmEnd)?.vmStart ?? Infinity;
  const before = pages.pgtablesBytes;
  vmas.forEach((vma, i) => {
    pages.freeRange(vma.vmStart, vma.vmEnd, floor, vmas[i + 1]?.vmStart ?? ceiling);
  });
  if (pages.pgtablesBytes === before) return;
  const range = { start: first.vmStart, end: last.vmEnd, strideShift: PAGE_SHIFT, freedTables: true };
  pages.rooms.flush.flushTlbMmRange(pages.context, range);
}

/**
 * munmap(2): nothing is mapped in the range any more; holes in it are fine.
 * @param len  bytes, rounded up to pages
 * @returns 0; -EINVAL: start is not a page, len is 0, or the range leaves the user half; -EPERM: sealed; -ENOMEM
 */
export function doMunmap(mm: MmStruct, start: UserAddr, len: number): number {
  if (start % PAGE_SIZE !== 0 || start > mm.taskSize || len > mm.taskSize - start) return -EINVAL;
  const end = start + pageAlign(len);
  return end === start ? -EINVAL : doVmiAlignMunmap(mm, start, end);
}

/** The same for whole pages. */
export function doVmiAlignMunmap(mm: MmStruct, start: UserAddr, end: UserAddr): number {
  const gathered = gatherMunmapVmas(mm, start, end);
  if (typeof gathered === 'number') return gathered;
  completeMunmapVmas(mm, gathered);
  mm.owner.commit.vmUnacctMemory(gathered.accounted);
  return 0;
}
