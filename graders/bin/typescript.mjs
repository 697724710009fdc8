// Starts a TypeScript module in a new thread or process, which do not inherit the loader: the module's URL is handed over as
// `workerData.module` or as the first argument.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData?.module ?? process.argv[2]);
