/**
 * Small pages become a huge one: by MADV_COLLAPSE, and by khugepaged. Linux: mm/khugepaged.c.
 *
 *     PTE table    p . p z p s p p ...        p page, . nothing, z zeroes, s in swap
 *     look         is it worth it? is each page anonymous, in an LRU list, held by page tables alone?
 *     take         a huge page from the allocator; what is in swap comes back; look again
 *     copy         p -> its part; . and z -> zeroes; then the huge page instead of the table, which is put aside
 *
 * Whether any of the pages may be written to is not asked: Linux from 6.18 on.
 * SIMPLIFIED: anonymous memory only.
 */
import { VM_FAULT_ERROR, VM_FAULT_OOM } from '../include/fault_types.ts';
import { GFP_TRANSHUGE } from '../include/gfp.ts';
import { VM_HUGETLB, VM_NOHUGEPAGE, VM_SPECIAL } from '../include/mm_types.ts';
import { PG_anon, PG_locked, PG_lru, PG_referenced, PG_swapcache } from '../include/page_flags.ts';
import { HPAGE_PMD_NR, PAGE_SHIFT, PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { mapAnonHugePage, thpVmaSuitable } from './huge_memory.ts';
import type { MemorySystem } from './memory_system.ts';
import type { MmStruct } from './mm_struct.ts';
import { withMm } from './mmget.ts';
import { PTE_ACCESSED, PTE_SPECIAL, pteIsGuard, pteIsSwap, ptePfn, ptePresent } from './pte.ts';
import { folioRemoveRmap, PG_LARGE } from './rmap_folio.ts';
import { type VmArea, vmaIsAnonymous } from './vma.ts';
import { vmaAllocHuge } from './vma_alloc.ts';

/** Who wants it. khugepaged asks whether it is worth it. Linux: struct collapse_control. */
export type CollapseBy = 'khugepaged' | 'madvise';

/** How it went. Linux: enum scan_result. */
export type ScanResult =
  | 'succeed'
  | 'pmdMapped'
  | 'pmdNone'
  | 'exceedNone'
  | 'exceedSwap'
  | 'exceedShared'
  | 'pteNonPresent'
  | 'lackReferenced'
  | 'pageNotAnon'
  | 'pageLock'
  | 'pageLru'
  | 'pageCount'
  | 'allocFail'
  | 'swapFail';

/** Linux: thp_vma_allowable_order(), for whoever collapses. @param sysfsAllows  what `enabled` says, and MADV_HUGEPAGE */
export function collapseAllowable(vma: VmArea, sysfsAllows: boolean): boolean {
  if (!vmaIsAnonymous(vma) || vma.anonVma === null || !sysfsAllows) return false;
  if (vma.vmFlags & (VM_NOHUGEPAGE | VM_SPECIAL | VM_HUGETLB)) return false;
  return vma.vmEnd - PMD_SIZE >= 0 && thpVmaSuitable(vma, vma.vmEnd - PMD_SIZE);
}

/**
 * Collapses one block, if it can be.
 * @param addr  multiple of 2 MiB; the 2 MiB lie in the mapping. Linux: hpage_collapse_scan_pmd()
 */
export function collapsePmd(mm: MmStruct, vma: VmArea, addr: UserAddr, by: CollapseBy): ScanResult {
  const { pages, owner } = mm;
  if (pages.hugePmd(addr) !== null) return 'pmdMapped';
  const words = pages.pteTable(addr);
  if (words === null) return 'pmdNone';
  const seen = scanTable(owner.system, words, by, 'swapMayBe');
  return typeof seen === 'string' ? seen : collapseHugePage(mm, vma, addr, by, seen > 0);
}

/** @param swap  whether entries in swap are counted, or a reason to give up @returns how many are in swap; or why not */
function scanTable(
  system: MemorySystem,
  words: Uint32Array,
  by: CollapseBy,
  swap: 'swapMayBe' | 'noSwap',
): number | ScanResult {
  const { maxPtesNone, maxPtesSwap, maxPtesShared } = system.huge.thp.khugepaged;
  const { events } = system.vmstat;
  const asks = by === 'khugepaged';
  let [none, swapped, shared, referenced] = [0, 0, 0, 0];
  for (let i = 0; i < words.length; i += 2) {
    const low = words[i];
    const high = words[i + 1];
    if ((low | high) === 0 || low & PTE_SPECIAL) {
      if (++none <= maxPtesNone || !asks) continue;
      events.thp_scan_exceed_none_pte++;
      return 'exceedNone';
    }
    if (!ptePresent(low)) {
      if (pteIsGuard(low, high) || swap === 'noSwap') return 'pteNonPresent';
      if (++swapped <= maxPtesSwap || !asks) continue;
      events.thp_scan_exceed_swap_pte++;
      return 'exceedSwap';
    }
    const pfn = ptePfn(low, high);
    const unfit = judgePage(system, pfn);
    if (unfit !== null) return unfit;
    if (isShared(system, pfn) && ++shared > maxPtesShared && asks) {
      events.thp_scan_exceed_share_pte++;
      return 'exceedShared';
    }
    if (low & PTE_ACCESSED || system.memMap.test(system.memMap.compoundHead(pfn), PG_referenced)) referenced++;
  }
  if (asks && (referenced === 0 || (swapped > 0 && referenced < HPAGE_PMD_NR / 2))) return 'lackReferenced';
  return swapped;
}

/** @returns null: it may be copied */
function judgePage({ memMap, huge }: MemorySystem, pfn: Pfn): ScanResult | null {
  const head = memMap.compoundHead(pfn);
  if (!memMap.test(pfn, PG_anon)) return 'pageNotAnon';
  if (!memMap.test(head, PG_lru)) return 'pageLru';
  if (memMap.test(head, PG_locked)) return 'pageLock';
  const mapcount = memMap.test(pfn, PG_LARGE) ? huge.folios.of(head).mapcount : memMap.mapcount[pfn];
  const expected = mapcount + (memMap.test(head, PG_swapcache) ? 1 : 0);
  return memMap.refcount[head] === expected ? null : 'pageCount';
}

/** Linux: folio_maybe_mapped_shared(). */
function isShared({ memMap, huge }: MemorySystem, pfn: Pfn): boolean {
  if (!memMap.test(pfn, PG_LARGE)) return memMap.mapcount[pfn] > 1;
  return huge.folios.of(memMap.compoundHead(pfn)).mappedShared;
}

/** Linux: collapse_huge_page(). */
function collapseHugePage(mm: MmStruct, vma: VmArea, addr: UserAddr, by: CollapseBy, hasSwap: boolean): ScanResult {
  const { system } = mm.owner;
  const { events } = system.vmstat;
  const gfp = by === 'khugepaged' ? system.huge.thp.khugepagedGfp : GFP_TRANSHUGE;
  const head = vmaAllocHuge(system, vma, addr, gfp);
  if (head === null) {
    events.thp_collapse_alloc_failed++;
    return 'allocFail';
  }
  events.thp_collapse_alloc++;
  const result = hasSwap ? swapinTable(mm, vma, addr) : 'succeed';
  system.mlockBatch.drain();
  const words = mm.pages.pteTable(addr);
  const pmd = mm.pages.pmdTable(addr);
  const seen = result !== 'succeed' ? result : words === null ? 'pmdNone' : scanTable(system, words, by, 'noSwap');
  if (words === null || pmd === null || typeof seen === 'string') {
    system.folios.put(head);
    return typeof seen === 'string' ? seen : 'pmdNone';
  }
  mm.pages.depositPteTable(addr);
  // What the CPUs remember are small pages. Linux: pmdp_collapse_flush().
  const range = { start: addr, end: addr + PMD_SIZE, strideShift: PAGE_SHIFT, freedTables: true };
  system.flush.flushTlbMmRange(mm.pages.context, range);
  const gone = copyTable(mm, vma, words, head);
  mapAnonHugePage(mm, vma, addr, pmd, head);
  for (const pfn of gone) {
    if (system.memMap.test(pfn, PG_swapcache)) system.swap?.freeSwapCache(pfn);
    system.folios.put(pfn);
  }
  return 'succeed';
}

/** Brings back what is in swap. Linux: __collapse_huge_page_swapin(). */
function swapinTable(mm: MmStruct, vma: VmArea, addr: UserAddr): ScanResult {
  const { swapFaults } = mm.owner.system;
  for (let at = addr; at < addr + PMD_SIZE; at += PAGE_SIZE) {
    const words = mm.pages.pteTable(at);
    const i = ((at - addr) / PAGE_SIZE) * 2;
    if (words === null || !pteIsSwap(words[i], words[i + 1])) continue;
    const fault = withMm(mm, () => swapFaults?.doSwapPage(mm.pages, vma, at, false)) ?? VM_FAULT_OOM;
    if (fault & VM_FAULT_ERROR) return 'swapFail';
  }
  return 'succeed';
}

/** Linux: __collapse_huge_page_copy(). @returns the pages that were there, with the references of their entries */
function copyTable(mm: MmStruct, vma: VmArea, words: Uint32Array, head: Pfn): Pfn[] {
  const { system } = mm.owner;
  const gone: Pfn[] = [];
  const parts = new Set<Pfn>();
  for (let page = 0; page < HPAGE_PMD_NR; page++) {
    const low = words[2 * page];
    const high = words[2 * page + 1];
    if ((low | high) === 0 || low & PTE_SPECIAL) {
      system.memory.clearFrame(head + page);
      continue;
    }
    const pfn = ptePfn(low, high);
    system.memory.copyFrame(head + page, pfn);
    mm.pages.rss.anon--;
    folioRemoveRmap(system, pfn, vma, parts);
    gone.push(pfn);
  }
  for (const part of parts) system.huge.folios.settle(part);
  return gone;
}
