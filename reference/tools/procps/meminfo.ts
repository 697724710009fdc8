/** Memory as free(1), vmstat(8) and top(1) sum it up. procps: library/meminfo.c */
import type { Numbers } from '../proc_files.ts';

export interface Amounts {
  readonly mem: { readonly total: number; readonly used: number; readonly free: number };
  readonly swap: { readonly total: number; readonly used: number; readonly free: number };
  readonly shared: number;
  readonly buffers: number;
  /** Slab that can be reclaimed included. */
  readonly cache: number;
  readonly available: number;
}

/** In kB. What is not available counts as used. */
export function amounts(meminfo: Numbers): Amounts {
  const kb = (name: string): number => meminfo.get(name);
  const [total, freeKb, swapTotal, swapFree] = ['MemTotal', 'MemFree', 'SwapTotal', 'SwapFree'].map(kb);
  const said = kb('MemAvailable');
  const available = said === 0 || said > total ? freeKb : said;
  return {
    mem: { total, used: total - available, free: freeKb },
    swap: { total: swapTotal, used: Math.max(swapTotal - swapFree, 0), free: swapFree },
    shared: kb('Shmem'),
    buffers: kb('Buffers'),
    cache: kb('Cached') + kb('SReclaimable'),
    available,
  };
}
