/** One run of kswapd: until its node has enough free memory, or nothing helps. Linux: mm/vmscan.c, balance_pgdat(). */
import { GFP_KERNEL } from '../include/gfp.ts';
import { ZONE_NORMAL, type ZoneIndex } from '../include/mmzone.ts';
import type { Order } from '../include/types.ts';
import { LRU_ACTIVE_ANON } from './lruvec.ts';
import type { PgData } from './pgdat.ts';
import type { Reclaiming } from './reclaiming.ts';
import { DEF_PRIORITY, type ScanControl, SWAP_CLUSTER_MAX, scanControl } from './scan_control.ts';
import { inactiveIsLow, shrinkActiveList } from './vmscan_active.ts';
import { snapshotRefaults } from './vmscan_balance.ts';
import { MAX_RECLAIM_RETRIES, pgdatBalanced, shrinkNode, zoneReclaimablePages } from './vmscan_node.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

/**
 * Reclaims until some zone is above HIGH, harder and harder. If only a boost of the watermarks is to be taken back, it
 * is gentle: it neither writes nor swaps. Linux: balance_pgdat().
 * @returns the order it still cares for
 */
export function* balancePgdat(
  rooms: ReclaimRooms,
  pgdat: PgData,
  order: Order,
  highestZone: ZoneIndex,
): Reclaiming<Order> {
  rooms.lru.vmstat.events.pageoutrun++;
  const sc = scanControl({ who: 'kswapd', gfp: GFP_KERNEL, order, reclaimIdx: highestZone, nrToReclaim: 0 });
  const zones = pgdat.zonesUpTo(highestZone);
  const boosts = zones.map(({ watermarkBoost }) => watermarkBoost);
  let boost = boosts.reduce((sum, pages) => sum + pages, 0);
  for (;;) {
    const end = yield* lowerPriorities(rooms, sc, pgdat, boost);
    if (end === 'balanced') break;
    if (end === 'notBalanced') {
      boost = 0;
    } else if (sc.nrReclaimed === 0 && sc.priority < 1 && sc.cacheTrimModeFailed && !sc.noCacheTrimMode) {
      sc.noCacheTrimMode = true;
    } else {
      if (sc.nrReclaimed === 0) pgdat.kswapdFailures++;
      break;
    }
  }
  for (const [i, zone] of zones.entries()) zone.watermarkBoost -= Math.min(zone.watermarkBoost, boosts[i]);
  snapshotRefaults(rooms, pgdat);
  return sc.order;
}

/**
 * @param boost  pages to reclaim because watermarks are boosted
 * @returns notBalanced: it was wanted for a boost only, but the node is short of memory
 */
function* lowerPriorities(
  rooms: ReclaimRooms,
  sc: ScanControl,
  pgdat: PgData,
  boost: number,
): Reclaiming<'balanced' | 'notBalanced' | 'tried'> {
  let left = boost;
  sc.priority = DEF_PRIORITY;
  while (sc.priority >= 1) {
    const balanced = pgdatBalanced(pgdat, sc.order, sc.reclaimIdx);
    if (!balanced && left > 0) return 'notBalanced';
    if (balanced && left === 0) return 'balanced';
    const before = sc.nrReclaimed;
    sc.mayWritepage = left === 0 || sc.priority < DEF_PRIORITY - 2;
    sc.maySwap = left === 0;
    ageNode(rooms, sc, pgdat);
    const enough = yield* kswapdShrinkNode(rooms, sc, pgdat);
    const reclaimed = sc.nrReclaimed - before;
    const gentle = left > 0 && sc.priority === DEF_PRIORITY - 2;
    left -= Math.min(left, reclaimed);
    if (left > 0 && reclaimed === 0) return 'tried';
    if (!(enough || gentle) || reclaimed === 0) sc.priority--;
  }
  return 'tried';
}

/** Active anonymous pages age even while none is reclaimed. Linux: kswapd_age_node(). */
function ageNode(rooms: ReclaimRooms, sc: ScanControl, pgdat: PgData): void {
  if (rooms.swap.totalSwapPages === 0 || !inactiveIsLow(rooms.lru, pgdat.nid, 'anon')) return;
  shrinkActiveList(rooms, sc, pgdat, LRU_ACTIVE_ANON, SWAP_CLUSTER_MAX);
}

/** @returns whether so much was scanned that trying harder would not help. Linux: kswapd_shrink_node() */
function* kswapdShrinkNode(rooms: ReclaimRooms, sc: ScanControl, pgdat: PgData): Reclaiming<boolean> {
  const before = sc.nrReclaimed;
  sc.nrScanned = 0;
  sc.nrToReclaim = 0;
  for (const zone of pgdat.zonesUpTo(sc.reclaimIdx)) {
    sc.nrToReclaim += Math.max(zone.wmarkPages('high'), SWAP_CLUSTER_MAX);
  }
  yield* shrinkNode(rooms, sc, pgdat);
  if (sc.order > 0 && sc.nrReclaimed >= 2 << sc.order) sc.order = 0;
  return Math.max(sc.nrScanned, sc.nrReclaimed - before) >= sc.nrToReclaim;
}

/**
 * Whether a task may reclaim for itself: the reserves are more than half there, or kswapd has given up.
 * Linux: allow_direct_reclaim().
 */
export function allowDirectReclaim(rooms: ReclaimRooms, pgdat: PgData): boolean {
  if (pgdat.kswapdFailures >= MAX_RECLAIM_RETRIES) return true;
  let reserve = 0;
  let free = 0;
  for (const zone of pgdat.zonesUpTo(ZONE_NORMAL)) {
    if (zoneReclaimablePages(rooms, zone.nid, zone.index) === 0) continue;
    reserve += zone.wmarkPages('min');
    free += zone.nrFreePages;
  }
  return reserve === 0 || free > Math.floor(reserve / 2);
}
