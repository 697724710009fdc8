/** All text files of a machine, as a tree that can be written to a disk. */

import type { PseudoFs } from '../fs/proc/generic.ts';
import { ProcFs } from '../fs/proc/proc_fs.ts';
import { SysFs } from '../fs/sysfs/sys_fs.ts';
import type { Process } from '../kernel/process.ts';
import { panic } from '../lib/panic.ts';
import type { Kernel } from './kernel.ts';

/** `proc/meminfo`, and its text. */
export type ExportedFile = readonly [path: string, text: string];

/** As root sees them, in order of their paths. Left out: what only can be written, what is no text, and /proc/self. */
export function exportTree(kernel: Kernel): ExportedFile[] {
  const root = kernel.rooms.pids.find(1) ?? panic('export_tree: there is no first process');
  const files = [new ProcFs(kernel), new SysFs(kernel)].flatMap((fs) => [...filesBelow(fs, fs.mount, root)]);
  return files.sort(([a], [b]) => (a < b ? -1 : 1));
}

function* filesBelow(fs: PseudoFs, path: string, root: Process): Generator<ExportedFile> {
  const stat = fs.stat(path, root);
  if (typeof stat === 'number') return;
  if (stat.kind === 'file') {
    const text = fs.read(path, root);
    if (typeof text !== 'number') yield [path.slice(1), text];
    return;
  }
  const names = fs.list(path, root);
  if (typeof names === 'number') return;
  for (const name of names) if (path !== '/proc' || name !== 'self') yield* filesBelow(fs, `${path}/${name}`, root);
}
