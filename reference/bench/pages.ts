/** Frames and objects, allocated and freed. */
import { GFP_KERNEL } from '../include/gfp.ts';
import { Kernel } from '../init/kernel.ts';
import { panic } from '../lib/panic.ts';
import { benchMachine } from './machine.ts';
import type { Workload } from './workload.ts';

const TIMES = 1000;

export function pageWorkload(): Workload {
  const { pages } = Kernel.boot(benchMachine(2 ** 16)).booted;
  const run = (): void => {
    for (let i = 0; i < TIMES; i++) {
      const pfn = pages.allocPages(GFP_KERNEL, 0) ?? panic('bench: no memory');
      pages.memMap.refcount[pfn] = 0;
      pages.freePages(pfn, 0);
    }
  };
  return { title: 'page of order 0, allocated and freed', times: TIMES, run };
}

export function slabWorkload(): Workload {
  const { slub } = Kernel.boot(benchMachine(2 ** 16)).booted;
  const wanted = { name: 'bench', size: 256, align: 0, flags: 0, ctor: null };
  const cache = slub.kmemCacheCreate(wanted) ?? panic('bench: no cache');
  const run = (): void => {
    for (let i = 0; i < TIMES; i++) {
      slub.kmemCacheFree(cache, slub.kmemCacheAlloc(cache, GFP_KERNEL) ?? panic('bench: no memory'));
    }
  };
  return { title: 'object of 256 bytes, allocated and freed', times: TIMES, run };
}
