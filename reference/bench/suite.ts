/** All that is timed, in the order in which it is shown. */
import { findVmaWorkload, forkWorkload, minorFaultWorkload, reclaimWorkload } from './memory.ts';
import { pageWorkload, slabWorkload } from './pages.ts';
import { tlbWorkloads } from './tlb.ts';
import type { Workload } from './workload.ts';

/** Each is prepared when its turn comes. */
export const SUITE: readonly (() => Workload)[] = [
  () => tlbWorkloads()[0],
  () => tlbWorkloads()[1],
  pageWorkload,
  slabWorkload,
  () => findVmaWorkload(10),
  () => findVmaWorkload(1000),
  () => findVmaWorkload(100_000),
  minorFaultWorkload,
  () => forkWorkload(10_000),
  () => reclaimWorkload(100_000),
];
