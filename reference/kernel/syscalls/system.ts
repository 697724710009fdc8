/**
 * System calls about the machine as a whole: its log, its mounts, its modules.
 * Linux: kernel/printk/printk.c, fs/namespace.c, kernel/module/main.c.
 */
import { ENOTDIR, EPERM } from '../../include/errno.ts';
import { O_RDONLY } from '../../include/fcntl.ts';
import type { LogLine } from '../printk.ts';
import type { Caller } from './caller.ts';

export const SYSTEM_WIDE_CALLS = {
  /** syslog(2), type 3 and 5. @param action  clear: the log is empty from then on. @returns the lines; -EPERM */
  syslog({ kernel, process }: Caller, action: 'read all' | 'clear'): readonly LogLine[] | number {
    if (action === 'read all') return kernel.log.lines;
    if (!process.owner.capable.sysAdmin) return -EPERM;
    kernel.log.clear();
    return [];
  },
  /** @returns 0; -EPERM, -ENOENT, -ENOTDIR, or as Mounts says */
  mount({ kernel, process }: Caller, device: string, dir: string, type: string): number {
    if (!process.owner.capable.sysAdmin) return -EPERM;
    if (!kernel.mounts.mounted.some((each) => each.dir === dir)) {
      const folder = kernel.fs.open(dir, O_RDONLY);
      if (typeof folder === 'number') return folder;
      const { kind } = folder.inode.disk;
      kernel.fs.release(folder);
      if (kind !== 'dir') return -ENOTDIR;
    }
    return kernel.mounts.mount(device, dir, type);
  },
  umount2({ kernel, process }: Caller, dir: string): number {
    if (!process.owner.capable.sysAdmin) return -EPERM;
    const error = kernel.mounts.umount(dir);
    kernel.hugetlbfs.prune(kernel.mounts.mounted);
    return error;
  },
  /** @param name  of the module: its content is known. @returns 0; -EPERM, or as Modules says */
  init_module: ({ kernel, process }: Caller, name: string): number =>
    process.owner.capable.sysAdmin ? kernel.modules.load(name) : -EPERM,
  delete_module: ({ kernel, process }: Caller, name: string): number =>
    process.owner.capable.sysAdmin ? kernel.modules.unload(name) : -EPERM,
} as const;
