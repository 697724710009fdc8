/** Work that is worth timing. Pure: whoever runs it brings the clock (graders/bench). */

export interface Workload {
  /** What one of it is: `TLB hit`. */
  readonly title: string;
  /** How many of it one call of `run` does. */
  readonly times: number;
  /** Does it, again and again; leaves the machine so that it can be called once more. */
  readonly run: () => void;
  /** Before each run, and not timed. */
  readonly before?: () => void;
}
