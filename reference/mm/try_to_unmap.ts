/**
 * Takes a page out of all page tables, so that its frame can be had. Linux: mm/rmap.c, try_to_unmap().
 *
 *     anonymous   the entry becomes a place in swap; the page must be in the swap cache already
 *     of a file   the entry becomes nothing: the page can be found again
 */
import { VM_LOCKED } from '../include/mm_types.ts';
import { PG_anon, PG_anon_exclusive, PG_dirty, PG_swapbacked, PG_swapcache } from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import { folioMarkDirty } from './folio_file.ts';
import type { MemorySystem } from './memory_system.ts';
import { PTE_DIRTY } from './pte.ts';
import { folioRemoveRmap, mmCounter } from './rmap_folio.ts';
import { rmapWalk } from './rmap_walk.ts';
import { SWP_EXCLUSIVE, swpEntryToHigh, swpEntryToLow } from './swapops.ts';
import type { VmArea } from './vma.ts';

/** The caller holds a reference. @returns whether no entry holds the page any more */
export function tryToUnmap(system: MemorySystem, pfn: Pfn): boolean {
  const { memMap, folios, flush } = system;
  rmapWalk(system, pfn, (vma, addr, words, i) => {
    if (vma.vmFlags & VM_LOCKED) {
      system.mlockBatch.mlock(pfn);
      return false;
    }
    vma.vmMm.updateHiwaterRss();
    const low = words[i];
    const high = words[i + 1];
    words[i] = 0;
    words[i + 1] = 0;
    flush.flushTlbPage(vma.vmMm.context, addr);
    if (low & PTE_DIRTY) markDirty(system, pfn);
    if (!leave(system, vma, pfn, words, i)) {
      words[i] = low;
      words[i + 1] = high;
      return false;
    }
    folioRemoveRmap(system, pfn, vma);
    folios.put(pfn);
    return true;
  });
  return memMap.mapcount[pfn] === 0;
}

function markDirty(system: MemorySystem, pfn: Pfn): void {
  if (system.memMap.test(pfn, PG_anon)) system.memMap.set(pfn, PG_dirty);
  else folioMarkDirty(system, pfn);
}

/** Counts the page out, and writes what the entry is now. @returns false: it has to stay */
function leave(system: MemorySystem, vma: VmArea, pfn: Pfn, words: Uint32Array, i: number): boolean {
  const { memMap, swap } = system;
  const { rss } = vma.vmMm;
  if (!memMap.test(pfn, PG_anon)) {
    rss[mmCounter(system, pfn)]--;
    return true;
  }
  if (!memMap.test(pfn, PG_swapbacked)) {
    // MADV_FREE: not needed, unless it has been written to since, or somebody else looks at it.
    if (memMap.test(pfn, PG_dirty) || memMap.refcount[pfn] !== memMap.mapcount[pfn] + 1) {
      memMap.set(pfn, PG_swapbacked);
      return false;
    }
    rss.anon--;
    return true;
  }
  if (!memMap.test(pfn, PG_swapcache) || swap === null) return false;
  const entry = memMap.private[pfn];
  if (swap.swap.swapDuplicate(entry) !== 0) return false;
  rss.anon--;
  rss.swapents++;
  words[i] = swpEntryToLow(entry) | (memMap.testAndClear(pfn, PG_anon_exclusive) ? SWP_EXCLUSIVE : 0);
  words[i + 1] = swpEntryToHigh(entry);
  return true;
}
