/**
 * Reclaim: pages that are not in use enough make room for others. Linux: mm/vmscan.c. Textbook: page replacement.
 *
 *     allocator, below LOW   -> wakeupKswapd    -> kswapd.ts, balance_pgdat.ts  \
 *     allocator, below MIN   -> tryToFreePages ----------------------------------> shrinkNode -> shrinkLruvec
 *     MADV_PAGEOUT           -> reclaimPages  -> shrinkFolioList                        -> shrinkActiveList, shrinkInactiveList
 *     zone_reclaim_mode      -> nodeReclaim  -> shrinkNode                                  -> shrinkFolioList
 *
 * SIMPLIFIED: the classic lists, no MGLRU; no memory cgroups, no demotion to slower nodes, no compaction.
 */
import { __GFP_FS, GFP_KERNEL } from '../include/gfp.ts';
import { ZONE_MOVABLE, ZONE_NORMAL, type ZoneIndex } from '../include/mmzone.ts';
import type { NodeReclaimer, Reclaimer } from '../include/reclaim.ts';
import type { Order, Pfn } from '../include/types.ts';
import { PageList } from '../lib/list.ts';
import { asMemstall } from '../lib/memstall.ts';
import { allowDirectReclaim } from './balance_pgdat.ts';
import { Kswapd } from './kswapd.ts';
import { type NodeReclaimed, nodeReclaim, RECLAIM_UNMAP, RECLAIM_WRITE, RECLAIM_ZONE } from './node_reclaim.ts';
import { gfpZone } from './page_alloc.ts';
import type { PgData } from './pgdat.ts';
import { pass, type Reclaiming, type ReclaimPause, waits } from './reclaiming.ts';
import { DEF_PRIORITY, type ScanControl, SWAP_CLUSTER_MAX, scanControl } from './scan_control.ts';
import { snapshotRefaults } from './vmscan_balance.ts';
import { emptyStat, shrinkFolioList } from './vmscan_folio_list.ts';
import { moveFoliosToLru } from './vmscan_isolate.ts';
import { evictablePages, JIFFY_NS, MAX_RECLAIM_RETRIES, shrinkNode, zoneReclaimablePages } from './vmscan_node.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

/** How long a task waits for kswapd at most, in jiffies: a second. */
const THROTTLE_JIFFIES = 250;

export class Vmscan implements Reclaimer, NodeReclaimer {
  /** By node. */
  readonly kswapds: readonly Kswapd[];
  readonly #rooms: ReclaimRooms;

  constructor(rooms: ReclaimRooms) {
    this.#rooms = rooms;
    this.kswapds = rooms.pgdats.map((pgdat) => new Kswapd(rooms, pgdat));
  }

  wakeupKswapd(nid: number, order: Order, highestZone: ZoneIndex): void {
    this.kswapds[nid].wakeup(order, highestZone);
  }

  tryToFreePages(nid: number, order: Order, gfp: number): number {
    const reclaimIdx = gfpZone(gfp);
    const pgdats = this.#nodesFrom(nid, reclaimIdx);
    const sc = scanControl({ who: 'direct', gfp, order, reclaimIdx, nrToReclaim: SWAP_CLUSTER_MAX });
    return asMemstall(this.#rooms.clock.stalls, () => {
      this.#throttle(pgdats[0], gfp);
      return this.#wait(doTryToFreePages(this.#rooms, sc, pgdats));
    });
  }

  reclaimablePages(nid: number, zone: ZoneIndex): number {
    return zoneReclaimablePages(this.#rooms, nid, zone);
  }

  /**
   * Takes pages out of memory whether they are used or not: MADV_PAGEOUT. Those that cannot go, or are being written
   * first, are back on their lists. Linux: reclaim_pages().
   * @param pfns  isolated from the LRU; the reference that took passes over
   * @returns pages that were freed
   */
  reclaimPages(pfns: readonly Pfn[]): number {
    const rooms = this.#rooms;
    const want = { gfp: GFP_KERNEL, order: 0, reclaimIdx: ZONE_MOVABLE, nrToReclaim: pfns.length } as const;
    let reclaimed = 0;
    for (const pgdat of rooms.pgdats) {
      const list = new PageList(rooms.lru.memMap);
      for (const pfn of pfns) if (rooms.lru.zoneOf(pfn).nid === pgdat.nid) list.addHead(pfn);
      const sc = scanControl({ who: 'direct', ...want });
      reclaimed += shrinkFolioList(rooms, sc, pgdat, list, emptyStat(), 'ignored');
      moveFoliosToLru(rooms, pgdat, list);
    }
    return reclaimed;
  }

  /**
   * What is not in use enough goes, until nothing more does; what has to be written is waited for. Pages that are active
   * by then stay. Linux: mem_cgroup_force_empty().
   * @returns pages that were freed
   */
  forceEmpty(): number {
    const rooms = this.#rooms;
    const want = { gfp: GFP_KERNEL, order: 0, reclaimIdx: ZONE_MOVABLE, nrToReclaim: SWAP_CLUSTER_MAX } as const;
    const ofCgroup = { who: 'direct', staleStats: true } as const;
    let reclaimed = 0;
    let retries = MAX_RECLAIM_RETRIES;
    while (retries > 0 && rooms.pgdats.some(({ nid }) => evictablePages(rooms, nid) > 0)) {
      const freed = this.#wait(doTryToFreePages(rooms, scanControl({ ...want, ...ofCgroup }), rooms.pgdats));
      if (freed === 0) retries--;
      reclaimed += freed;
    }
    return reclaimed;
  }

  /** Whether kswapd has given a node up. Linux: kswapd_failures >= MAX_RECLAIM_RETRIES. */
  isHopeless(nid: number): boolean {
    return this.#rooms.pgdats[nid].kswapdFailures >= MAX_RECLAIM_RETRIES;
  }

  get nodeReclaimEnabled(): boolean {
    return (this.#rooms.sysctls.zoneReclaimMode & (RECLAIM_ZONE | RECLAIM_WRITE | RECLAIM_UNMAP)) !== 0;
  }

  nodeReclaim(nid: number, order: Order, gfp: number, running: number): NodeReclaimed {
    const rooms = this.#rooms;
    return asMemstall(rooms.clock.stalls, () => {
      return this.#wait(nodeReclaim(rooms, rooms.pgdats[nid], order, gfp, running));
    });
  }

  /** Nodes with zones for a request, nearest first. */
  #nodesFrom(nid: number, reclaimIdx: ZoneIndex): PgData[] {
    const zonelist = this.#rooms.pages.zones.zonelists[nid];
    const nids = new Set(zonelist.filter(({ index }) => index <= reclaimIdx).map((zone) => zone.nid));
    return [...nids].map((each) => this.#rooms.pgdats[each]);
  }

  /** Before the last reserves go, tasks wait for kswapd. Linux: throttle_direct_reclaim(). */
  #throttle(pgdat: PgData, gfp: number): void {
    const rooms = this.#rooms;
    if (allowDirectReclaim(rooms, pgdat)) return;
    rooms.lru.vmstat.events.pgscan_direct_throttle++;
    const kswapd = this.kswapds[pgdat.nid];
    // Without __GFP_FS kswapd may itself be waiting for what the task holds.
    const most = gfp & __GFP_FS ? THROTTLE_JIFFIES : 1;
    for (let turns = 0; turns < most && !allowDirectReclaim(rooms, pgdat); turns++) {
      if (!kswapd.isBusy) {
        pgdat.kswapdHighestZone = Math.min(pgdat.kswapdHighestZone ?? ZONE_NORMAL, ZONE_NORMAL) as ZoneIndex;
        kswapd.wake();
      }
      rooms.clock.advance(JIFFY_NS);
    }
  }

  /** A task's own reclaim: it works and waits, so time passes. */
  #wait<T>(reclaim: Reclaiming<T>): T {
    for (let step: IteratorResult<ReclaimPause, T> = reclaim.next(); ; step = reclaim.next()) {
      if (step.done) return step.value;
      pass(this.#rooms.clock, step.value);
    }
  }
}

/**
 * Shrinks nodes, harder and harder, until enough is freed; if that frees nothing, once more, and then with all active
 * pages among the candidates. Linux: do_try_to_free_pages().
 * @returns pages that were freed
 */
export function* doTryToFreePages(rooms: ReclaimRooms, sc: ScanControl, pgdats: readonly PgData[]): Reclaiming<number> {
  for (;;) {
    for (sc.priority = DEF_PRIORITY; sc.priority >= 0; sc.priority--) {
      sc.nrScanned = 0;
      for (const pgdat of pgdats) yield* shrinkNode(rooms, sc, pgdat);
      if (sc.nrReclaimed >= sc.nrToReclaim) break;
      // Linux also asks how much is being written: SIMPLIFIED.
      if (sc.priority === 1 && sc.nrReclaimed === 0 && pgdats[0].kswapdFailures < MAX_RECLAIM_RETRIES)
        yield waits(JIFFY_NS);
    }
    for (const pgdat of pgdats) snapshotRefaults(rooms, pgdat);
    if (sc.nrReclaimed > 0) return sc.nrReclaimed;
    if (!sc.fullWalk) {
      sc.fullWalk = true;
      continue;
    }
    if (!sc.skippedDeactivate) return 0;
    sc.forceDeactivate = true;
    sc.skippedDeactivate = false;
  }
}
