/** Who gets memory back, as the page allocator calls it. Linux: mm/vmscan.c, mm/oom_kill.c. */
import type { ZoneIndex } from './mmzone.ts';
import type { Order } from './types.ts';

export interface Reclaimer {
  /** A request of that order, from that zone or lower ones, has found a node low. Linux: wakeup_kswapd(). */
  wakeupKswapd(nid: number, order: Order, highestZone: ZoneIndex): void;
  /** Direct reclaim, by the task that wants memory. Linux: try_to_free_pages(). @returns pages freed */
  tryToFreePages(nid: number, order: Order, gfp: number): number;
  /** Pages of a zone that reclaim could free, at best. Linux: zone_reclaimable_pages(). */
  reclaimablePages(nid: number, zone: ZoneIndex): number;
}

/** Frees memory near, before it is taken from far: vm.zone_reclaim_mode. */
export interface NodeReclaimer {
  /** Whether that is wanted. Linux: node_reclaim_enabled(). */
  readonly nodeReclaimEnabled: boolean;
  /**
   * Linux: node_reclaim().
   * @param running  node of the task
   * @returns whether anything was tried, and what came of it; after 'some' and 'success' it is worth looking again
   */
  nodeReclaim(nid: number, order: Order, gfp: number, running: number): 'noscan' | 'full' | 'some' | 'success';
}

export interface OomKiller {
  /**
   * The last resort. Linux: out_of_memory().
   * @param nodemask  nodes that may serve the request, bit n for node n; null: all
   * @returns whether memory has become free, so that it is worth trying again
   */
  outOfMemory(gfp: number, order: Order, nodemask: number | null): boolean;
}
