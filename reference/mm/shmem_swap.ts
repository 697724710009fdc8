/**
 * Memory files and swap: a page leaves its file for a slot, and comes back. Linux: mm/shmem.c, shmem_writeout(),
 * shmem_swapin_folio().
 *
 *     index     0     1                 0     1
 *     pages    [p7]   .     -- out -->  .     .
 *     swapped   .     .                [e]    .       p7 is in the swap cache until it is written and reclaimed
 *
 * SIMPLIFIED: swap_map counts such a slot as 1; Linux marks it as shmem's (SWAP_MAP_SHMEM).
 */
import { EIO, ENOMEM } from '../include/errno.ts';
import { PG_dirty, PG_uptodate, PG_writeback } from '../include/page_flags.ts';
import type { Pfn, SwpEntry } from '../include/types.ts';
import type { PageCache } from './filemap.ts';
import type { Shmem, ShmemSwap, SwappedIn } from './shmem.ts';
import { FIRST_SWAP_WINDOW } from './swap_readahead.ts';
import type { SwapCache } from './swap_state.ts';

export class ShmemSwapPath implements ShmemSwap {
  readonly #shmem: Shmem;
  readonly #pageCache: PageCache;
  readonly #swapCache: SwapCache;

  constructor(shmem: Shmem, pageCache: PageCache, swapCache: SwapCache) {
    this.#shmem = shmem;
    this.#pageCache = pageCache;
    this.#swapCache = swapCache;
  }

  /**
   * Moves a page of a memory file to a slot, and starts to write it. Linux: shmem_writeout().
   * @param pfn  locked, uptodate, not mapped, not under writeback
   * @returns started: as SwapCache.writePage(); activate: no slot is left, and the page is as it was
   */
  writePage(pfn: Pfn): 'started' | 'activate' {
    const { memMap } = this.#pageCache.rooms;
    if (!this.#swapCache.addToSwap(pfn)) return 'activate';
    const entry: SwpEntry = memMap.private[pfn];
    if (this.#swapCache.swap.swapDuplicate(entry) !== 0) {
      this.#swapCache.removeFolio(pfn, null);
      return 'activate';
    }
    this.#shmem.moveToSwap(pfn, entry);
    return this.#swapCache.writePage(pfn);
  }

  swapin(entry: SwpEntry): SwappedIn | number {
    const { clock, folios, memMap, vmstat } = this.#pageCache.rooms;
    const cached = this.#swapCache.find(entry);
    if (cached !== null) {
      folios.get(cached);
      this.#swapCache.noteUse(cached, FIRST_SWAP_WINDOW);
    }
    const pfn = cached ?? this.#swapCache.clusterReadahead(entry);
    if (pfn === null) return -ENOMEM;
    if (cached === null) vmstat.events.pgmajfault++;
    const waited = this.#swapCache.waitRead(pfn);
    clock.waitUntil(() => !memMap.test(pfn, PG_writeback));
    if (!memMap.test(pfn, PG_uptodate)) {
      folios.put(pfn);
      return -EIO;
    }
    memMap.set(pfn, PG_dirty);
    this.#swapCache.removeFolio(pfn, null);
    return { pfn, major: waited || cached === null };
  }

  freeEntry(entry: SwpEntry): void {
    this.#swapCache.freeSwapAndCache(entry);
  }
}
