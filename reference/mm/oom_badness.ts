/**
 * How much is gained by killing a process. Linux: mm/oom_kill.c, oom_badness(); fs/proc/base.c.
 *
 *     badness = pages in memory + pages in swap + page tables + oom_score_adj * (all memory / 1000)
 *     oom_score = (1000 + badness * 1000 / all memory) * 2 / 3         666: has nothing; 0: never
 */
import { EACCES, EINVAL } from '../include/errno.ts';
import { PAGE_SIZE } from '../include/param.ts';

/** Never to be killed. */
export const OOM_SCORE_ADJ_MIN = -1000;
export const OOM_SCORE_ADJ_MAX = 1000;
/** Of the older file, which counts in seventeenths. */
const OOM_DISABLE = -17;
const OOM_ADJUST_MAX = 15;

/** What a process holds. Linux: struct mm_struct. */
export interface OomMemory {
  /** Pages in memory. */
  readonly rssPages: number;
  readonly rss: { readonly swapents: number };
  readonly pgtablesBytes: number;
}

/** How a process is set. */
export interface OomSetting {
  oomScoreAdj: number;
  /** The least that it may be set to without CAP_SYS_RESOURCE. */
  oomScoreAdjMin: number;
}

/**
 * @param oomScoreAdj  -1000 .. 1000
 * @param totalPages  RAM and swap that could be used
 * @returns points, perhaps below 0; null: never
 */
export function oomBadness(memory: OomMemory, oomScoreAdj: number, totalPages: number): number | null {
  if (oomScoreAdj === OOM_SCORE_ADJ_MIN) return null;
  const held = memory.rssPages + memory.rss.swapents + Math.floor(memory.pgtablesBytes / PAGE_SIZE);
  return held + oomScoreAdj * Math.floor(totalPages / 1000);
}

/** /proc/PID/oom_score. Linux: proc_oom_score(). @param badness  null: never to be killed */
export function oomScore(badness: number | null, totalPages: number): number {
  if (badness === null) return 0;
  return Math.trunc(((1000 + Math.trunc((badness * 1000) / totalPages)) * 2) / 3);
}

/**
 * A write to /proc/PID/oom_score_adj. Linux: __set_oom_adj().
 * @param resource  CAP_SYS_RESOURCE
 * @returns 0; -EINVAL: not -1000 .. 1000; -EACCES: lower than it was ever set by one who may
 */
export function setOomScoreAdj(process: OomSetting, value: number, resource: boolean): number {
  if (!(Number.isInteger(value) && value >= OOM_SCORE_ADJ_MIN && value <= OOM_SCORE_ADJ_MAX)) return -EINVAL;
  if (value < process.oomScoreAdjMin && !resource) return -EACCES;
  process.oomScoreAdj = value;
  if (resource) process.oomScoreAdjMin = value;
  return 0;
}

/** The same in the older unit, -17 .. 15. Linux: oom_adj_read(). */
export function oomAdj(oomScoreAdj: number): number {
  if (oomScoreAdj === OOM_SCORE_ADJ_MAX) return OOM_ADJUST_MAX;
  return Math.min(Math.trunc((oomScoreAdj * -OOM_DISABLE) / OOM_SCORE_ADJ_MAX), OOM_ADJUST_MAX);
}

/** A write in the older unit. @returns as setOomScoreAdj(); -EACCES: lower than it is. Linux: oom_adj_write() */
export function setOomAdj(process: OomSetting, value: number, resource: boolean): number {
  if (!(Number.isInteger(value) && value >= OOM_DISABLE && value <= OOM_ADJUST_MAX)) return -EINVAL;
  const scaled = Math.trunc((value * OOM_SCORE_ADJ_MAX) / -OOM_DISABLE);
  const adj = value === OOM_ADJUST_MAX ? OOM_SCORE_ADJ_MAX : scaled;
  if (adj < process.oomScoreAdj && !resource) return -EACCES;
  process.oomScoreAdj = adj;
  return 0;
}
