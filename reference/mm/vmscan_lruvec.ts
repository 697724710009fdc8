/** The lists of a node, batch by batch. Linux: mm/vmscan.c, shrink_lruvec(), shrink_inactive_list(). */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, type LruList } from './lruvec.ts';
import type { PgData } from './pgdat.ts';
import { type Reclaiming, waitsForDisk, works } from './reclaiming.ts';
import { DEF_PRIORITY, type ScanControl, SWAP_CLUSTER_MAX } from './scan_control.ts';
import { inactiveIsLow, shrinkActiveList } from './vmscan_active.ts';
import { EVICTABLE_LISTS, getScanCount, type ScanCounts } from './vmscan_balance.ts';
import { emptyStat, shrinkFolioList } from './vmscan_folio_list.ts';
import { countIsolated, isolateLruFolios, moveFoliosToLru } from './vmscan_isolate.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

/** What it takes to look at a page. */
const SCAN_NS = 100;
/** Pages of a node under way to the disk, beyond which a reclaimer waits. Linux: a queue of requests that is full. */
const MOST_WRITEBACK = 256;
/** It waits in pieces of this, and for so many of them at most: 100 ms. */
const WAIT_NS = 100_000;
const MOST_WAITS = 1000;

/** Linux: shrink_list(). */
function shrinkList(rooms: ReclaimRooms, sc: ScanControl, pgdat: PgData, lru: LruList, nrToScan: number): number {
  if (lru === LRU_INACTIVE_ANON || lru === LRU_INACTIVE_FILE)
    return shrinkInactiveList(rooms, sc, pgdat, lru, nrToScan);
  if (lru === LRU_ACTIVE_ANON ? sc.mayDeactivateAnon : sc.mayDeactivateFile) {
    shrinkActiveList(rooms, sc, pgdat, lru, nrToScan);
  } else {
    sc.skippedDeactivate = true;
  }
  return 0;
}

/**
 * Judges pages from the tail of an inactive list. Linux: shrink_inactive_list().
 * @returns pages that were freed
 */
export function shrinkInactiveList(
  rooms: ReclaimRooms,
  sc: ScanControl,
  pgdat: PgData,
  lru: LruList,
  nrToScan: number,
): number {
  const { events } = rooms.lru.vmstat;
  const side = lru === LRU_INACTIVE_ANON ? 'anon' : 'file';
  rooms.lruAddDrain();
  const { list, scanned, taken } = isolateLruFolios(rooms, sc, pgdat, lru, nrToScan);
  countIsolated(rooms, pgdat, lru, taken);
  events[`pgscan_${sc.who}`] += scanned;
  events[`pgscan_${side}`] += scanned;
  if (taken === 0) return 0;
  const stat = emptyStat();
  const reclaimed = shrinkFolioList(rooms, sc, pgdat, list, stat, 'checked');
  moveFoliosToLru(rooms, pgdat, list);
  countIsolated(rooms, pgdat, lru, -taken);
  events[`pgsteal_${sc.who}`] += reclaimed;
  events[`pgsteal_${side}`] += reclaimed;
  pgdat.lruvec.noteCost(side, stat.pageout, scanned - reclaimed);
  if (stat.unqueuedDirty === taken) rooms.files.wakeupFlushers();
  sc.seen.dirty += stat.dirty;
  sc.seen.unqueuedDirty += stat.unqueuedDirty;
  sc.seen.congested += stat.congested;
  sc.seen.writeback += stat.writeback;
  sc.seen.immediate += stat.immediate;
  sc.seen.taken += taken;
  if (side === 'file') sc.seen.fileTaken += taken;
  return reclaimed;
}

/**
 * Scans the lists as getScanCount() says, a batch of each in turn. When enough is freed, the kind with less left to scan
 * ends, the other is cut to the same share and ends after one more batch; but a first gentle try of direct reclaim runs
 * to its end.
 * Linux: shrink_lruvec().
 */
export function* shrinkLruvec(rooms: ReclaimRooms, sc: ScanControl, pgdat: PgData): Reclaiming<void> {
  const nr = getScanCount(rooms, sc, pgdat);
  const targets: ScanCounts = [...nr];
  const proportional = sc.who === 'direct' && sc.priority === DEF_PRIORITY;
  let reclaimed = 0;
  while (nr[LRU_INACTIVE_ANON] > 0 || nr[LRU_ACTIVE_FILE] > 0 || nr[LRU_INACTIVE_FILE] > 0) {
    for (const lru of EVICTABLE_LISTS) {
      if (nr[lru] === 0) continue;
      const batch = Math.min(nr[lru], SWAP_CLUSTER_MAX);
      nr[lru] -= batch;
      reclaimed += shrinkList(rooms, sc, pgdat, lru, batch);
      yield works(batch * SCAN_NS);
      yield* waitForDisk(rooms, pgdat);
    }
    if (reclaimed < sc.nrToReclaim || proportional) continue;
    if (!stopProportionally(nr, targets)) break;
  }
  sc.nrReclaimed += reclaimed;
  // Anonymous pages are aged even if none was to be reclaimed.
  if (!sc.staleStats && rooms.swap.totalSwapPages > 0 && inactiveIsLow(rooms.lru, pgdat.nid, 'anon')) {
    shrinkActiveList(rooms, sc, pgdat, LRU_ACTIVE_ANON, SWAP_CLUSTER_MAX);
  }
}

/** @returns false: one kind has nothing left to scan, so that both end */
export function stopProportionally(nr: ScanCounts, targets: Readonly<ScanCounts>): boolean {
  const file = nr[LRU_INACTIVE_FILE] + nr[LRU_ACTIVE_FILE];
  const anon = nr[LRU_INACTIVE_ANON] + nr[LRU_ACTIVE_ANON];
  if (file === 0 || anon === 0) return false;
  const ends = file > anon ? LRU_INACTIVE_ANON : LRU_INACTIVE_FILE;
  const target = targets[ends] + targets[ends + 1] + 1;
  const unscanned = Math.floor((Math.min(file, anon) * 100) / target);
  nr[ends] = 0;
  nr[ends + 1] = 0;
  const other = ends === LRU_INACTIVE_ANON ? LRU_INACTIVE_FILE : LRU_INACTIVE_ANON;
  for (const lru of [other, other + 1]) {
    const scanned = targets[lru] - nr[lru];
    nr[lru] = Math.max(Math.floor((targets[lru] * (100 - unscanned)) / 100) - scanned, 0);
  }
  return true;
}

/** SIMPLIFIED: in Linux the request queue makes whoever writes too much wait. */
function* waitForDisk(rooms: ReclaimRooms, pgdat: PgData): Reclaiming<void> {
  const node = rooms.lru.vmstat.nodes[pgdat.nid];
  for (let waits = 0; node.nr_writeback > MOST_WRITEBACK && waits < MOST_WAITS; waits++) yield waitsForDisk(WAIT_NS);
}
