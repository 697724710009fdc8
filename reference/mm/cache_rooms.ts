/** The rooms below the page cache, as it uses them; the kernel hands them over at boot. */
import type { VirtualClock } from '../arch/clock.ts';
import type { MappedBy } from '../include/fs_types.ts';
import type { Order, Pfn } from '../include/types.ts';
import type { MemMap } from './mem_map.ts';
import type { VmStat } from './vm_stat.ts';

/** Content of frames. */
export interface FrameStore {
  /** A view of the 1024 words of a frame. */
  frameWords(pfn: Pfn): Uint32Array;
  clearFrame(pfn: Pfn): void;
}

/** Where frames come from and where they lie: the page allocator. */
export interface FrameSource {
  /** @returns the first of 2^order frames, refcount 1; or null */
  allocPages(gfp: number, order: Order): Pfn | null;
  nidOf(pfn: Pfn): number;
}

/** The LRU lists: lruvec.ts and swap.ts. */
export interface FolioLists {
  /** Puts a page on its list. Linux: folio_add_lru(). */
  addFolio(pfn: Pfn): void;
}
export interface FolioRefs {
  get(pfn: Pfn): void;
  /** The last one takes the page off its list and frees it. */
  put(pfn: Pfn): void;
  /** Used once more. Linux: folio_mark_accessed(). */
  markAccessed(pfn: Pfn): void;
}

export interface CacheRooms {
  readonly clock: VirtualClock;
  readonly memory: FrameStore;
  readonly memMap: MemMap;
  readonly vmstat: VmStat;
  readonly pages: FrameSource;
  readonly lru: FolioLists;
  readonly folios: FolioRefs;
  /** null: nothing is ever mapped. */
  mappedBy: MappedBy | null;
}
