/**
 * Worker processes that stay warm over many submissions. Each asks for one job after the other; a worker that hangs or dies
 * costs only the job it held, which is then played once more before the failure counts.
 */
import type { Job, Observation, Repertoire } from '../model/observation.ts';
import type { Crew } from './crew.ts';
import { Feed, type Queued } from './feed.ts';
import type { Seen } from './messages.ts';
import type { End, Setting, WorkerProcess } from './worker.ts';

export interface PoolOptions {
  readonly crew: Crew;
  /** Seed for the order in which tests are played; null for the order they stand in. */
  readonly order: number | null;
  /** The last resort: a single test that takes longer than this is taken for hung. */
  readonly testWallMs: number;
}

/** A worker that has grown beyond this is replaced. */
const RECYCLE_MIB = 1024;
/** How often a job may take its worker with it, or not be played, before that counts. */
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
  const { crew, ...how } = options;
  const setting = { repertoire, ...how };
  const feed = new Feed();
  const workers = new Set<WorkerProcess>();
  const lane = async (): Promise<void> => {
    for (let first = await feed.take(); first !== null; first = await feed.take()) {
      const worker = crew.hire();
      workers.add(worker);
      if ((await playOn(worker, setting, first, feed, seen)) === 'well') crew.rest(worker);
      else worker.end();
      workers.delete(worker);
    }
  };
  try {
    await Promise.all([feed.fill(jobs), ...Array.from({ length: crew.size }, lane)]);
  } finally {
    for (const worker of workers) worker.end();
  }
}

/** Has one worker play, until there are no more jobs, or the worker is gone or too large. */
async function playOn(
  worker: WorkerProcess,
  setting: Setting,
  first: Queued,
  feed: Feed,
  seen: Seen,
): Promise<'well' | 'spent'> {
  await worker.ready();
  for (let next: Queued | null = first; next !== null; next = await feed.take()) {
    const { end, unplayed } = await playFrom(worker, setting, next, feed, seen);
    if (unplayed !== null) {
      const { job, attempt } = unplayed;
      if (attempt < ATTEMPTS) feed.put({ job, attempt: attempt + 1 });
      else seen(job.key, lost(end));
    }
    if (end.kind !== 'done' || end.rssMiB > RECYCLE_MIB) return 'spent';
  }
  return 'well';
}

/** @returns how it ended, and the job that the worker held then, or that it never asked for */
async function playFrom(
  worker: WorkerProcess,
  setting: Setting,
  first: Queued,
  feed: Feed,
  seen: Seen,
): Promise<{ end: End; unplayed: Queued | null }> {
  const now: { held: Queued | null; asked: boolean; ended: boolean } = { held: first, asked: false, ended: false };
  // It may die while it waits: others play what comes.
  const claim = (queued: Queued): boolean => {
    if (!now.ended) now.held = queued;
    return !now.ended;
  };
  const next = async (): Promise<Job | null> => {
    if (now.asked) await feed.take(claim);
    now.asked = true;
    return now.held?.job ?? null;
  };
  const end = await worker.play(setting, next, (key, observation) => {
    now.held = null;
    seen(key, observation);
  });
  now.ended = true;
  return { end, unplayed: now.held };
}

function lost(end: End): Observation {
  switch (end.kind) {
    case 'hung':
      return { kind: 'stopped', limit: 'wall' };
    case 'died':
      return broken(DIED);
    case 'done':
      return broken(end.fault ?? 'the suites played nothing');
  }
}

const DIED = 'the worker process died twice while it held this submission';

function broken(says: string): Observation {
  return { kind: 'broken', code: 'RUN_WORKER', says };
}
