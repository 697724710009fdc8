/**
 * From a path to an open file, whatever is mounted there. Linux: fs/namei.c, do_filp_open(), follow_mount().
 *
 *     /proc/meminfo   the tree that is mounted at /proc
 *     /mnt/huge/a     hugetlbfs, if it is mounted at /mnt/huge
 *     /data/f1        else: the file system on disk
 */
import { O_RDONLY } from '../include/fcntl.ts';
import type { FileStat } from '../include/tool.ts';
import { DiskFile } from './disk_file.ts';
import type { FileOperations } from './files.ts';
import { openHugetlb } from './hugetlb_file.ts';
import type { MountedTree } from './mounted_tree.ts';
import type { Process } from './process.ts';
import type { KernelRooms } from './rooms.ts';

/** @returns null: nothing like that is mounted there */
export function treeAt({ trees }: KernelRooms, path: string): MountedTree | null {
  return trees.find(({ mount }) => path === mount || path.startsWith(`${mount}/`)) ?? null;
}

/** @param flags  O_ bits @returns the file, or why there is none */
export function doFilpOpen(kernel: KernelRooms, opener: Process, path: string, flags: number): FileOperations | number {
  const tree = treeAt(kernel, path);
  if (tree !== null) return tree.open(path, flags, opener);
  const { fs, hugetlbfs, mounts, system, trees } = kernel;
  const place = hugetlbfs.locate(path, mounts.mounted);
  if (place !== null) return openHugetlb({ system, hugetlbfs }, place, path, flags);
  const file = fs.open(path, flags);
  if (typeof file === 'number') return file;
  return new DiskFile(fs, file, path === '/' ? trees.map(({ mount }) => mount.slice(1)) : []);
}

/** What a path leads to. Linux: vfs_stat(). @returns it, or why there is nothing */
export function vfsStat(kernel: KernelRooms, asker: Process, path: string): FileStat | number {
  const tree = treeAt(kernel, path);
  if (tree !== null) return tree.stat(path, asker);
  const file = doFilpOpen(kernel, asker, path, O_RDONLY);
  if (typeof file === 'number') return file;
  const isDir = file.names !== undefined && typeof file.names() !== 'number';
  const size = file.size ?? 0;
  file.release();
  return isDir
    ? { kind: 'dir', mode: 0o755, size: file.file === null ? 0 : 4096 }
    : { kind: 'file', mode: 0o644, size };
}
