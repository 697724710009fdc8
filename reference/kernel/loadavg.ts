/**
 * How many tasks have a CPU, want one, or wait for a disk: averaged over 1, 5 and 15 minutes. Linux: kernel/sched/loadavg.c.
 * Textbook: exponential moving average.
 *
 * Nothing is due on the clock: what should have been averaged by now is when the number changes, or somebody looks.
 */
import type { Ticks } from '../include/types.ts';
import { calcLoad, FIXED_1 } from './psi_avgs.ts';
import { TICK_NS } from './run_queue.ts';

/** From one look to the next: five seconds and a tick. Linux: LOAD_FREQ. */
export const LOAD_FREQ_NS = 1251 * TICK_NS;
/** 2048 / e^(5 s / 1, 5, 15 min). Linux: EXP_1, EXP_5, EXP_15. */
const EXPONENTS = [1884, 2014, 2037] as const;

export type Loads = readonly [one: number, five: number, fifteen: number];

export class LoadAvg {
  #loads: Loads = [0, 0, 0];
  /** The next look. */
  #due: Ticks = LOAD_FREQ_NS;

  /** Times FIXED_1. Linux: avenrun[]. */
  get loads(): Loads {
    return this.#loads;
  }

  /** When the number of tasks is next of interest. */
  get due(): Ticks {
    return this.#due;
  }

  /** Linux: calc_global_load(). @param active  so many it has been since the last call */
  catchUp(now: Ticks, active: number): void {
    for (; this.#due <= now; this.#due += LOAD_FREQ_NS) {
      const before = this.#loads;
      const [one, five, fifteen] = EXPONENTS.map((exponent, i) => calcLoad(before[i], exponent, active * FIXED_1));
      this.#loads = [one, five, fifteen];
      // It has come to rest: whatever is left of the time changes nothing.
      if (one === before[0] && five === before[1] && fifteen === before[2]) {
        this.#due += Math.floor((now - this.#due) / LOAD_FREQ_NS) * LOAD_FREQ_NS;
      }
    }
  }
}
