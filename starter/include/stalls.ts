/** Who must hear that a task loses time by waiting. Linux: include/linux/psi.h, io_schedule_prepare(). */

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
  /** kswapd of a node reclaims from now on, or rests. */
  kswapdStall(nid: number, busy: boolean): void;
}
