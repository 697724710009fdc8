// Starts a TypeScript module in a thread: `new Worker(typescript.mjs, { workerData: { module } })`. Threads do not inherit
// the loader of the process they belong to.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.module);
