/**
 * Reclaim on one node before memory is taken from a farther one: vm.zone_reclaim_mode. Linux: mm/vmscan.c, node_reclaim().
 */
import { __GFP_DIRECT_RECLAIM } from '../include/gfp.ts';
import type { Order } from '../include/types.ts';
import { LRU_ACTIVE_FILE, LRU_INACTIVE_FILE } from './lruvec.ts';
import { gfpZone } from './page_alloc.ts';
import type { PgData } from './pgdat.ts';
import type { Reclaiming } from './reclaiming.ts';
import { SWAP_CLUSTER_MAX, scanControl } from './scan_control.ts';
import { shrinkNode } from './vmscan_node.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

/** Bits of vm.zone_reclaim_mode: do it, write pages for it, unmap and swap pages for it. */
export const RECLAIM_ZONE = 1;
export const RECLAIM_WRITE = 2;
export const RECLAIM_UNMAP = 4;

/** How hard it tries: from a 16th of each list on. */
const NODE_RECLAIM_PRIORITY = 4;

/** noscan: not now or not here. full: there is not enough to be had. some: not as much as was asked for. */
export type NodeReclaimed = 'noscan' | 'full' | 'some' | 'success';

/** Frees what a request needs. @param running  the node of the task */
export function* nodeReclaim(
  rooms: ReclaimRooms,
  pgdat: PgData,
  order: Order,
  gfp: number,
  running: number,
): Reclaiming<NodeReclaimed> {
  if (!isWorthIt(rooms, pgdat)) return 'full';
  const { pages } = rooms;
  if (!(gfp & __GFP_DIRECT_RECLAIM) || pages.memalloc || pgdat.reclaimLocked) return 'noscan';
  const hasCpus = pages.zones.machine.nodes[pgdat.nid].cpus.length > 0;
  if (hasCpus && pgdat.nid !== running) return 'noscan';
  pgdat.reclaimLocked = true;
  const reclaimed = yield* reclaimNode(rooms, pgdat, order, gfp);
  pgdat.reclaimLocked = false;
  const { events } = rooms.lru.vmstat;
  const enough = reclaimed >= 1 << order;
  if (enough) events.zone_reclaim_success++;
  else events.zone_reclaim_failed++;
  return enough ? 'success' : 'some';
}

/** Linux: __node_reclaim(). @returns pages that were freed */
function* reclaimNode(rooms: ReclaimRooms, pgdat: PgData, order: Order, gfp: number): Reclaiming<number> {
  const mode = rooms.sysctls.zoneReclaimMode;
  const nrPages = 1 << order;
  const sc = scanControl({
    who: 'direct',
    gfp,
    order,
    reclaimIdx: gfpZone(gfp),
    nrToReclaim: Math.max(nrPages, SWAP_CLUSTER_MAX),
    priority: NODE_RECLAIM_PRIORITY,
    mayWritepage: (mode & RECLAIM_WRITE) !== 0,
    mayUnmap: (mode & RECLAIM_UNMAP) !== 0,
  });
  while (sc.nrReclaimed < nrPages && sc.priority >= 0) {
    yield* shrinkNode(rooms, sc, pgdat);
    sc.priority--;
  }
  return sc.nrReclaimed;
}

/** Whether more than the least is there to take. */
function isWorthIt(rooms: ReclaimRooms, pgdat: PgData): boolean {
  const { minUnmappedRatio, minSlabRatio } = rooms.sysctls;
  const managed = pgdat.zones.reduce((sum, { managedPages }) => sum + managedPages, 0);
  const slab = rooms.lru.vmstat.nodes[pgdat.nid].nr_slab_reclaimable;
  return (
    pagecacheReclaimable(rooms, pgdat) > Math.floor((managed * minUnmappedRatio) / 100) ||
    slab > Math.floor((managed * minSlabRatio) / 100)
  );
}

/** Pages of files that may be taken in this mode. Linux: node_pagecache_reclaimable(). */
function pagecacheReclaimable(rooms: ReclaimRooms, { nid }: PgData): number {
  const mode = rooms.sysctls.zoneReclaimMode;
  const node = rooms.lru.vmstat.nodes[nid];
  const listed = rooms.lru.nodeSize(nid, LRU_INACTIVE_FILE) + rooms.lru.nodeSize(nid, LRU_ACTIVE_FILE);
  const pages = mode & RECLAIM_UNMAP ? node.nr_file_pages : Math.max(listed - node.nr_mapped, 0);
  const untouchable = mode & RECLAIM_WRITE ? 0 : node.nr_dirty;
  return pages - Math.min(untouchable, pages);
}
