/**
 * Advice about the pages of a range, which keep or lose their place in memory. Linux: mm/madvise.c.
 * Pages that several processes map are left alone by MADV_COLD, _PAGEOUT and _FREE.
 */
import { VM_SHARED } from '../include/mm_types.ts';
import {
  PG_anon,
  PG_dirty,
  PG_lru,
  PG_referenced,
  PG_swapbacked,
  PG_swapcache,
  PG_unevictable,
} from '../include/page_flags.ts';
import { PAGE_SHIFT } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import type { MemorySystem } from './memory_system.ts';
import { type PteVisit, walkPageRange } from './pagewalk.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_SPECIAL, pteIsSwap, ptePfn, ptePresent } from './pte.ts';
import { PG_LARGE } from './rmap_folio.ts';
import { splitFolio } from './split_folio.ts';
import { pteToSwpEntry } from './swapops.ts';
import type { VmArea } from './vma.ts';

/** Calls for the pages of a range that this mapping alone has; the entries may be changed, and are flushed. */
function forEachOwnPage(
  system: MemorySystem,
  vma: VmArea,
  start: UserAddr,
  end: UserAddr,
  visit: (pfn: Pfn, words: Uint32Array, i: number) => void,
): void {
  system.mlockBatch.drain();
  splitFolios(system, vma, start, end);
  const ofOne: PteVisit = (words, i) => {
    if (!ptePresent(words[i]) || words[i] & PTE_SPECIAL) return;
    const pfn = ptePfn(words[i], words[i + 1]);
    if (system.memMap.mapcount[pfn] === 1 && !system.memMap.test(pfn, PG_LARGE)) visit(pfn, words, i);
  };
  walkPageRange(vma.vmMm, start, end, ofOne, null);
  const range = { start, end, strideShift: PAGE_SHIFT, freedTables: false };
  system.flush.flushTlbMmRange(vma.vmMm.context, range);
}

/**
 * Huge pages become small ones, but those that others have too: they are left alone.
 * SIMPLIFIED: Linux keeps those that lie in the range as a whole.
 */
function splitFolios(system: MemorySystem, vma: VmArea, start: UserAddr, end: UserAddr): void {
  const heads = new Set<Pfn>();
  const note = (words: Uint32Array, i: number): void => {
    if (!ptePresent(words[i]) || words[i] & PTE_SPECIAL) return;
    const pfn = ptePfn(words[i], words[i + 1]);
    if (system.memMap.test(pfn, PG_LARGE)) heads.add(system.memMap.compoundHead(pfn));
  };
  walkPageRange(vma.vmMm, start, end, note, note);
  for (const head of heads) if (!system.huge.folios.of(head).mappedShared) splitFolio(system, head);
}

/** MADV_COLD: these pages go before others. Linux: madvise_cold_or_pageout_pte_range(). */
export function madviseCold(system: MemorySystem, vma: VmArea, start: UserAddr, end: UserAddr): void {
  forEachOwnPage(system, vma, start, end, (pfn, words, i) => {
    words[i] &= ~PTE_ACCESSED;
    system.memMap.clear(pfn, PG_referenced);
    system.lru.deactivate(pfn);
  });
}

/** MADV_PAGEOUT: these pages go now. Pages of files only where the process could have written to the file. */
export function madvisePageout(system: MemorySystem, vma: VmArea, start: UserAddr, end: UserAddr): void {
  const { memMap, lru, reclaim } = system;
  const anonOnly = vma.vmFile !== null && !vma.vmFile.writable;
  const isolated: Pfn[] = [];
  forEachOwnPage(system, vma, start, end, (pfn, words, i) => {
    if (anonOnly && !memMap.test(pfn, PG_anon)) return;
    words[i] &= ~PTE_ACCESSED;
    memMap.clear(pfn, PG_referenced);
    if (reclaim !== null && (memMap.flags[pfn] & (PG_lru | PG_unevictable)) === PG_lru && lru.isolate(pfn)) {
      isolated.push(pfn);
    }
  });
  reclaim?.reclaimPages(isolated);
}

/** MADV_FREE: the content is not needed; until memory is, a page keeps it. Linux: madvise_free_pte_range(). */
export function madviseFree(system: MemorySystem, vma: VmArea, start: UserAddr, end: UserAddr): void {
  const { memMap, swap, folios } = system;
  walkPageRange(
    vma.vmMm,
    start,
    end,
    (words, i) => {
      if (!pteIsSwap(words[i], words[i + 1])) return;
      swap?.freeSwapAndCache(pteToSwpEntry(words[i], words[i + 1]));
      vma.vmMm.rss.swapents--;
      words[i] = 0;
      words[i + 1] = 0;
    },
    null,
  );
  if (vma.vmFlags & VM_SHARED) return;
  forEachOwnPage(system, vma, start, end, (pfn, words, i) => {
    if (!memMap.test(pfn, PG_anon)) return;
    if (memMap.test(pfn, PG_swapcache | PG_dirty)) {
      if (memMap.test(pfn, PG_swapcache) && !swap?.folioFreeSwap(pfn)) return;
      memMap.clear(pfn, PG_dirty);
    }
    words[i] &= ~(PTE_ACCESSED | PTE_DIRTY);
    if (memMap.test(pfn, PG_swapbacked)) folios.markLazyfree(pfn);
  });
}
