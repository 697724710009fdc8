/**
 * Worker processes that stay warm over many submissions. Each is handed a few jobs at a time; a worker that hangs or dies
 * costs only the job it held, which is then played once more, alone, before the failure counts.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GraderError } from '../errors.ts';
import type { Job, Observation, Repertoire } from '../model/observation.ts';
import type { Ask, Tell } from './messages.ts';

export interface PoolOptions {
  readonly workers: number;
  /** The last resort: a single test that takes longer than this is taken for hung. */
  readonly testWallMs: number;
}

/** Jobs in one ask: enough to share Jest's start-up, few enough to keep all workers busy to the end. */
const CHUNK = 8;
/** A worker that has grown beyond this is replaced. */
const RECYCLE_MIB = 1024;
/** How often a job may take its worker with it before that counts. */
const ATTEMPTS = 2;

const PROCESS = fileURLToPath(new URL('./process.ts', import.meta.url));

interface Queued {
  readonly job: Job;
  readonly attempt: number;
}

/**
 * Plays all jobs.
 * @param seen  called once for each job, as it is done, in any order
 * @throws GraderError RUN_WORKER if workers die before they play anything
 */
export async function playAll(
  jobs: readonly Job[],
  repertoire: Repertoire,
  options: PoolOptions,
  seen: (key: string, observation: Observation) => void,
): Promise<void> {
  const queue: Queued[] = jobs.map((job) => ({ job, attempt: 1 }));
  const lanes = Math.max(1, Math.min(options.workers, Math.ceil(jobs.length / 2)));
  await Promise.all(Array.from({ length: lanes }, () => lane(queue, repertoire, options, seen)));
}

/** One worker after the other, until the queue is empty. */
async function lane(
  queue: Queued[],
  repertoire: Repertoire,
  options: PoolOptions,
  seen: (key: string, observation: Observation) => void,
): Promise<void> {
  while (queue.length > 0) await oneWorker(queue, repertoire, options, seen);
}

function oneWorker(
  queue: Queued[],
  repertoire: Repertoire,
  options: PoolOptions,
  seen: (key: string, observation: Observation) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = start();
    let held = new Map<string, Queued>();
    let current: string | undefined;
    let hung = false;
    let ready = false;
    let finished = false;
    let errors = '';
    let watchdog: NodeJS.Timeout | undefined;

    const watch = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => {
        hung = true;
        worker.kill('SIGKILL');
      }, options.testWallMs);
    };
    const finish = (): void => {
      finished = true;
      clearTimeout(watchdog);
      worker.disconnect();
    };
    const ask = (): void => {
      const [first] = queue;
      if (first === undefined) {
        finish();
        return;
      }
      // A job that once took its worker with it is played alone.
      const alone = first.attempt > 1;
      const next = alone ? queue.splice(0, 1) : queue.splice(0, Math.min(CHUNK, Math.ceil(queue.length / 2)));
      held = new Map(next.map((queued) => [queued.job.key, queued]));
      current = first.job.key;
      watch();
      worker.send({ jobs: next.map(({ job }) => job), repertoire } satisfies Ask);
    };
    worker.stderr?.on('data', (text) => {
      errors = `${errors}${String(text)}`.slice(-2000);
    });
    worker.on('message', (message: Tell) => {
      switch (message.tell) {
        case 'ready':
          ready = true;
          ask();
          break;
        case 'test':
          current = message.key;
          watch();
          break;
        case 'done':
          held.delete(message.key);
          seen(message.key, message.observation);
          watch();
          break;
        case 'end':
          clearTimeout(watchdog);
          for (const key of held.keys()) seen(key, broken(message.fault ?? 'the suites played nothing'));
          held.clear();
          if (message.rssMiB > RECYCLE_MIB) finish();
          else ask();
          break;
        default:
          message satisfies never;
      }
    });
    worker.on('error', (cause) =>
      reject(new GraderError('RUN_WORKER', 'a worker process could not be started', cause)),
    );
    worker.on('exit', (code) => {
      clearTimeout(watchdog);
      if (!finished && !ready) {
        const says = `a worker process ended before it played anything (exit code ${code}): ${errors.trim()}`;
        return reject(new GraderError('RUN_WORKER', says));
      }
      if (!finished) bury(current, held, hung, queue, seen);
      resolve();
    });
  });
}

/** A worker is gone: the job it held is tried once more, alone; the others it had not begun go back into the queue. */
function bury(
  current: string | undefined,
  held: ReadonlyMap<string, Queued>,
  hung: boolean,
  queue: Queued[],
  seen: (key: string, observation: Observation) => void,
): void {
  for (const [key, queued] of held) {
    if (key !== current) queue.push(queued);
    else if (queued.attempt < ATTEMPTS) queue.push({ job: queued.job, attempt: queued.attempt + 1 });
    else seen(key, hung ? WALL : broken('the worker process died twice while it held this submission'));
  }
}

const WALL: Observation = { kind: 'stopped', limit: 'wall' };

function broken(says: string): Observation {
  return { kind: 'broken', code: 'RUN_WORKER', says };
}

function start(): ChildProcess {
  return fork(PROCESS, [], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'json',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
