/** Jobs on their way to the workers: some are still being prepared while others are played. */
import type { Job } from '../model/observation.ts';

export interface Queued {
  readonly job: Job;
  /** From 1: how often it was tried. */
  readonly attempt: number;
}

export class Feed {
  readonly #queue: Queued[] = [];
  #open = true;
  #wake: (() => void)[] = [];

  /** Takes in all jobs of a source as they come. */
  async fill(jobs: AsyncIterable<Job> | Iterable<Job>): Promise<void> {
    try {
      for await (const job of jobs) this.put({ job, attempt: 1 });
    } finally {
      this.#open = false;
      this.#ring();
    }
  }

  put(queued: Queued): void {
    this.#queue.push(queued);
    this.#ring();
  }

  /** The next job, waiting for it if need be; null when there will be no more. */
  async take(): Promise<Queued | null> {
    while (this.#queue.length === 0 && this.#open) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    return this.#queue.shift() ?? null;
  }

  #ring(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
