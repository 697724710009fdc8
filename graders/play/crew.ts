/** Worker processes that outlive a run: whoever has several runs before him starts them once. */
import { WorkerProcess } from './worker.ts';

class Crew {
  /** Workers that play at the same time. */
  readonly size: number;
  readonly #idle: WorkerProcess[] = [];

  constructor(size: number) {
    this.size = size;
  }

  /** Starts workers for so many jobs before there are any: that takes longer than most jobs. */
  warm(jobs: number): void {
    while (this.#idle.length < Math.min(jobs, this.size)) this.#idle.push(new WorkerProcess());
  }

  /** A warm one, if there is any, else a new one. */
  hire(): WorkerProcess {
    for (let worker = this.#idle.pop(); worker !== undefined; worker = this.#idle.pop()) {
      if (worker.alive) return worker;
    }
    return new WorkerProcess();
  }

  /** Takes back one that has ended its play. */
  rest(worker: WorkerProcess): void {
    this.#idle.push(worker);
  }

  /** Ends those that rest. */
  end(): void {
    for (const worker of this.#idle.splice(0)) worker.end();
  }
}

export type { Crew };

/** @param size  workers that play at the same time */
export async function withCrew<T>(size: number, work: (crew: Crew) => Promise<T>): Promise<T> {
  const crew = new Crew(size);
  try {
    return await work(crew);
  } finally {
    crew.end();
  }
}
