/** One look at a node: its lists, its caches of objects, and what the disks have to do with it. Linux: mm/vmscan.c. */
import type { ZoneIndex } from '../include/mmzone.ts';
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from './lruvec.ts';
import { PAGE_ALLOC_COSTLY_ORDER } from './per_cpu_pages.ts';
import type { PgData } from './pgdat.ts';
import { type Reclaiming, waits } from './reclaiming.ts';
import { DEF_PRIORITY, nothingSeen, type ScanControl } from './scan_control.ts';
import { prepareScanControl } from './vmscan_balance.ts';
import { shrinkLruvec } from './vmscan_lruvec.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';
import { watermarkOk } from './zone_watermark.ts';

/** A tick of the kernel: 250 each second. */
export const JIFFY_NS = 4_000_000;
/** How long a reclaimer waits for pages that are being written. Linux: HZ / 10. */
const WRITEBACK_TIMEOUT_NS = 25 * JIFFY_NS;
/** Rounds without a page freed before a node is given up. Linux: MAX_RECLAIM_RETRIES. */
export const MAX_RECLAIM_RETRIES = 16;

/** Shrinks lists and caches of a node once; again, while a large block is wanted and seems in reach. Linux: shrink_node(). */
export function* shrinkNode(rooms: ReclaimRooms, sc: ScanControl, pgdat: PgData): Reclaiming<void> {
  let reclaimable = false;
  let reclaimed: number;
  do {
    sc.seen = nothingSeen();
    const before = sc.nrReclaimed;
    prepareScanControl(rooms, sc, pgdat);
    yield* shrinkLruvec(rooms, sc, pgdat);
    sc.nrReclaimed += shrinkSlab(rooms, sc, pgdat);
    reclaimed = sc.nrReclaimed - before;
    if (reclaimed > 0) reclaimable = true;
    yield* noticeDisks(sc, pgdat);
  } while (reclaimed > 0 && shouldContinueReclaim(rooms, sc, pgdat));
  if (reclaimable) pgdat.kswapdFailures = 0;
  else if (sc.cacheTrimMode) sc.cacheTrimModeFailed = true;
}

/** @returns pages that became free. Linux: shrink_slab(), and the reclaim_state of the task */
function shrinkSlab(rooms: ReclaimRooms, sc: ScanControl, pgdat: PgData): number {
  const { events } = rooms.lru.vmstat;
  const before = events.pgfree;
  rooms.shrinkers.shrinkSlab(pgdat.nid, sc.gfp, sc.priority);
  return events.pgfree - before;
}

/** Slows down when all that is found is waiting for a disk. */
function* noticeDisks({ who, seen }: ScanControl, pgdat: PgData): Reclaiming<void> {
  const congested = seen.dirty > 0 && seen.dirty === seen.congested;
  if (who === 'kswapd') {
    if (seen.writeback > 0 && seen.writeback === seen.taken) pgdat.writeback = true;
    if (seen.unqueuedDirty > 0 && seen.unqueuedDirty === seen.fileTaken) pgdat.dirty = true;
    if (congested) pgdat.congested = true;
    if (seen.immediate > 0) yield waits(WRITEBACK_TIMEOUT_NS);
  } else if (pgdat.congested) {
    yield waits(JIFFY_NS);
  }
}

/** SIMPLIFIED: without compaction, more single pages only help by chance. Linux: should_continue_reclaim(). */
function shouldContinueReclaim(rooms: ReclaimRooms, sc: ScanControl, pgdat: PgData): boolean {
  const forBlocks = sc.order > PAGE_ALLOC_COSTLY_ORDER || (sc.order > 0 && sc.priority < DEF_PRIORITY - 2);
  if (!forBlocks) return false;
  const request = { order: sc.order, highestZone: sc.reclaimIdx };
  for (const zone of pgdat.zonesUpTo(sc.reclaimIdx)) {
    if (watermarkOk(zone, request, 0, zone.wmarkPages('min'), zone.nrFreePages)) return false;
  }
  let inactive = rooms.lru.nodeSize(pgdat.nid, LRU_INACTIVE_FILE);
  if (rooms.swap.nrSwapPages > 0) inactive += rooms.lru.nodeSize(pgdat.nid, LRU_INACTIVE_ANON);
  return inactive > 2 << sc.order;
}

/** Whether a zone of a node is above HIGH, for a request of that order. Linux: pgdat_balanced(). */
export function pgdatBalanced(pgdat: PgData, order: number, highestZone: ZoneIndex): boolean {
  const zones = pgdat.zonesUpTo(highestZone);
  const request = { order, highestZone };
  return (
    zones.length === 0 || zones.some((zone) => watermarkOk(zone, request, 0, zone.wmarkPages('high'), zone.nrFreePages))
  );
}

/** Pages of a zone that could be reclaimed, at best. Linux: zone_reclaimable_pages(). */
export function zoneReclaimablePages(rooms: ReclaimRooms, nid: number, zone: ZoneIndex): number {
  const stat = rooms.lru.vmstat.zones[nid][zone];
  const file = stat.nr_zone_inactive_file + stat.nr_zone_active_file;
  return rooms.swap.nrSwapPages > 0 ? file + stat.nr_zone_inactive_anon + stat.nr_zone_active_anon : file;
}

/** Pages of a node that are ever scanned. */
export function evictablePages({ lru }: ReclaimRooms, nid: number): number {
  const anon = lru.nodeSize(nid, LRU_INACTIVE_ANON) + lru.nodeSize(nid, LRU_ACTIVE_ANON);
  return anon + lru.nodeSize(nid, LRU_INACTIVE_FILE) + lru.nodeSize(nid, LRU_ACTIVE_FILE);
}
