/** The rooms below reclaim, as it uses them; the kernel hands them over at boot. */
import type { VirtualClock } from '../arch/clock.ts';
import type { Pfn } from '../include/types.ts';
import type { PageAllocator } from './alloc_pages.ts';
import type { Lruvecs } from './lruvec.ts';
import type { PgData } from './pgdat.ts';
import type { Shrinkers } from './shrinker.ts';
import type { Folios } from './swap.ts';
import type { Shadow, Workingset } from './workingset.ts';

/** What the page tables that map a page say of it. */
export interface References {
  /** Entries through which it was used since this was last asked. */
  readonly referenced: number;
  /** VM_ flags of the mappings that were looked at, joined. */
  readonly vmFlags: number;
}

/** From a page to the page tables that map it. Linux: mm/rmap.c. */
export interface Rmap {
  /**
   * Counts and makes old the entries that were used. A locked mapping ends the search: the page is PG_mlocked then.
   * Linux: folio_referenced().
   */
  folioReferenced(pfn: Pfn): References;
  /**
   * Takes a page out of all page tables, but not out of locked mappings. What was written through them is PG_dirty
   * then; a page of the swap cache leaves its entry there; a lazyfree page that was written stays, PG_swapbacked again.
   * Linux: try_to_unmap().
   */
  tryToUnmap(pfn: Pfn): void;
  /**
   * Makes single pages of an isolated huge page. Linux: split_folio_to_list().
   * @returns those that are in use still, isolated too; null: somebody else holds it, it stays one
   */
  splitFolio(pfn: Pfn): readonly Pfn[] | null;
}

/** A cache that pages of files are in. */
export interface FileStore {
  /**
   * Starts to write a page: it is locked and its PG_dirty stands; unlocked then, and either clean, with PG_writeback
   * until it is written, or dirty, for it could not be written.
   * @returns activate: pages are not written one by one here; the page is as it was
   */
  writePage(pfn: Pfn): 'started' | 'activate';
  /** Takes a clean page that is not mapped out, drops the reference, and leaves the shadow in its place if there is one. */
  removeFolio(pfn: Pfn, shadow: Shadow | null): void;
  /** Has what is dirty written soon. Linux: wakeup_flusher_threads(). */
  wakeupFlushers(): void;
}

/** Memory that is a file: its pages move to the swap cache. Linux: shmem_writepage(). */
export interface ShmemStore {
  /** As FileStore. activate: swap is full. */
  writePage(pfn: Pfn): 'started' | 'activate';
}

/** Swap areas and the swap cache. */
export interface SwapStore {
  /** Free slots. */
  readonly nrSwapPages: number;
  readonly totalSwapPages: number;
  /** More than half of swap is used. */
  readonly vmSwapFull: boolean;
  /** Puts a locked page in the swap cache, dirty. @returns false: swap is full. Linux: add_to_swap() */
  addToSwap(pfn: Pfn): boolean;
  /** As FileStore. */
  writePage(pfn: Pfn): 'started' | 'activate';
  /** As FileStore. */
  removeFolio(pfn: Pfn, shadow: Shadow | null): void;
  /** Gives up the slot of a page, if nobody refers to it. Linux: folio_free_swap() */
  folioFreeSwap(pfn: Pfn): boolean;
}

/** What /proc/sys/vm says about reclaim. */
export interface ReclaimSysctls {
  /** 0 .. 200: what an anonymous page costs to get back, against 200 less that for one of a file. */
  swappiness: number;
  /** RECLAIM_ bits, see node_reclaim.ts. */
  zoneReclaimMode: number;
  /** Per cent of a node: unmapped pages of files that zone_reclaim leaves. */
  minUnmappedRatio: number;
  /** Per cent of a node: pages of reclaimable slabs that it leaves. */
  minSlabRatio: number;
}

/** What Linux starts with. */
export const DEFAULT_RECLAIM_SYSCTLS: ReclaimSysctls = {
  swappiness: 60,
  zoneReclaimMode: 0,
  minUnmappedRatio: 1,
  minSlabRatio: 5,
};

export interface ReclaimRooms {
  readonly clock: VirtualClock;
  readonly pages: PageAllocator;
  readonly lru: Lruvecs;
  readonly folios: Folios;
  /** Has pages that wait for their list moved. Linux: lru_add_drain(). */
  readonly lruAddDrain: () => void;
  readonly workingset: Workingset;
  readonly shrinkers: Shrinkers;
  readonly rmap: Rmap;
  readonly files: FileStore;
  readonly shmem: ShmemStore;
  readonly swap: SwapStore;
  readonly sysctls: ReclaimSysctls;
  /** By node. */
  readonly pgdats: readonly PgData[];
}
