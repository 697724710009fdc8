/** Plays small suites on small programs in a thread like that of a worker process, with its deep stack. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Job, Observation, Repertoire } from '../../model/observation.ts';
import { THREAD_STACK_MIB } from '../../subject/limits.ts';
import type { Ask, Tell } from '../messages.ts';

const GRADERS = join(__dirname, '../..');

/** Jest starts in the thread, on a machine that may be busy. */
export const PATIENCE_MS = 120_000;

/** A program of one module, `it`, from the body of a function that returns its exports. */
export function program(key: string, body: string): Job {
  const code = `var subject; subject = { it: (() => {\n${body}\n})() };`;
  return { key, program: { code, map: '{"version":3,"sources":[],"names":[],"mappings":""}', own: [] } };
}

export function repertoire(suites: readonly string[], changed: Partial<Repertoire> = {}): Repertoire {
  return { suites, seed: 1, limits: { work: 10e6, heapBytes: 32 * 2 ** 20 }, sizes: {}, ...changed };
}

/** Starts a module of the graders in a thread with the stack that the interpreter needs. */
export function deepThread(module: string, workerData: object = {}): Worker {
  return new Worker(join(GRADERS, 'bin/typescript.mjs'), {
    workerData: { module: pathToFileURL(join(GRADERS, module)).href, ...workerData },
    resourceLimits: { stackSizeMb: THREAD_STACK_MIB },
    stdout: true,
  });
}

/** @returns what was seen of each job, by key */
export async function played(jobs: readonly Job[], what: Repertoire): Promise<ReadonlyMap<string, Observation>> {
  const thread = deepThread('play/thread.ts');
  const seen = new Map<string, Observation>();
  const left = [...jobs];
  const ask = (message: Ask): void => thread.postMessage(message);
  try {
    await new Promise<void>((resolve, reject) => {
      thread.on('error', reject);
      thread.on('message', (message: Tell) => {
        if (message.tell === 'ready') ask({ ask: 'play', repertoire: what, order: null });
        if (message.tell === 'next') ask({ ask: 'job', job: left.shift() ?? null });
        if (message.tell === 'done') seen.set(message.key, message.observation);
        if (message.tell !== 'end') return;
        if (message.fault !== null) reject(new Error(message.fault));
        else if (left.length > 0) ask({ ask: 'play', repertoire: what, order: null });
        else resolve();
      });
    });
  } finally {
    await thread.terminate();
  }
  return seen;
}

/** `criterion: title` of each test, with what it came to: `passed`, or what went wrong in words. */
export function outcomes(seen: Observation | undefined): Record<string, string> {
  if (seen?.kind !== 'played') throw new Error(`not played: ${JSON.stringify(seen)}`);
  return Object.fromEntries(
    seen.tests.map(({ criterion, title, outcome }) => [`${criterion}: ${title}`, worded(outcome)]),
  );
}

function worded(outcome: Extract<Observation, { kind: 'played' }>['tests'][number]['outcome']): string {
  switch (outcome.kind) {
    case 'passed':
      return 'passed';
    case 'failed':
      return `failed: ${outcome.says}`;
    case 'crashed':
      return `crashed: ${outcome.thrown.name}: ${outcome.thrown.message}`;
    case 'timedOut':
      return `timedOut: ${outcome.limit}`;
    default:
      return outcome satisfies never;
  }
}
