/** One run of reclaim: who wants what, how hard it tries, and what has come of it. Linux: struct scan_control. */
import type { ZoneIndex } from '../include/mmzone.ts';
import type { Order } from '../include/types.ts';

/** How hard the first try is: a 4096th of each list. */
export const DEF_PRIORITY = 12;
/** Pages of one batch. */
export const SWAP_CLUSTER_MAX = 32;

/** What one look at a node has seen, in pages. Linux: the nr of struct scan_control. */
export interface SeenPages {
  dirty: number;
  unqueuedDirty: number;
  congested: number;
  writeback: number;
  immediate: number;
  taken: number;
  fileTaken: number;
}

export interface ScanControl {
  readonly who: 'kswapd' | 'direct';
  /** What may be waited for. */
  readonly gfp: number;
  readonly reclaimIdx: ZoneIndex;
  /** Becomes 0 when so much is free that only fragmentation can be the reason. */
  order: Order;
  /** Pages. */
  nrToReclaim: number;
  /** A list of n pages is scanned n >> priority deep. */
  priority: number;
  mayWritepage: boolean;
  readonly mayUnmap: boolean;
  maySwap: boolean;

  // Found out for each node, by prepareScanControl().
  mayDeactivateAnon: boolean;
  mayDeactivateFile: boolean;
  /** Only pages of files, there are plenty. */
  cacheTrimMode: boolean;
  /** Only anonymous pages: what is left of files is needed. */
  fileIsTiny: boolean;
  anonCost: number;
  fileCost: number;

  /**
   * How long the lists are is known from up to two seconds ago only, and so that they need no balancing: reclaim of a
   * memory cgroup, whose statistics are gathered so seldom. Linux: mem_cgroup_flush_stats_ratelimited().
   */
  readonly staleStats: boolean;

  // What went wrong, for the next try.
  /** Freed nothing once, and looked at everything again. Linux: memcg_full_walk. */
  fullWalk: boolean;
  forceDeactivate: boolean;
  skippedDeactivate: boolean;
  cacheTrimModeFailed: boolean;
  noCacheTrimMode: boolean;

  nrScanned: number;
  nrReclaimed: number;
  seen: SeenPages;
}

export function nothingSeen(): SeenPages {
  return { dirty: 0, unqueuedDirty: 0, congested: 0, writeback: 0, immediate: 0, taken: 0, fileTaken: 0 };
}

/** What differs from one run to another. */
export type ScanWish = Pick<ScanControl, 'who' | 'gfp' | 'order' | 'reclaimIdx' | 'nrToReclaim'> & Partial<ScanControl>;

export function scanControl(wish: ScanWish): ScanControl {
  return {
    priority: DEF_PRIORITY,
    mayWritepage: true,
    mayUnmap: true,
    maySwap: true,
    mayDeactivateAnon: false,
    mayDeactivateFile: false,
    cacheTrimMode: false,
    fileIsTiny: false,
    anonCost: 0,
    fileCost: 0,
    staleStats: false,
    fullWalk: false,
    forceDeactivate: false,
    skippedDeactivate: false,
    cacheTrimModeFailed: false,
    noCacheTrimMode: false,
    nrScanned: 0,
    nrReclaimed: 0,
    seen: nothingSeen(),
    ...wish,
  };
}
