/** A file system whose files are made when they are read, as the kernel sees it. Linux: struct super_block. */
import type { FileStat } from '../include/tool.ts';
import type { FileOperations } from './files.ts';
import type { Process } from './process.ts';

export interface MountedTree {
  /** Where it is: `/proc`. */
  readonly mount: string;
  /** @param flags  O_ bits @returns the file; -ENOENT, -ENOTDIR, -EISDIR, -EEXIST, -EACCES, -ELOOP */
  open(path: string, flags: number, opener: Process): FileOperations | number;
  /** @returns what a path leads to; or like open() */
  stat(path: string, asker: Process): FileStat | number;
}
