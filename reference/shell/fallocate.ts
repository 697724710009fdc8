/** Gives a file its place on disk, so that reading it takes the disk's time. Linux: fallocate(2), FALLOC_FL_ZERO_RANGE. */
import { O_CREAT, O_RDWR } from '../include/fcntl.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Kernel } from '../init/kernel.ts';

/**
 * Makes a file if there is none, and as long as it is to be; what it holds is zeroes.
 * @param size  bytes
 * @returns 0; -ENOENT and the like. A disk that is full leaves the rest of it a hole
 */
export function fallocate({ rooms: { fs } }: Kernel, path: string, size: number): number {
  const file = fs.open(path, O_CREAT | O_RDWR);
  if (typeof file === 'number') return file;
  const { inode } = file;
  if (size > inode.size) fs.truncate(file, size);
  let block: number | null = -1;
  for (let page = 0; page < size / PAGE_SIZE && block !== null; page++) {
    if (inode.blocks.has(page)) continue;
    block = fs.disk.allocBlock(block + 1);
    if (block === null) break;
    inode.blocks.set(page, block);
    inode.disk.blocks.set(page, block);
  }
  fs.release(file);
  return 0;
}
