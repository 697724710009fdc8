/**
 * Entries of PMD tables that map a huge page of anonymous memory, or the huge page of zeroes. Linux: mm/huge_memory.c.
 *
 *     split:   PMD --> [ 512 frames ]     becomes     PMD --> PTE table --> the same 512 frames, one by one
 *
 * The frames stay one folio: what is split here is how they are mapped. (The folio itself: split_folio.ts.) The PTE table
 * was put aside when the huge page was mapped, so that splitting cannot fail.
 */
import { EAGAIN, ENOMEM } from '../include/errno.ts';
import { VM_HUGETLB, VM_MAYWRITE, VM_SHARED, VM_WRITE } from '../include/mm_types.ts';
import { PG_anon_exclusive, PG_dirty } from '../include/page_flags.ts';
import { HPAGE_PMD_NR, PMD_SIZE } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { MemorySystem } from './memory_system.ts';
import {
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_PSE,
  PTE_RW,
  PTE_SPECIAL,
  pfnHigh,
  pfnLow,
  pmdIndex,
  protHigh,
  protLow,
  pteModifyHigh,
  pteModifyLow,
  ptePfn,
} from './pte.ts';
import { folioDupRmapPmd, folioRemoveRmapPmd, folioSplitRmapPmd } from './rmap_huge.ts';
import { type VmArea, vmaIsAnonymous } from './vma.ts';

/** log2 of what one entry maps, for flushes. */
const PMD_SHIFT = 21;

/** The CPUs forget a huge page. @param addr  multiple of 2 MiB. Linux: flush_pmd_tlb_range() */
export function flushHugePage(system: MemorySystem, vma: VmArea, addr: UserAddr): void {
  const range = { start: addr, end: addr + PMD_SIZE, strideShift: PMD_SHIFT, freedTables: false };
  system.flush.flushTlbMmRange(vma.vmMm.context, range);
}

/** Writes an entry that maps a huge page. @param low  what it is besides the frame and PTE_PSE */
export function setHugePmd(pmd: Uint32Array, i: number, head: Pfn, low: number, high: number): void {
  pmd[i] = pfnLow(head) | PTE_PSE | low;
  pmd[i + 1] = pfnHigh(head) | high;
}

/** From one entry to 512, if there is a huge page at an address. Linux: __split_huge_pmd(). */
export function splitHugePmd(system: MemorySystem, vma: VmArea, at: UserAddr): void {
  const pmd = vma.vmMm.hugePmd(at);
  if (pmd === null) return;
  const addr = at - (at % PMD_SIZE);
  const i = pmdIndex(addr);
  const low = pmd[i];
  const high = pmd[i + 1];
  const head = ptePfn(low, high);
  system.vmstat.events.thp_split_pmd++;
  pmd[i] = 0;
  pmd[i + 1] = 0;
  flushHugePage(system, vma, addr);
  const words = vma.vmMm.populate(addr);
  if (low & PTE_SPECIAL) {
    const zero = system.zeroPage;
    fill(words, zero, 0, protLow(vma.vmFlags, false) | PTE_SPECIAL, protHigh(vma.vmFlags));
    return;
  }
  if (low & PTE_DIRTY) system.memMap.set(head, PG_dirty);
  const kept = low & (PTE_RW | PTE_DIRTY | PTE_ACCESSED);
  const prot = protLow(vma.vmFlags, false) & ~(PTE_RW | PTE_ACCESSED);
  fill(words, head, 1, prot | kept, protHigh(vma.vmFlags));
  folioSplitRmapPmd(system, head, vma);
}

/** @param step  from the frame of one entry to that of the next */
function fill(words: Uint32Array, first: Pfn, step: number, low: number, high: number): void {
  for (let page = 0; page < HPAGE_PMD_NR; page++) {
    const pfn = first + page * step;
    words[2 * page] = pfnLow(pfn) | low;
    words[2 * page + 1] = pfnHigh(pfn) | high;
  }
}

/** A mapping is about to end, or begin, at an address: no huge page may lie across it. Linux: vma_adjust_trans_huge(). */
export function splitHugePmdAt(system: MemorySystem, vma: VmArea, addr: UserAddr): void {
  if (addr % PMD_SIZE !== 0 && vmaIsAnonymous(vma)) splitHugePmd(system, vma, addr);
}

/** Takes a huge page out of a page table. @returns it, with the reference of the entry; null: zeroes. Linux: zap_huge_pmd() */
export function zapHugePmd(system: MemorySystem, vma: VmArea, addr: UserAddr): Pfn | null {
  const mm = vma.vmMm;
  const pmd = mm.hugePmd(addr) ?? panic(`huge_pmd: no huge page at ${addr}`);
  const i = pmdIndex(addr);
  const low = pmd[i];
  const head = ptePfn(low, pmd[i + 1]);
  pmd[i] = 0;
  pmd[i + 1] = 0;
  mm.freeDeposit();
  if (low & PTE_SPECIAL) return null;
  mm.rss.anon -= HPAGE_PMD_NR;
  folioRemoveRmapPmd(system, head, vma);
  return head;
}

/**
 * The child maps the same huge page; neither may write to it. Linux: copy_huge_pmd().
 * @returns 0; -ENOMEM; -EAGAIN: getting memory has split it
 */
export function copyHugePmd(system: MemorySystem, child: VmArea, parent: VmArea, addr: UserAddr): number {
  const to = child.vmMm;
  const target = to.pmdAlloc(addr);
  if (target === null || !to.deposit()) return -ENOMEM;
  const from = parent.vmMm.hugePmd(addr);
  if (from === null) {
    to.freeDeposit();
    return -EAGAIN;
  }
  const i = pmdIndex(addr);
  if ((parent.vmFlags & (VM_SHARED | VM_MAYWRITE)) === VM_MAYWRITE) from[i] &= ~PTE_RW;
  const low = from[i];
  if (low & PTE_SPECIAL) system.huge.zero.get(to);
  else {
    const head = ptePfn(low, from[i + 1]);
    system.memMap.refcount[head]++;
    folioDupRmapPmd(system, head, to);
    to.rss.anon += HPAGE_PMD_NR;
  }
  target[i] = low & ~PTE_ACCESSED;
  target[i + 1] = from[i + 1];
  return 0;
}

/** New rights. @param vma  with its new flags @param addr  multiple of 2 MiB, all of it changes. Linux: change_huge_pmd() */
export function changeHugePmd(system: MemorySystem, vma: VmArea, addr: UserAddr): void {
  const pmd = vma.vmMm.hugePmd(addr) ?? panic(`huge_pmd: no huge page at ${addr}`);
  const i = pmdIndex(addr);
  const changed = pteModifyLow(pmd[i], protLow(vma.vmFlags, false));
  const isOwn =
    !(changed & PTE_SPECIAL) &&
    !(vma.vmFlags & VM_HUGETLB) &&
    system.memMap.test(ptePfn(changed, pmd[i + 1]), PG_anon_exclusive);
  pmd[i] = vma.vmFlags & VM_WRITE && isOwn ? changed | PTE_RW : changed;
  pmd[i + 1] = pteModifyHigh(pmd[i + 1], protHigh(vma.vmFlags));
}

/** Bytes from an address to the end of its 2 MiB are all of them. */
export const isWholePmd = (start: UserAddr, end: UserAddr): boolean =>
  end - start === PMD_SIZE && start % PMD_SIZE === 0;

/** A huge page lies at an address, which nobody may keep in one piece if only a part of it changes. */
export function splitUnlessWhole(system: MemorySystem, vma: VmArea, start: UserAddr, end: UserAddr): boolean {
  if (vma.vmMm.hugePmd(start) === null) return false;
  if (isWholePmd(start, end)) return true;
  splitHugePmd(system, vma, start);
  return false;
}
