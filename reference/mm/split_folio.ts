/**
 * A huge page of anonymous memory becomes 512 pages. Linux: mm/huge_memory.c, __folio_split().
 *
 *     PMD --> [ 512 frames, one folio ]      every PMD is split; then each frame is a page of its own
 *     PTE --> [ .. ]                         frames that nobody maps are free; those full of zeroes too: the page of
 *                                            zeroes takes their place
 *
 * SIMPLIFIED: no migration entries, for nobody runs meanwhile; pages go to the tail of their list, not where the folio was.
 */

import { VM_LOCKED } from '../include/mm_types.ts';
import {
  PG_active,
  PG_dirty,
  PG_lru,
  PG_mlocked,
  PG_referenced,
  PG_unevictable,
  PG_workingset,
} from '../include/page_flags.ts';
import { HPAGE_PMD_NR, HPAGE_PMD_ORDER } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import { splitHugePmd } from './huge_pmd.ts';
import type { MemorySystem } from './memory_system.ts';
import { PTE_SPECIAL, pfnHigh, pfnLow, protHigh, protLow } from './pte.ts';
import { folioRemoveRmap } from './rmap_folio.ts';
import { rmapWalk, rmapWalkHuge } from './rmap_walk.ts';

/** What the first frame said of all. Linux: __split_folio_to_order(). */
const PG_OF_ALL = PG_referenced | PG_active | PG_workingset | PG_unevictable | PG_dirty | PG_mlocked;

/**
 * @param head  its first frame
 * @param extra  references that the caller holds: 0 or 1
 * @returns its pages that are in use still, ascending; they are where it was: in an LRU list, or isolated with one
 *   reference each for the caller. null: somebody else holds it, nothing has changed but how it is mapped
 */
export function splitFolio(system: MemorySystem, head: Pfn, extra = 0): Pfn[] | null {
  const { memMap, huge, vmstat } = system;
  system.mlockBatch.drain();
  if (memMap.refcount[head] !== huge.folios.of(head).mapcount + extra) {
    vmstat.events.thp_split_page_failed++;
    return null;
  }
  rmapWalkHuge(system, head, (vma, addr) => {
    splitHugePmd(system, vma, addr);
    return true;
  });
  const listed = memMap.test(head, PG_lru);
  if (listed) system.lru.delFolio(head);
  splitFrames(system, head);
  vmstat.events.thp_split_page++;
  const left: Pfn[] = [];
  for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) {
    mapZeroPage(system, pfn);
    const isUsed = memMap.mapcount[pfn] > 0;
    if (isUsed) left.push(pfn);
    if (isUsed && listed) system.lru.linkTail(pfn);
    if (!isUsed || extra === 0) system.folios.put(pfn);
  }
  return left;
}

/** One block becomes many, each held by those who map it, and by us. */
function splitFrames({ memMap, huge, pages }: MemorySystem, head: Pfn): void {
  const state = memMap.flags[head] & PG_OF_ALL;
  huge.folios.forget(head);
  pages.splitCompound(head, HPAGE_PMD_ORDER);
  for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) {
    memMap.set(pfn, state);
    memMap.refcount[pfn] = memMap.mapcount[pfn] + 1;
  }
}

/** A page full of zeroes is not needed. Linux: try_to_map_unused_to_zeropage(). */
function mapZeroPage(system: MemorySystem, pfn: Pfn): void {
  const { memMap, memory, zeroPage } = system;
  if (memMap.mapcount[pfn] === 0 || memMap.test(pfn, PG_mlocked) || !memory.isZeroFrame(pfn)) return;
  rmapWalk(system, pfn, (vma, addr, words, i) => {
    if (vma.vmFlags & VM_LOCKED) return true;
    words[i] = pfnLow(zeroPage) | PTE_SPECIAL | protLow(vma.vmFlags, false);
    words[i + 1] = pfnHigh(zeroPage) | protHigh(vma.vmFlags);
    vma.vmMm.rss.anon--;
    folioRemoveRmap(system, pfn, vma);
    system.flush.flushTlbPage(vma.vmMm.context, addr);
    system.folios.put(pfn);
    return true;
  });
}
