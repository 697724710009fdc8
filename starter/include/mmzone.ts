/**
 * Zones of one memory node, as the page allocator's files tell each other about them. Linux: include/linux/mmzone.h.
 *
 *     pfn 0        4096 (16 MiB)              1048576 (4 GiB)
 *     |--- DMA ----|---------- DMA32 ---------|---------- Normal ---- ... ---- Movable (if any)
 */
import type { Order, Pfn } from './types.ts';

/** By zone index: lowest first. In a list "by zone" a zone that is not used stands with 0; no place is left out. */
export const ZONE_NAMES = ['DMA', 'DMA32', 'Normal', 'Movable'] as const;
export type ZoneName = (typeof ZONE_NAMES)[number];
/** Index of a zone, in ZONE_NAMES and in every list "by zone". */
export type ZoneIndex = 0 | 1 | 2 | 3;
export const ZONE_DMA = 0;
export const ZONE_DMA32 = 1;
export const ZONE_NORMAL = 2;
export const ZONE_MOVABLE = 3;

/** Frames start ≤ pfn < end. */
export interface PfnRange {
  readonly start: Pfn;
  readonly end: Pfn;
}

/** Levels of free memory in a zone, in pages. Linux: enum zone_watermarks. */
export interface Watermarks {
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly promo: number;
}

/** One zone of a node, before boot. A zone that the node does not have is not described, or with no frames. */
export interface ZoneDescription {
  readonly zone: ZoneIndex;
  readonly startPfn: Pfn;
  /** Frames from the first to the last, holes included; 0: the zone is empty. */
  readonly spannedPages: number;
  /** Frames without memory: not empty, ascending, disjoint (they may touch), inside the zone. */
  readonly holes: readonly PfnRange[];
  readonly watermarks: Watermarks;
  /** By zone index: pages kept from requests that could have been served in that (higher) zone. */
  readonly lowmemReserve: readonly number[];
}

/** Where whole free blocks can be looked up. */
export interface FreeBlocks {
  /** Whether exactly the block of 2^order frames at pfn is free: not a part of it, nor a larger one around it. */
  isFreeBlock(pfn: Pfn, order: Order): boolean;
}

/** Where blocks come from and go back to. */
export interface BlockSource {
  /** @returns the first frame of 2^order frames, or null when there is no such block */
  rmqueue(order: Order): Pfn | null;
  freeOnePage(pfn: Pfn, order: Order): void;
}

/** What a watermark check must know of a zone. */
export interface ZoneFreeState {
  /** Free pages. */
  readonly nrFreePages: number;
  /** By order: free blocks. */
  readonly nrFree: readonly number[];
  /** By zone index, in pages; see ZoneDescription. */
  readonly lowmemReserve: readonly number[];
}

/** One request, as a watermark check sees it. */
export interface WatermarkRequest {
  readonly order: Order;
  /** The watermark to stay above, in pages. */
  readonly mark: number;
  /** The highest zone that the request could have been served in. */
  readonly highestZone: ZoneIndex;
  /** ALLOC_ rights, joined with `|`. */
  readonly allocFlags: number;
}

/** What /proc/buddyinfo shows of a zone. */
export interface BuddyinfoZone {
  readonly name: string;
  /** Frames with memory; a zone without any is not shown. */
  readonly managedPages: number;
  /** By order: free blocks. */
  readonly nrFree: readonly number[];
}

/** Kinds of memory by how it can be got back; pageblocks of one kind are kept together. Linux: enum migratetype. */
export const MIGRATE_UNMOVABLE = 0;
export const MIGRATE_MOVABLE = 1;
export const MIGRATE_RECLAIMABLE = 2;
export type MigrateType = typeof MIGRATE_UNMOVABLE | typeof MIGRATE_MOVABLE | typeof MIGRATE_RECLAIMABLE;

/** Events of one node, in pages. Linux: the numa_ lines of /sys/devices/system/node/nodeN/numastat. */
export interface NumaCounters {
  /** Allocated here, as intended. */
  readonly numaHit: number;
  /** Allocated here, though another node was preferred. */
  readonly numaMiss: number;
  /** Meant for here, but allocated elsewhere. */
  readonly numaForeign: number;
  /** Allocated here, by a task that runs here. */
  readonly localNode: number;
  /** Allocated here, by a task that runs elsewhere. */
  readonly otherNode: number;
}

/** One page was allocated; three node numbers. */
export interface NumaEvent {
  /** Where the page was wanted. */
  readonly preferred: number;
  /** Where it was got. */
  readonly allocated: number;
  /** Where the task runs. */
  readonly running: number;
}
