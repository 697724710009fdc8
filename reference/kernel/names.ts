/**
 * Names come and go: mkdir(2), rmdir(2), unlink(2), rename(2). Linux: fs/namei.c.
 *
 *     /proc  /sys      names are made by the kernel only
 *     hugetlbfs        files, no folders
 *     the disk         fs/namei.ts
 */
import { EEXIST, ENOENT, EPERM, EXDEV } from '../include/errno.ts';
import { treeAt } from './open.ts';
import type { Process } from './process.ts';
import type { KernelRooms } from './rooms.ts';

/** @returns 0; -EEXIST, -ENOENT, -ENOTDIR, -ENOMEM; -EPERM: there are no folders of one's own */
export function vfsMkdir(kernel: KernelRooms, process: Process, path: string): number {
  const tree = treeAt(kernel, path);
  if (tree !== null) return typeof tree.stat(path, process) === 'number' ? -ENOENT : -EEXIST;
  const place = kernel.hugetlbfs.locate(path, kernel.mounts.mounted);
  return place === null ? kernel.fs.names.mkdir(path) : kernel.hugetlbfs.mkdir(place);
}

/** @returns 0; -ENOENT, -ENOTDIR, -ENOTEMPTY; -EBUSY: something is mounted there; -EPERM */
export function vfsRmdir(kernel: KernelRooms, path: string): number {
  if (treeAt(kernel, path) !== null) return -EPERM;
  const place = kernel.hugetlbfs.locate(path, kernel.mounts.mounted);
  return place === null ? kernel.fs.names.rmdir(path) : kernel.hugetlbfs.rmdir(place);
}

/** @returns 0; -ENOENT, -EISDIR, -EPERM */
export function vfsUnlink(kernel: KernelRooms, path: string): number {
  if (treeAt(kernel, path) !== null) return -EPERM;
  const place = kernel.hugetlbfs.locate(path, kernel.mounts.mounted);
  return place === null ? kernel.fs.names.unlink(path) : kernel.hugetlbfs.unlink(place);
}

/** @returns 0, or as Namei.rename(); -EXDEV: not both are on the disk */
export function vfsRename(kernel: KernelRooms, from: string, to: string): number {
  const isOnDisk = (path: string): boolean =>
    treeAt(kernel, path) === null && kernel.hugetlbfs.locate(path, kernel.mounts.mounted) === null;
  return isOnDisk(from) && isOnDisk(to) ? kernel.fs.names.rename(from, to) : -EXDEV;
}
