/** Active pages grow old. Linux: mm/vmscan.c, shrink_active_list(), inactive_is_low(). */
import { VM_EXEC } from '../include/mm_types.ts';
import { PG_active, PG_head, PG_mlocked, PG_swapbacked, PG_workingset } from '../include/page_flags.ts';
import type { Pfn } from '../include/types.ts';
import { PageList } from '../lib/list.ts';
import {
  LRU_ACTIVE_ANON,
  LRU_ACTIVE_FILE,
  LRU_INACTIVE_ANON,
  LRU_INACTIVE_FILE,
  type LruList,
  type Lruvecs,
} from './lruvec.ts';
import type { PgData } from './pgdat.ts';
import type { ScanControl } from './scan_control.ts';
import { countIsolated, isolateLruFolios, moveFoliosToLru } from './vmscan_isolate.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

/** Pages of a GiB. */
const GIB_PAGES = 2 ** 18;

/**
 * How many active pages there may be for each inactive one: the square root of ten times the GiB of both, rounded down;
 * 1 below a GiB. The inactive list must only be long enough to notice who is used twice.
 * @param pages  active and inactive
 */
export function inactiveRatio(pages: number): number {
  const gib = Math.floor(pages / GIB_PAGES);
  return gib === 0 ? 1 : Math.floor(Math.sqrt(10 * gib));
}

/** Whether active pages should follow. Linux: inactive_is_low(). */
export function inactiveIsLow(lru: Lruvecs, nid: number, side: 'anon' | 'file'): boolean {
  const inactive = lru.nodeSize(nid, side === 'anon' ? LRU_INACTIVE_ANON : LRU_INACTIVE_FILE);
  const active = lru.nodeSize(nid, side === 'anon' ? LRU_ACTIVE_ANON : LRU_ACTIVE_FILE);
  return inactive * inactiveRatio(inactive + active) < active;
}

/**
 * Moves pages from the tail of an active list to the head of the inactive one, used or not: whoever is used again comes
 * back. Only programs that run (used pages of executable mappings of files) go round once more.
 * Linux: shrink_active_list().
 */
export function shrinkActiveList(
  rooms: ReclaimRooms,
  sc: ScanControl,
  pgdat: PgData,
  lru: LruList,
  nrToScan: number,
): void {
  const { memMap, vmstat } = rooms.lru;
  rooms.lruAddDrain();
  const { list, scanned, taken } = isolateLruFolios(rooms, sc, pgdat, lru, nrToScan);
  countIsolated(rooms, pgdat, lru, taken);
  vmstat.events.pgrefill += scanned;
  const active = new PageList(memMap);
  const inactive = new PageList(memMap);
  let rotated = 0;
  for (let pfn = list.last; pfn !== null; pfn = list.last) {
    list.remove(pfn);
    if (!memMap.test(pfn, PG_mlocked) && isUsedProgram(rooms, pfn)) {
      rotated += rooms.lru.nrPages(pfn);
      active.addHead(pfn);
    } else {
      memMap.clear(pfn, PG_active);
      memMap.set(pfn, PG_workingset);
      inactive.addHead(pfn);
    }
  }
  moveFoliosToLru(rooms, pgdat, active);
  vmstat.events.pgdeactivate += moveFoliosToLru(rooms, pgdat, inactive);
  countIsolated(rooms, pgdat, lru, -taken);
  if (rotated > 0) pgdat.lruvec.noteCost(lru === LRU_ACTIVE_ANON ? 'anon' : 'file', 0, rotated);
}

/** Asks page tables in any case: what they say of the past is forgotten. */
function isUsedProgram(rooms: ReclaimRooms, pfn: Pfn): boolean {
  const { memMap } = rooms.lru;
  if (memMap.mapcount[pfn] === 0 && !memMap.test(pfn, PG_head)) return false;
  const { referenced, vmFlags } = rooms.rmap.folioReferenced(pfn);
  return referenced > 0 && (vmFlags & VM_EXEC) !== 0 && !memMap.test(pfn, PG_swapbacked);
}
