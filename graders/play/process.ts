/**
 * A worker process: one thread, and a line from it to the pool. A process of its own, so that whatever kills it costs only
 * the submission it held; a thread inside, because only a thread can be given a deeper stack on every system.
 */
import { Worker } from 'node:worker_threads';
import { THREAD_STACK_MIB } from '../subject/limits.ts';
import type { Ask, Tell } from './messages.ts';

const thread = new Worker(new URL('../bin/typescript.mjs', import.meta.url), {
  workerData: { module: new URL('./thread.ts', import.meta.url).href },
  resourceLimits: { stackSizeMb: THREAD_STACK_MIB },
  stdout: true,
});
thread.on('message', (message: Tell) => process.send?.(message));
thread.on('error', (error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exit(1);
});
process.on('message', (ask: Ask) => thread.postMessage(ask));
process.on('disconnect', () => process.exit(0));
