/**
 * How much of each list is looked at: anonymous pages against those of files. Linux: mm/vmscan.c,
 * prepare_scan_control(), get_scan_count().
 *
 *     wanted : anon : file  =  swappiness / cost of anon : (200 - swappiness) / cost of file
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, type LruList } from './lruvec.ts';
import type { PgData } from './pgdat.ts';
import type { ScanControl } from './scan_control.ts';
import { inactiveIsLow } from './vmscan_active.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

/** Twice the neutral swappiness. */
export const MAX_SWAPPINESS = 200;

/** The lists that reclaim looks at, in its order. */
export const EVICTABLE_LISTS = [LRU_INACTIVE_ANON, LRU_ACTIVE_ANON, LRU_INACTIVE_FILE, LRU_ACTIVE_FILE] as const;

/** Pages to look at, by LruList. */
export type ScanCounts = [number, number, number, number];

/** Which lists, and how much of each. Linux: enum scan_balance. */
type ScanBalance = 'equal' | 'fract' | 'anon' | 'file';

/** Looks at a node, before it is scanned. Linux: prepare_scan_control(). */
export function prepareScanControl(rooms: ReclaimRooms, sc: ScanControl, pgdat: PgData): void {
  const { lru } = rooms;
  const { nid, lruvec } = pgdat;
  const node = lru.vmstat.nodes[nid];
  sc.anonCost = lruvec.anonCost;
  sc.fileCost = lruvec.fileCost;
  // Pages that come back show that the active lists hold stale ones.
  const anonIsStale = node.workingset_activate_anon !== lruvec.refaults[0] || inactiveIsLow(lru, nid, 'anon');
  const fileIsStale = node.workingset_activate_file !== lruvec.refaults[1] || inactiveIsLow(lru, nid, 'file');
  sc.mayDeactivateAnon = sc.forceDeactivate || (!sc.staleStats && anonIsStale);
  sc.mayDeactivateFile = sc.forceDeactivate || (!sc.staleStats && fileIsStale);
  const file = lru.nodeSize(nid, LRU_INACTIVE_FILE);
  sc.cacheTrimMode = file >> sc.priority > 0 && !sc.mayDeactivateFile && !sc.noCacheTrimMode;
  sc.fileIsTiny = isFileTiny(rooms, sc, pgdat);
}

/** Whether files have so little that taking it would bring it back at once. */
function isFileTiny(rooms: ReclaimRooms, sc: ScanControl, pgdat: PgData): boolean {
  const { lru } = rooms;
  let free = 0;
  let high = 0;
  for (const zone of pgdat.zones) {
    free += zone.nrFreePages;
    high += zone.wmarkPages('high');
  }
  const file = lru.nodeSize(pgdat.nid, LRU_ACTIVE_FILE) + lru.nodeSize(pgdat.nid, LRU_INACTIVE_FILE);
  const anon = lru.nodeSize(pgdat.nid, LRU_INACTIVE_ANON);
  return file + free <= high && !sc.mayDeactivateAnon && anon >> sc.priority > 0;
}

/** The state of the refaults, for prepareScanControl() of the next run. Linux: snapshot_refaults(). */
export function snapshotRefaults(rooms: ReclaimRooms, pgdat: PgData): void {
  const node = rooms.lru.vmstat.nodes[pgdat.nid];
  pgdat.lruvec.refaults[0] = node.workingset_activate_anon;
  pgdat.lruvec.refaults[1] = node.workingset_activate_file;
}

/**
 * How anonymous pages and those of files share the scanning: the more reclaim of a kind has cost lately, the less.
 * Each cost also counts for the other kind, so that neither is ever more than twice as dear in a mix.
 * Linux: calculate_pressure_balance().
 * @returns two numbers; the share of each is its part of their sum
 */
export function pressureBalance(
  swappiness: number,
  anonCost: number,
  fileCost: number,
): readonly [anon: number, file: number] {
  const anon = anonCost + fileCost + anonCost;
  const file = anonCost + fileCost + fileCost;
  const total = anon + file;
  const anonPart = Math.floor((swappiness * (total + 1)) / (anon + 1));
  const filePart = Math.floor(((MAX_SWAPPINESS - swappiness) * (total + 1)) / (file + 1));
  return [anonPart, filePart];
}

/** How many pages of each list are to be looked at. Linux: get_scan_count(). */
export function getScanCount(rooms: ReclaimRooms, sc: ScanControl, pgdat: PgData): ScanCounts {
  const { swappiness } = rooms.sysctls;
  const balance = scanBalance(rooms, sc, swappiness);
  const parts = pressureBalance(swappiness, sc.anonCost, sc.fileCost);
  const count = (lru: LruList): number => {
    const side = lru < LRU_INACTIVE_FILE ? 'anon' : 'file';
    const pages = rooms.lru.size(pgdat.nid, lru, sc.reclaimIdx);
    const scan = Math.floor(pages / 2 ** sc.priority);
    if (balance === 'equal') return scan;
    if (balance === 'fract') return Math.floor((scan * parts[side === 'anon' ? 0 : 1]) / (parts[0] + parts[1]));
    return balance === side ? scan : 0;
  };
  const [a, b, c, d] = EVICTABLE_LISTS;
  return [count(a), count(b), count(c), count(d)];
}

function scanBalance(rooms: ReclaimRooms, sc: ScanControl, swappiness: number): ScanBalance {
  if (!sc.maySwap || rooms.swap.nrSwapPages === 0) return 'file';
  if (sc.priority === 0 && swappiness > 0) return 'equal';
  if (sc.fileIsTiny) return 'anon';
  return sc.cacheTrimMode ? 'file' : 'fract';
}
