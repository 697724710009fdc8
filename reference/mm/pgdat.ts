/** What reclaim knows of a node. Linux: struct pglist_data (include/linux/mmzone.h). */
import type { ZoneIndex } from '../include/mmzone.ts';
import type { Order } from '../include/types.ts';
import type { Lruvec } from './lruvec.ts';
import type { Zone } from './zone.ts';

export class PgData {
  readonly nid: number;
  /** Zones with memory, lowest first. */
  readonly zones: readonly Zone[];
  readonly lruvec: Lruvec;
  /** The tail of the file list is dirty, and nobody writes it: kswapd does. Linux: PGDAT_DIRTY. */
  dirty = false;
  /** The tail of a list is being written: kswapd waits. Linux: PGDAT_WRITEBACK. */
  writeback = false;
  /** The disks are behind: direct reclaim waits. Linux: LRUVEC_NODE_CONGESTED. */
  congested = false;
  /** Times in a row that kswapd found nothing to reclaim. */
  kswapdFailures = 0;
  /** What kswapd was woken for; null: nothing new. */
  kswapdOrder: Order = 0;
  kswapdHighestZone: ZoneIndex | null = null;
  /** Somebody reclaims for zone_reclaim_mode. Linux: PGDAT_RECLAIM_LOCKED. */
  reclaimLocked = false;

  constructor(lruvec: Lruvec, zones: readonly Zone[]) {
    this.nid = lruvec.nid;
    this.lruvec = lruvec;
    this.zones = zones.filter(({ nid, managedPages }) => nid === lruvec.nid && managedPages > 0);
  }

  /** Zones up to this one, lowest first. */
  zonesUpTo(highest: ZoneIndex): readonly Zone[] {
    return this.zones.filter(({ index }) => index <= highest);
  }
}
