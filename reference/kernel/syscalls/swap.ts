/** swapon(2), swapoff(2). Linux: mm/swapfile.c. */
import { EINVAL, EPERM } from '../../include/errno.ts';
import { O_RDONLY } from '../../include/fcntl.ts';
import { swapoff } from '../../mm/swapoff.ts';
import type { Caller } from './caller.ts';

/** What a path is that is no swap area. @returns -EINVAL; -ENOENT and the like: not even a file */
function noArea({ fs }: Caller['kernel'], path: string): number {
  const file = fs.open(path, O_RDONLY);
  if (typeof file === 'number') return file;
  fs.release(file);
  return -EINVAL;
}

export const SWAP_CALLS = {
  /** @param prio  0 .. 32767, larger first; null: after all others */
  swapon({ kernel, process }: Caller, path: string, prio: number | null): number {
    if (!process.owner.capable.sysAdmin) return -EPERM;
    const file = kernel.swapFiles.get(path);
    if (file === undefined) return noArea(kernel, path);
    return Math.min(kernel.swapCache.swap.swapon(file, prio), 0);
  },
  swapoff({ kernel, process }: Caller, path: string): number {
    if (!process.owner.capable.sysAdmin) return -EPERM;
    if (!kernel.swapFiles.has(path)) return noArea(kernel, path);
    const { system, swapCache, swapFaults, clock, pids } = kernel;
    const mms = [...pids].flatMap(({ mm }) => (mm === null ? [] : [mm]));
    process.oomOrigin = true;
    const error = swapoff({ system, clock, cache: swapCache, faults: swapFaults, mms }, path);
    process.oomOrigin = false;
    return error;
  },
} as const;
