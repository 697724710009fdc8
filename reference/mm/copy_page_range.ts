/**
 * The child's page tables: the same pages, and private ones read-only on both sides. Linux: mm/memory.c, copy_page_range().
 *
 *     before   parent: rw [p]             after   parent: r- [p] r- :child      PG_anon_exclusive is gone
 *
 * What the child can find again by itself is not copied: mappings that have never had a page of their own.
 */
import { EAGAIN, ENOMEM } from '../include/errno.ts';
import { VM_HUGETLB, VM_MAYBE_GUARD, VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED } from '../include/mm_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';
import { copyHugePmd } from './huge_pmd.ts';
import { copyHugetlbRange } from './hugetlb_zap.ts';
import type { MemorySystem } from './memory_system.ts';
import type { MmPages } from './mm_pages.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_RW, PTE_SPECIAL, pteIndex, pteIsGuard, ptePfn, ptePresent } from './pte.ts';
import { folioDupRmap, mmCounter } from './rmap_folio.ts';
import { pteToSwpEntry, SWP_EXCLUSIVE } from './swapops.ts';
import type { VmArea } from './vma.ts';

/** Linux: vma_needs_copy(). */
export const vmaNeedsCopy = (vma: VmArea): boolean =>
  vma.anonVma !== null || (vma.vmFlags & (VM_PFNMAP | VM_MIXEDMAP | VM_MAYBE_GUARD)) !== 0;

/** @returns 0, or -ENOMEM: what has been copied stays, and goes with the child */
export function copyPageRange(system: MemorySystem, child: VmArea, parent: VmArea): number {
  const { vmMm: from, vmStart, vmEnd } = parent;
  const to = child.vmMm;
  if (parent.vmFlags & VM_HUGETLB) return copyHugetlbRange(system, child, parent);
  if (!copyUpperTables(from, to, vmStart, vmEnd)) return -ENOMEM;
  for (let at = from.nextTable(vmStart, vmEnd); at >= 0; ) {
    const stop = from.tableEnd(at, vmEnd);
    const source = from.pteTable(at);
    if (source === null) {
      const copied = copyHugePmd(system, child, parent, at);
      if (copied === -EAGAIN) continue;
      if (copied !== 0) return copied;
    } else {
      const target = to.pteAlloc(at);
      if (target === null) return -ENOMEM;
      const copied = copyPteRange(system, { child, parent, source, target }, at, stop);
      if (copied !== 0) return copied;
    }
    at = from.nextTable(stop, vmEnd);
  }
  return 0;
}

/** Tables that lead to nothing in the parent lead to nothing in the child. @returns whether there was memory */
function copyUpperTables(from: MmPages, to: MmPages, start: UserAddr, end: UserAddr): boolean {
  if (from.nextTable(start, end) >= 0) return true;
  const tables = from.tablesAt(start);
  if (tables >= 2) return to.pmdAlloc(start) !== null;
  return tables === 0 || to.pudAlloc(start) !== null;
}

/** Two tables that map the same addresses. */
interface Twins {
  readonly child: VmArea;
  readonly parent: VmArea;
  readonly source: Uint32Array;
  readonly target: Uint32Array;
}

function copyPteRange(system: MemorySystem, twins: Twins, start: UserAddr, end: UserAddr): number {
  const { source } = twins;
  const first = pteIndex(start);
  const stop = first + ((end - start) / PAGE_SIZE) * 2;
  for (let i = first; i < stop; i += 2) {
    const low = source[i];
    const high = source[i + 1];
    if ((low | high) === 0) continue;
    if (ptePresent(low)) copyPresent(system, twins, i);
    else if (!copyMarked(system, twins, i)) return -ENOMEM;
  }
  return 0;
}

/** Linux: copy_present_ptes(). */
function copyPresent(system: MemorySystem, { child, parent, source, target }: Twins, i: number): void {
  let low = source[i];
  const high = source[i + 1];
  if (!(low & PTE_SPECIAL)) {
    const pfn = ptePfn(low, high);
    system.memMap.refcount[system.memMap.compoundHead(pfn)]++;
    folioDupRmap(system, pfn, child.vmMm);
    child.vmMm.rss[mmCounter(system, pfn)]++;
  }
  const copyOnWrite = (parent.vmFlags & (VM_SHARED | VM_MAYWRITE)) === VM_MAYWRITE;
  if (copyOnWrite && low & PTE_RW) {
    low &= ~PTE_RW;
    source[i] = low;
  }
  target[i] = low & ~(PTE_ACCESSED | (parent.vmFlags & VM_SHARED ? PTE_DIRTY : 0));
  target[i + 1] = high;
}

/** A guard, or a place in swap. @returns whether there was memory. Linux: copy_nonpresent_pte() */
function copyMarked(system: MemorySystem, { child, source, target }: Twins, i: number): boolean {
  const low = source[i];
  const high = source[i + 1];
  if (!pteIsGuard(low, high)) {
    const refused = system.swap?.swap.swapDuplicate(pteToSwpEntry(low, high)) ?? 0;
    if (refused !== 0) return false;
    child.vmMm.rss.swapents++;
    source[i] = low & ~SWP_EXCLUSIVE;
  }
  target[i] = low & ~SWP_EXCLUSIVE;
  target[i + 1] = high;
  return true;
}
