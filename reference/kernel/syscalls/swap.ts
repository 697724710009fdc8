/** swapon(2), swapoff(2). Linux: mm/swapfile.c. */
import { ENOENT, EPERM } from '../../include/errno.ts';
import { swapoff } from '../../mm/swapoff.ts';
import type { Caller } from './caller.ts';

export const SWAP_CALLS = {
  /** @param prio  0 .. 32767, larger first; null: after all others */
  swapon({ kernel, process }: Caller, path: string, prio: number | null): number {
    if (!process.owner.capable.sysAdmin) return -EPERM;
    const file = kernel.swapFiles.get(path);
    if (file === undefined) return -ENOENT;
    return Math.min(kernel.swapCache.swap.swapon(file, prio), 0);
  },
  swapoff({ kernel, process }: Caller, path: string): number {
    if (!process.owner.capable.sysAdmin) return -EPERM;
    const { system, swapCache, swapFaults, clock, pids } = kernel;
    const mms = [...pids].flatMap(({ mm }) => (mm === null ? [] : [mm]));
    process.oomOrigin = true;
    const error = swapoff({ system, clock, cache: swapCache, faults: swapFaults, mms }, path);
    process.oomOrigin = false;
    return error;
  },
} as const;
