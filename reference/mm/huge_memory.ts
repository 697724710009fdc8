/**
 * Faults where a huge page is, or fits. Linux: mm/huge_memory.c. Textbook: superpages.
 *
 *     nothing, read       the huge page of zeroes
 *     nothing, write      a huge page of its own; if there is none, a small one
 *     zeroes, write       as before
 *     read-only, write    reused if nobody else has it; else split, and one small page is copied
 */
import { VM_FAULT_FALLBACK, VM_FAULT_OOM } from '../include/fault_types.ts';
import { VM_HUGEPAGE, VM_NOHUGEPAGE, VM_WRITE } from '../include/mm_types.ts';
import { PG_anon_exclusive } from '../include/page_flags.ts';
import { HPAGE_PMD_NR, PMD_SIZE } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { flushHugePage, setHugePmd, splitHugePmd } from './huge_pmd.ts';
import type { MmStruct } from './mm_struct.ts';
import {
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_RW,
  PTE_SPECIAL,
  pmdIndex,
  protHigh,
  protLow,
  ptePfn,
  ptePresent,
} from './pte.ts';
import { anonVmaPrepare } from './rmap.ts';
import { folioAddLruVma } from './rmap_folio.ts';
import { folioAddNewAnonRmapPmd, folioMoveAnonRmapPmd } from './rmap_huge.ts';
import { type VmArea, vmaIsAnonymous } from './vma.ts';
import { vmaAllocHuge } from './vma_alloc.ts';

/** Whether huge pages are wanted in a mapping, whatever its size. Linux: thp_vma_allowable_order(). */
export function thpVmaAllowable({ owner }: MmStruct, vma: VmArea): boolean {
  const { thpEnabled } = owner.machine;
  if (!vmaIsAnonymous(vma) || vma.vmFlags & VM_NOHUGEPAGE) return false;
  return thpEnabled === 'always' || (thpEnabled === 'madvise' && (vma.vmFlags & VM_HUGEPAGE) !== 0);
}

/** Whether the 2 MiB around an address lie in the mapping. Linux: thp_vma_suitable_order(). */
export function thpVmaSuitable(vma: VmArea, addr: UserAddr): boolean {
  const start = addr - (addr % PMD_SIZE);
  return vma.vmStart <= start && start + PMD_SIZE <= vma.vmEnd;
}

/** Anonymous memory without a PTE table is touched. @returns VM_FAULT_ bits; FALLBACK: it is done with small pages */
export function doHugeFault(mm: MmStruct, vma: VmArea, at: UserAddr, write: boolean): number {
  const pmd = mm.pages.hugePmd(at);
  const addr = at - (at % PMD_SIZE);
  if (pmd === null) return doHugePmdAnonymousPage(mm, vma, addr, write);
  const i = pmdIndex(addr);
  if (!ptePresent(pmd[i])) return 0;
  if (write && !(pmd[i] & PTE_RW)) return doHugePmdWpPage(mm, vma, addr, pmd);
  pmd[i] |= PTE_ACCESSED | (write ? PTE_DIRTY : 0);
  if (write) flushHugePage(mm.owner.system, vma, addr);
  return 0;
}

/** Linux: do_huge_pmd_anonymous_page(). */
function doHugePmdAnonymousPage(mm: MmStruct, vma: VmArea, addr: UserAddr, write: boolean): number {
  const { system } = mm.owner;
  if (!thpVmaAllowable(mm, vma)) return VM_FAULT_FALLBACK;
  const pmd = mm.pages.pmdAlloc(addr);
  if (pmd === null) return VM_FAULT_OOM;
  if (!thpVmaSuitable(vma, addr)) return VM_FAULT_FALLBACK;
  anonVmaPrepare(system.rmap, mm.vmas, vma);
  system.huge.enter(mm.pages);
  if (write || !system.huge.thp.useZeroPage) return mapNewHugePage(mm, vma, addr, pmd);
  if (!mm.pages.deposit()) return VM_FAULT_OOM;
  const zero = system.huge.zero.get(mm.pages);
  if (zero === null) {
    mm.pages.freeDeposit();
    system.vmstat.events.thp_fault_fallback++;
    return VM_FAULT_FALLBACK;
  }
  setHugePmd(pmd, pmdIndex(addr), zero, protLow(vma.vmFlags, false) | PTE_SPECIAL, protHigh(vma.vmFlags));
  return 0;
}

/** A huge page full of zeroes, held by the caller; null: there is none. Linux: vma_alloc_anon_folio_pmd() */
function allocHugePage(mm: MmStruct, vma: VmArea, addr: UserAddr): Pfn | null {
  const { system } = mm.owner;
  const { memory, vmstat, huge } = system;
  const head = vmaAllocHuge(system, vma, addr, huge.thp.faultGfp((vma.vmFlags & VM_HUGEPAGE) !== 0));
  if (head === null) {
    vmstat.events.thp_fault_fallback++;
    return null;
  }
  for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) memory.clearFrame(pfn);
  return head;
}

/** Linux: __do_huge_pmd_anonymous_page(). */
function mapNewHugePage(mm: MmStruct, vma: VmArea, addr: UserAddr, pmd: Uint32Array): number {
  const head = allocHugePage(mm, vma, addr);
  if (head === null) return VM_FAULT_FALLBACK;
  if (!mm.pages.deposit()) {
    mm.owner.system.folios.put(head);
    return VM_FAULT_OOM;
  }
  mapAnonHugePage(mm, vma, addr, pmd, head);
  mm.owner.system.vmstat.events.thp_fault_alloc++;
  return 0;
}

/** A new huge page comes into the tables; a table was put aside. Linux: map_anon_folio_pmd() */
export function mapAnonHugePage(mm: MmStruct, vma: VmArea, addr: UserAddr, pmd: Uint32Array, head: Pfn): void {
  const { system } = mm.owner;
  folioAddNewAnonRmapPmd(system, head, vma, addr);
  folioAddLruVma(system, head, vma);
  mm.pages.rss.anon += HPAGE_PMD_NR;
  const low = protLow(vma.vmFlags, false) | PTE_DIRTY | (vma.vmFlags & VM_WRITE ? PTE_RW : 0);
  setHugePmd(pmd, pmdIndex(addr), head, low, protHigh(vma.vmFlags));
}

/** Linux: do_huge_pmd_wp_page(). */
function doHugePmdWpPage(mm: MmStruct, vma: VmArea, addr: UserAddr, pmd: Uint32Array): number {
  const { system } = mm.owner;
  const { memMap } = system;
  const i = pmdIndex(addr);
  if (pmd[i] & PTE_SPECIAL) return doHugeZeroWpPmd(mm, vma, addr, pmd);
  const head = ptePfn(pmd[i], pmd[i + 1]);
  if (!memMap.test(head, PG_anon_exclusive)) {
    if (memMap.refcount[head] > 1) {
      splitHugePmd(system, vma, addr);
      return VM_FAULT_FALLBACK;
    }
    folioMoveAnonRmapPmd(system, head, vma);
  }
  pmd[i] |= PTE_ACCESSED | PTE_DIRTY | (vma.vmFlags & VM_WRITE ? PTE_RW : 0);
  flushHugePage(system, vma, addr);
  return 0;
}

/** Linux: do_huge_zero_wp_pmd(). */
function doHugeZeroWpPmd(mm: MmStruct, vma: VmArea, addr: UserAddr, pmd: Uint32Array): number {
  const { system } = mm.owner;
  const head = allocHugePage(mm, vma, addr);
  if (head === null) {
    splitHugePmd(system, vma, addr);
    return VM_FAULT_FALLBACK;
  }
  pmd[pmdIndex(addr)] = 0;
  flushHugePage(system, vma, addr);
  mapAnonHugePage(mm, vma, addr, pmd, head);
  system.vmstat.events.thp_fault_alloc++;
  return 0;
}
