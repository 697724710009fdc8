/**
 * The inspector in a thread of its own, which can be stopped: the compiler cannot. A thread that was stopped, or ran out
 * of memory, is replaced for the next submission.
 */
import { Worker } from 'node:worker_threads';
import { GraderError } from '../errors.ts';
import type { Finding } from '../model/result.ts';
import { type Inspection, refusal, stoppedTypes } from './inspection.ts';
import type { Overlay } from './inspector.ts';

/** What the thread is started with. */
export interface Setting {
  readonly starter: Overlay;
  readonly tsconfig: string;
}

export interface Request {
  readonly overlay: Overlay;
  readonly holes: readonly string[];
}

export type Step =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'read' } & Inspection)
  | { readonly kind: 'typed'; readonly findings: readonly Finding[] };

export interface InspectorThread {
  inspect(request: Request): Promise<Inspection>;
  close(): Promise<void>;
}

/** The last resort: counted bounds stop nearly all bombs long before. */
const WALL_MS = 15_000;
const HEAP_MIB = 1024;

export function createInspectorThread(setting: Setting, wallMs = WALL_MS): InspectorThread {
  let running: Promise<Worker> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const inspectNow = async (request: Request): Promise<Inspection> => {
    running ??= start(setting);
    const worker = await running;
    worker.ref();
    const outcome = await ask(worker, request, wallMs);
    if (outcome.kind === 'stopped') {
      running = undefined;
      await worker.terminate();
    } else {
      worker.unref();
    }
    return outcome.inspection;
  };

  return {
    inspect(request) {
      const turn = queue.then(() => inspectNow(request));
      // Who asked is told what went wrong; the queue is there for the order alone, and goes on.
      queue = turn.catch(() => undefined);
      return turn;
    },
    async close() {
      await queue;
      await (await running)?.terminate();
      running = undefined;
    },
  };
}

function start(setting: Setting): Promise<Worker> {
  const module = new URL('./thread-main.ts', import.meta.url).href;
  const worker = new Worker(new URL('../bin/typescript.mjs', import.meta.url), {
    workerData: { module, ...setting },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve(worker));
    worker.once('error', (cause) =>
      reject(new GraderError('CHECK_FAILED', `The type checker could not be started: ${cause.message}`, cause)),
    );
  });
}

interface Outcome {
  readonly kind: 'answered' | 'stopped';
  readonly inspection: Inspection;
}

function ask(worker: Worker, request: Request, wallMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    let read: Inspection | undefined;
    const settle = (kind: Outcome['kind'], inspection: Inspection): void => {
      clearTimeout(deadline);
      worker.off('error', stop).off('message', take);
      resolve({ kind, inspection });
    };
    const stop = (): void => settle('stopped', stopped(read));
    const take = (step: Step): void => {
      if (step.kind === 'read') read = step;
      if (step.kind !== 'typed' || read === undefined) return;
      settle('answered', { findings: [...read.findings, ...step.findings], reasons: read.reasons });
    };
    const deadline = setTimeout(stop, wallMs);
    worker.on('error', stop).on('message', take);
    worker.postMessage(request);
  });
}

function stopped(read: Inspection | undefined): Inspection {
  if (read !== undefined) return { ...read, findings: [...read.findings, stoppedTypes()] };
  const says = 'Reading the files took too long and was stopped: no program written by hand is like that.';
  return refusal({ severity: 'error', rule: 'syntax', says, at: null });
}
