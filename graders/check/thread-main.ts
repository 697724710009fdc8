/** Runs in the thread: answers each request twice, with what was read and with what the type checker said. */
import { parentPort, workerData } from 'node:worker_threads';
import { createInspector } from './inspector.ts';
import type { Request, Setting, Step } from './thread.ts';

const { starter, tsconfig }: Setting = workerData;
const inspector = createInspector(starter, tsconfig);
const answer = (step: Step): void => parentPort?.postMessage(step);

parentPort?.on('message', ({ overlay, holes }: Request) => {
  const { types, findings, reasons } = inspector.read(overlay, holes);
  answer({ kind: 'read', findings, reasons });
  answer({ kind: 'typed', findings: types() });
});
answer({ kind: 'ready' });
