/**
 * Taking pages out of page tables: munmap, exit, MADV_DONTNEED, and a file that becomes shorter.
 * Linux: mm/memory.c, zap_pte_range(); include/asm-generic/tlb.h.
 *
 *     clear the entries  ->  the CPUs forget them  ->  the pages are let go
 */
import { VM_HUGETLB, VM_RAND_READ, VM_SEQ_READ } from '../include/mm_types.ts';
import { PG_anon, PG_swapcache } from '../include/page_flags.ts';
import { PAGE_SHIFT, PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { folioMarkAccessed, folioMarkDirty } from './folio_file.ts';
import { splitUnlessWhole, zapHugePmd } from './huge_pmd.ts';
import { zapHugetlbRange } from './hugetlb_zap.ts';
import type { MemorySystem } from './memory_system.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_SPECIAL, pteIndex, pteIsGuard, ptePfn, ptePresent } from './pte.ts';
import { folioRemoveRmap, mmCounter } from './rmap_folio.ts';
import { pteToSwpEntry } from './swapops.ts';
import type { VmArea } from './vma.ts';

/**
 * What goes. unmap: everything, guards too. dontneed: guards stay, and a PTE table that is emptied as a whole is freed.
 * pages: guards and tables stay. file: only pages of the file, private copies stay too.
 */
export type ZapKind = 'unmap' | 'dontneed' | 'pages' | 'file';

/** Linux: zap_page_range_single(), unmap_page_range(). */
export function zapPageRange(system: MemorySystem, vma: VmArea, start: UserAddr, end: UserAddr, kind: ZapKind): void {
  const mm = vma.vmMm;
  mm.updateHiwaterRss();
  if (vma.vmFlags & VM_HUGETLB) {
    zapHugetlbRange(system, vma, start, end);
    return;
  }
  const gone: Pfn[] = [];
  const parts = new Set<Pfn>();
  let any = false;
  let freedTables = false;
  for (let at = mm.nextTable(start, end); at >= 0; ) {
    const stop = mm.tableEnd(at, end);
    const words = tableToZap(system, vma, at, stop, gone);
    if (words === null) any = true;
    else {
      const kept = new PteZap(system, vma, kind, gone, parts).range(words, at, stop);
      any = true;
      if (kind === 'dontneed' && stop - at === PMD_SIZE && !kept) {
        mm.freePteTable(at);
        freedTables = true;
      }
    }
    at = mm.nextTable(stop, end);
  }
  if (any) system.flush.flushTlbMmRange(mm.context, { start, end, strideShift: PAGE_SHIFT, freedTables });
  for (const head of parts) system.huge.folios.settle(head);
  for (const pfn of gone) {
    if (system.memMap.test(pfn, PG_swapcache)) system.swap?.freeSwapCache(pfn);
    system.folios.put(pfn);
  }
}

/** The PTE table of a part of a mapping; null: a huge page lay there, which is gone. */
function tableToZap(
  system: MemorySystem,
  vma: VmArea,
  start: UserAddr,
  end: UserAddr,
  gone: Pfn[],
): Uint32Array | null {
  const words = vma.vmMm.pteTable(start);
  if (words !== null) return words;
  if (!splitUnlessWhole(system, vma, start, end)) return vma.vmMm.pteTable(start);
  const head = zapHugePmd(system, vma, start);
  if (head !== null) gone.push(head);
  return null;
}

/** The entries of one table. */
class PteZap {
  readonly #system: MemorySystem;
  readonly #vma: VmArea;
  readonly #kind: ZapKind;
  readonly #gone: Pfn[];
  /** Huge pages of which a part goes. */
  readonly #parts: Set<Pfn>;
  /** Of the pages of one folio, one after the other, only the first that was used tells the LRU. */
  #lastIndex = -2;
  #toldOfUse = false;

  constructor(system: MemorySystem, vma: VmArea, kind: ZapKind, gone: Pfn[], parts: Set<Pfn>) {
    this.#system = system;
    this.#vma = vma;
    this.#kind = kind;
    this.#gone = gone;
    this.#parts = parts;
  }

  /** @returns whether an entry is left */
  range(words: Uint32Array, start: UserAddr, end: UserAddr): boolean {
    let kept = false;
    const first = pteIndex(start);
    const stop = first + ((end - start) / PAGE_SIZE) * 2;
    for (let i = first; i < stop; i += 2) {
      const low = words[i];
      const high = words[i + 1];
      if ((low | high) === 0) continue;
      if (ptePresent(low) ? this.#present(low, high) : this.#marked(low, high)) {
        words[i] = 0;
        words[i + 1] = 0;
      } else {
        kept = true;
      }
    }
    return kept;
  }

  /** @returns whether it goes */
  #present(low: number, high: number): boolean {
    const system = this.#system;
    if (low & PTE_SPECIAL) return this.#kind !== 'file';
    const pfn = ptePfn(low, high);
    const isAnon = (system.memMap.flags[pfn] & PG_anon) !== 0;
    if (isAnon && this.#kind === 'file') return false;
    if (!isAnon) this.#fileUse(pfn, low);
    this.#vma.vmMm.rss[mmCounter(system, pfn)]--;
    folioRemoveRmap(system, pfn, this.#vma, this.#parts);
    this.#gone.push(pfn);
    return true;
  }

  /** What the entry knows of a page of a file, the page is told. */
  #fileUse(pfn: Pfn, low: number): void {
    if (low & PTE_DIRTY) folioMarkDirty(this.#system, pfn);
    const index = this.#system.memMap.index[pfn];
    const goesOn = index === this.#lastIndex + 1 && this.#sameFolioAsBefore(pfn, index);
    this.#lastIndex = index;
    if (!goesOn) this.#toldOfUse = false;
    if (!(low & PTE_ACCESSED) || this.#vma.vmFlags & (VM_SEQ_READ | VM_RAND_READ) || this.#toldOfUse) return;
    folioMarkAccessed(this.#system, pfn);
    this.#toldOfUse = true;
  }

  #sameFolioAsBefore(pfn: Pfn, index: number): boolean {
    const mapping = this.#system.pageCache.mappingOf(pfn);
    if (mapping.folioOrders.size === 0) return false;
    return index % 2 ** mapping.folioOrder(index) !== 0;
  }

  /** @returns whether it goes */
  #marked(low: number, high: number): boolean {
    if (pteIsGuard(low, high)) return this.#kind === 'unmap';
    if (this.#kind === 'file') return false;
    this.#vma.vmMm.rss.swapents--;
    this.#system.swap?.freeSwapAndCache(pteToSwpEntry(low, high));
    return true;
  }
}
