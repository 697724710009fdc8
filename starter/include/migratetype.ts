/**
 * All kinds of pageblocks. Linux: include/linux/mmzone.h, enum migratetype, without CMA; the first three, which requests
 * name: include/mmzone.ts.
 */
import { MAX_PAGE_ORDER, PAGE_SIZE, PMD_SIZE } from './param.ts';

/** Kept for large requests of those who cannot wait. */
export const MIGRATE_HIGHATOMIC = 3;
/** Taken out of use. */
export const MIGRATE_ISOLATE = 4;
export type PageblockType = 0 | 1 | 2 | typeof MIGRATE_HIGHATOMIC | typeof MIGRATE_ISOLATE;
/** By number, as /proc/pagetypeinfo names them. */
export const MIGRATETYPE_NAMES = ['Unmovable', 'Movable', 'Reclaimable', 'HighAtomic', 'Isolate'] as const;
export const MIGRATE_TYPES = 5;
/** Types below this one have lists of their own on each CPU, and pageblocks of them may merge. */
export const MIGRATE_PCPTYPES = 3;

/** Frames of a pageblock: as many as a huge page has. */
export const PAGEBLOCK_NR_PAGES = PMD_SIZE / PAGE_SIZE;
/** log2 of it. */
export const PAGEBLOCK_ORDER = MAX_PAGE_ORDER - 1;

/** What /proc/pagetypeinfo shows of a zone with memory. */
export interface PagetypeinfoZone {
  readonly node: number;
  readonly name: string;
  /** By kind, then by order: free blocks. */
  readonly nrFree: readonly (readonly number[])[];
  /** By kind: pageblocks. */
  readonly pageblocks: readonly number[];
}
