/** Boots reclaim, and tells the rooms below whom to call when memory is short. Linux: mm/vmscan.c, kswapd_init(). */
import type { CacheRooms } from '../mm/cache_rooms.ts';
import { DeferredSplit } from '../mm/deferred_split.ts';
import type { MemorySystem } from '../mm/memory_system.ts';
import type { Writeback } from '../mm/page_writeback.ts';
import { PgData } from '../mm/pgdat.ts';
import { folioReferenced } from '../mm/rmap_walk.ts';
import { ShmemSwapPath } from '../mm/shmem_swap.ts';
import { Shrinkers } from '../mm/shrinker.ts';
import { splitFolio } from '../mm/split_folio.ts';
import type { SwapCache } from '../mm/swap_state.ts';
import { tryToUnmap } from '../mm/try_to_unmap.ts';
import { Vmscan } from '../mm/vmscan.ts';
import { DEFAULT_RECLAIM_SYSCTLS, type ReclaimSysctls } from '../mm/vmscan_rooms.ts';
import { Workingset } from '../mm/workingset.ts';

export interface BootedReclaim {
  readonly vmscan: Vmscan;
  readonly shrinkers: Shrinkers;
  readonly reclaimSysctls: ReclaimSysctls;
}

export function bootReclaim(
  below: CacheRooms,
  system: MemorySystem,
  swapCache: SwapCache,
  writeback: Writeback,
): BootedReclaim {
  const { clock, pages, lru, folios } = below;
  const workingset = new Workingset(lru, swapCache.swap);
  const shmem = new ShmemSwapPath(system.shmem, system.pageCache, swapCache);
  const shrinkers = new Shrinkers(below.vmstat.events);
  shrinkers.register(system.huge.zero);
  shrinkers.register(new DeferredSplit(system));
  const reclaimSysctls = { ...DEFAULT_RECLAIM_SYSCTLS };
  const vmscan = new Vmscan({
    clock,
    pages,
    lru,
    folios,
    lruAddDrain: () => system.mlockBatch.drain(),
    workingset,
    shrinkers,
    rmap: {
      folioReferenced: (pfn) => folioReferenced(system, pfn),
      tryToUnmap: (pfn) => {
        tryToUnmap(system, pfn);
      },
      splitFolio: (pfn) => splitFolio(system, pfn, 1),
    },
    files: {
      writePage: () => 'activate',
      removeFolio: (pfn, shadow) => {
        system.pageCache.deleteFolio(pfn, shadow);
        folios.put(pfn);
      },
      wakeupFlushers: () => writeback.flusher?.startBackground(),
    },
    shmem,
    swap: swapCache,
    sysctls: reclaimSysctls,
    pgdats: lru.nodes.map((lruvec) => new PgData(lruvec, pages.zones.all)),
  });
  pages.reclaimer = vmscan;
  pages.nodeReclaimer = vmscan;
  system.reclaim = vmscan;
  system.shmem.swap = shmem;
  below.refaults = workingset;
  return { vmscan, shrinkers, reclaimSysctls };
}
