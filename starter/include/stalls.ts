/**
 * Who must hear what the task that runs does with its time: it works in the kernel, waits for a disk, waits for memory.
 * Linux: include/linux/psi.h, io_schedule_prepare(), account_system_time().
 */
import type { Ticks } from './types.ts';

/** What kswapd of a node does. It waits for a disk. */
export type KswapdState = 'works' | 'waits' | 'rests';

export interface StallWatch {
  /**
   * The task that runs gets memory by reclaiming it, or waits for a page that it had not long ago.
   * @returns whether it did so already; to be given to psiMemstallLeave()
   */
  psiMemstallEnter(): boolean;
  psiMemstallLeave(was: boolean): void;
  /** The task that runs waits for a disk. @returns whether it did so already; to be given to ioScheduleFinish() */
  ioSchedulePrepare(): boolean;
  ioScheduleFinish(was: boolean): void;
  /** Whether it is enough to hear of work of the task that runs when it is over, if nothing else has happened meanwhile. */
  readonly addsUp: boolean;
  /** It has worked in the kernel since then. */
  worked(from: Ticks): void;
  /** The task that runs has its CPU, in the kernel. @returns whether it did so already; to be given to kernelLeave() */
  kernelEnter(): boolean;
  kernelLeave(was: boolean): void;
  kswapd(nid: number, does: KswapdState): void;
}
