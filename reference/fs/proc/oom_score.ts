/** /proc/PID/oom_score, oom_score_adj and oom_adj. Linux: fs/proc/base.c; mm/oom_kill.c, oom_badness(). */
import { EACCES, EINVAL } from '../../include/errno.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Process } from '../../kernel/process.ts';

const OOM_SCORE_ADJ_MIN = -1000;
const OOM_SCORE_ADJ_MAX = 1000;
/** Of the older file, which counts in sixteenths; -17: never. */
const OOM_DISABLE = -17;
const OOM_ADJUST_MAX = 15;

/** @param totalPages  RAM and swap @returns points; -Infinity: never to be chosen */
export function oomBadness({ mm, oomScoreAdj, pid }: Process, totalPages: number): number {
  if (mm === null || oomScoreAdj === OOM_SCORE_ADJ_MIN || pid === 1) return -Infinity;
  const { rssPages, rss, pgtablesBytes } = mm.pages;
  const points = rssPages + rss.swapents + pgtablesBytes / PAGE_SIZE;
  return points + oomScoreAdj * Math.floor(totalPages / 1000);
}

/** Linux: proc_oom_score(). */
export function oomScore(process: Process, totalPages: number): number {
  const badness = oomBadness(process, totalPages);
  if (badness === -Infinity) return 0;
  return Math.trunc(((1000 + Math.trunc((badness * 1000) / totalPages)) * 2) / 3);
}

/** @param mayRaise  CAP_SYS_RESOURCE: may make itself less likely than it was made. @returns 0, -EINVAL, -EACCES */
export function setOomScoreAdj(process: Process, value: number, mayRaise: boolean): number {
  if (!(Number.isInteger(value) && value >= OOM_SCORE_ADJ_MIN && value <= OOM_SCORE_ADJ_MAX)) return -EINVAL;
  if (value < process.oomScoreAdjMin && !mayRaise) return -EACCES;
  process.oomScoreAdj = value;
  if (mayRaise) process.oomScoreAdjMin = value;
  return 0;
}

/** The same in the older unit. Linux: oom_adj_read(). */
export function oomAdj({ oomScoreAdj }: Process): number {
  if (oomScoreAdj === OOM_SCORE_ADJ_MAX) return OOM_ADJUST_MAX;
  return Math.trunc((oomScoreAdj * -OOM_DISABLE) / OOM_SCORE_ADJ_MAX);
}

/** Linux: oom_adj_write(). */
export function setOomAdj(process: Process, value: number, mayRaise: boolean): number {
  if (!(Number.isInteger(value) && value >= OOM_DISABLE && value <= OOM_ADJUST_MAX)) return -EINVAL;
  const adj = value === OOM_ADJUST_MAX ? OOM_SCORE_ADJ_MAX : Math.trunc((value * OOM_SCORE_ADJ_MAX) / -OOM_DISABLE);
  if (adj < process.oomScoreAdj && !mayRaise) return -EACCES;
  process.oomScoreAdj = adj;
  return 0;
}
