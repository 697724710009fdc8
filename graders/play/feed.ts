/** Jobs on their way to the workers: some are still being prepared while others are played. */
import type { Job } from '../model/observation.ts';

export interface Queued {
  readonly job: Job;
  /** From 1: how often it was tried. */
  readonly attempt: number;
}

/** Jobs handed out at once: enough to share Jest's start-up, few enough to keep all workers busy to the end. */
const CHUNK = 8;

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

  /** The next few jobs, waiting for them if need be; none when there will be no more. One that was tried before goes alone. */
  async take(): Promise<Queued[]> {
    while (this.#queue.length === 0 && this.#open) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    const alone = (this.#queue[0]?.attempt ?? 1) > 1;
    return this.#queue.splice(0, alone ? 1 : Math.min(CHUNK, Math.ceil(this.#queue.length / 2)));
  }

  #ring(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
