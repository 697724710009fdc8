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

  /**
   * The next job, waiting for it if need be.
   * @param claim  told of it in the very moment that it would leave; false leaves it to others
   * @returns null when there will be no more, or it was not claimed
   */
  async take(claim: (queued: Queued) => boolean = () => true): Promise<Queued | null> {
    while (this.#queue.length === 0 && this.#open) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    const [first] = this.#queue;
    if (first === undefined || !claim(first)) return null;
    this.#queue.shift();
    return first;
  }

  #ring(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
