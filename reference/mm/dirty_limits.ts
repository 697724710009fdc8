/**
 * How much of memory may be dirty. Linux: mm/page-writeback.c, domain_dirty_limits() and its neighbours.
 *
 *     0 ........ background ........ freerun ........ setpoint ........ thresh
 *        nobody       the flusher      writers pause, the longer the nearer to thresh
 *        cares        writes
 *
 * SIMPLIFIED: one disk, no cgroups, no tasks with real-time rights.
 */
import { PAGE_SIZE } from '../include/param.ts';

/** /proc/sys/vm/dirty_*. */
export interface DirtySysctls {
  /** Per cent of dirtyable memory; 0: dirtyBytes counts. */
  readonly dirtyRatio: number;
  readonly dirtyBackgroundRatio: number;
  /** 0: the ratio counts. */
  readonly dirtyBytes: number;
  readonly dirtyBackgroundBytes: number;
  /** Hundredths of a second after which a dirty page is written. */
  readonly dirtyExpireCentisecs: number;
  /** Hundredths of a second between two looks for such pages; 0: nobody looks. */
  readonly dirtyWritebackCentisecs: number;
}

export const DEFAULT_DIRTY_SYSCTLS: DirtySysctls = {
  dirtyRatio: 20,
  dirtyBackgroundRatio: 10,
  dirtyBytes: 0,
  dirtyBackgroundBytes: 0,
  dirtyExpireCentisecs: 3000,
  dirtyWritebackCentisecs: 500,
};

/** Writing a ratio zeroes the bytes, and the other way round. Linux: dirty_ratio_handler() and the like. */
export function setDirtySysctl(old: DirtySysctls, name: keyof DirtySysctls, value: number): DirtySysctls {
  const other: Partial<Record<keyof DirtySysctls, keyof DirtySysctls>> = {
    dirtyRatio: 'dirtyBytes',
    dirtyBytes: 'dirtyRatio',
    dirtyBackgroundRatio: 'dirtyBackgroundBytes',
    dirtyBackgroundBytes: 'dirtyBackgroundRatio',
  };
  const twin = other[name];
  return { ...old, ...(twin === undefined ? {} : { [twin]: 0 }), [name]: value };
}

/** In pages. */
export interface DirtyLimits {
  /** Above it, nobody dirties any more. */
  readonly thresh: number;
  /** Above it, the flusher writes. */
  readonly background: number;
  /** Up to it, nobody waits. Linux: dirty_freerun_ceiling(). */
  readonly freerun: number;
}

/** @param dirtyable  pages: free and of files, without reserves. Linux: global_dirtyable_memory() */
export function domainDirtyLimits(dirtyable: number, sysctls: DirtySysctls): DirtyLimits {
  const thresh = limit(dirtyable, sysctls.dirtyRatio, sysctls.dirtyBytes);
  const wanted = limit(dirtyable, sysctls.dirtyBackgroundRatio, sysctls.dirtyBackgroundBytes);
  const background = wanted >= thresh ? Math.floor(thresh / 2) : wanted;
  return { thresh, background, freerun: Math.floor((thresh + background) / 2) };
}

/** Linux computes a share of a page first: 20 % are 819/4096. */
function limit(dirtyable: number, ratio: number, bytes: number): number {
  if (bytes > 0) return Math.ceil(bytes / PAGE_SIZE);
  return Math.floor((Math.floor((ratio * PAGE_SIZE) / 100) * dirtyable) / PAGE_SIZE);
}

/** 1024 stands for 1. */
const UNIT = 1024;

/**
 * How fast writers may go, as a part of the disk's speed, so that dirty memory settles at the setpoint.
 *
 *     pos_ratio = 1 + ((setpoint - dirty) / (thresh - setpoint))^3,    2 at freerun, 1 at the setpoint, 0 at thresh
 *
 * Linux: wb_position_ratio(), pos_ratio_polynom(), of the machine as a whole.
 * @returns 0 .. 2 * 1024
 */
export function posRatio(dirty: number, { thresh, freerun }: DirtyLimits): number {
  if (dirty >= thresh) return 0;
  const setpoint = Math.floor((freerun + thresh) / 2);
  const x = Math.trunc(((setpoint - dirty) * UNIT) / ((thresh - setpoint) | 1));
  const squared = (x * x) >> 10;
  const cubed = (squared * x) >> 10;
  return Math.min(Math.max(cubed + UNIT, 0), 2 * UNIT);
}
