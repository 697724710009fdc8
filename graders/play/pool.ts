/**
 * Worker processes that stay warm over many submissions. Each is handed a few jobs at a time; a worker that hangs or dies
 * costs only the job it held, which is then played once more, alone, before the failure counts.
 */
import type { Job, Observation, Repertoire } from '../model/observation.ts';
import { Feed, type Queued } from './feed.ts';
import type { Seen } from './messages.ts';
import { WorkerProcess } from './worker.ts';

export interface PoolOptions {
  readonly workers: number;
  /** Seed for the order in which tests are played; null for the order they stand in. */
  readonly order: number | null;
  /** The last resort: a single test that takes longer than this is taken for hung. */
  readonly testWallMs: number;
}

/** A worker that has grown beyond this is replaced. */
const RECYCLE_MIB = 1024;
/** How often a job may take its worker with it, or be among those that were not played, before that counts. */
const ATTEMPTS = 2;

/**
 * Plays all jobs, as they come.
 * @throws GraderError RUN_WORKER if workers die before they play anything; or what `jobs` or `seen` throws
 */
export async function playAll(
  jobs: AsyncIterable<Job> | Iterable<Job>,
  repertoire: Repertoire,
  options: PoolOptions,
  seen: Seen,
): Promise<void> {
  const feed = new Feed();
  const workers = new Set<WorkerProcess>();
  const lane = async (): Promise<void> => {
    for (let next = await feed.take(); next.length > 0; next = await feed.take()) {
      const worker = new WorkerProcess({ repertoire, order: options.order }, options.testWallMs, seen);
      workers.add(worker);
      try {
        await playOn(worker, next, feed, seen);
      } finally {
        worker.end();
        workers.delete(worker);
      }
    }
  };
  try {
    await Promise.all([feed.fill(jobs), ...Array.from({ length: options.workers }, lane)]);
  } finally {
    for (const worker of workers) worker.end();
  }
}

/** Asks one worker again and again, until there are no more jobs or the worker is gone. */
async function playOn(worker: WorkerProcess, first: readonly Queued[], feed: Feed, seen: Seen): Promise<void> {
  await worker.ready();
  for (let next = first; next.length > 0; next = await feed.take()) {
    const left = new Map(next.map((queued) => [queued.job.key, queued]));
    const end = await worker.play(next.map(({ job }) => job));
    for (const key of end.played) left.delete(key);
    if (end.kind === 'done') {
      // Jest or a suite failed at one of these. Each alone, once more, shows at which.
      for (const [key, { job, attempt }] of left) {
        if (attempt < ATTEMPTS) feed.put({ job, attempt: attempt + 1 });
        else seen(key, broken(end.fault ?? 'the suites played nothing'));
      }
      if (end.rssMiB > RECYCLE_MIB) return;
      continue;
    }
    for (const [key, queued] of left) {
      if (key !== end.held) feed.put(queued);
      else if (queued.attempt < ATTEMPTS) feed.put({ job: queued.job, attempt: queued.attempt + 1 });
      else seen(key, end.kind === 'hung' ? { kind: 'stopped', limit: 'wall' } : broken(DIED));
    }
    return;
  }
}

const DIED = 'the worker process died twice while it held this submission';

function broken(says: string): Observation {
  return { kind: 'broken', code: 'RUN_WORKER', says };
}
