/**
 * Worker processes that stay warm over many submissions. Each is handed a few jobs at a time; a worker that hangs or dies
 * costs only the job it held, which is then played once more, alone, before the failure counts.
 */
import type { Job, Observation, Repertoire } from '../model/observation.ts';
import type { Seen } from './messages.ts';
import { WorkerProcess } from './worker.ts';

export interface PoolOptions {
  readonly workers: number;
  /** Seed for the order in which tests are played; null for the order they stand in. */
  readonly order: number | null;
  /** The last resort: a single test that takes longer than this is taken for hung. */
  readonly testWallMs: number;
}

/** Jobs in one ask: enough to share Jest's start-up, few enough to keep all workers busy to the end. */
const CHUNK = 8;
/** A worker that has grown beyond this is replaced. */
const RECYCLE_MIB = 1024;
/** How often a job may take its worker with it, or be among those that were not played, before that counts. */
const ATTEMPTS = 2;

interface Queued {
  readonly job: Job;
  readonly attempt: number;
}

/**
 * Plays all jobs.
 * @throws GraderError RUN_WORKER if workers die before they play anything; or what `seen` throws
 */
export async function playAll(
  jobs: readonly Job[],
  repertoire: Repertoire,
  options: PoolOptions,
  seen: Seen,
): Promise<void> {
  const queue: Queued[] = jobs.map((job) => ({ job, attempt: 1 }));
  const lanes = Math.max(1, Math.min(options.workers, Math.ceil(jobs.length / 2)));
  const workers = new Set<WorkerProcess>();
  const lane = async (): Promise<void> => {
    while (queue.length > 0) {
      const worker = new WorkerProcess({ repertoire, order: options.order }, options.testWallMs, seen);
      workers.add(worker);
      try {
        await playOn(worker, queue, seen);
      } finally {
        worker.end();
        workers.delete(worker);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    for (const worker of workers) worker.end();
  }
}

/** Asks one worker again and again, until the queue is empty or the worker is gone. */
async function playOn(worker: WorkerProcess, queue: Queued[], seen: Seen): Promise<void> {
  await worker.ready();
  while (queue.length > 0) {
    const next = take(queue);
    const left = new Map(next.map((queued) => [queued.job.key, queued]));
    const end = await worker.play(next.map(({ job }) => job));
    for (const key of end.played) left.delete(key);
    if (end.kind === 'done') {
      // Jest or a suite failed at one of these. Each alone, once more, shows at which.
      for (const [key, { job, attempt }] of left) {
        if (attempt < ATTEMPTS) queue.push({ job, attempt: attempt + 1 });
        else seen(key, broken(end.fault ?? 'the suites played nothing'));
      }
      if (end.rssMiB > RECYCLE_MIB) return;
      continue;
    }
    for (const [key, queued] of left) {
      if (key !== end.held) queue.push(queued);
      else if (queued.attempt < ATTEMPTS) queue.push({ job: queued.job, attempt: queued.attempt + 1 });
      else seen(key, end.kind === 'hung' ? { kind: 'stopped', limit: 'wall' } : broken(DIED));
    }
    return;
  }
}

const DIED = 'the worker process died twice while it held this submission';

/** The next few jobs; one that once took its worker with it goes alone. */
function take(queue: Queued[]): Queued[] {
  const alone = (queue[0]?.attempt ?? 1) > 1;
  return queue.splice(0, alone ? 1 : Math.min(CHUNK, Math.ceil(queue.length / 2)));
}

function broken(says: string): Observation {
  return { kind: 'broken', code: 'RUN_WORKER', says };
}
