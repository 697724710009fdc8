/** An open file of hugetlbfs. Linux: fs/hugetlbfs/inode.c, hugetlbfs_file_operations. */
import type { Hugetlbfs, HugetlbPlace } from '../fs/hugetlbfs.ts';
import { EBADF, EINVAL } from '../include/errno.ts';
import { O_ACCMODE, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../include/fcntl.ts';
import type { VmFile } from '../include/mm_types.ts';
import { PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import { type HugetlbInode, hugetlbVmFile } from '../mm/hugetlb_inode.ts';
import { truncateHugetlb } from '../mm/hugetlb_zap.ts';
import type { MemorySystem } from '../mm/memory_system.ts';
import { type FileOperations, openFolder } from './files.ts';

/** Where they are, and what they are made of. */
export interface HugetlbRooms {
  readonly system: MemorySystem;
  readonly hugetlbfs: Hugetlbfs;
}

/** @param flags  O_ bits @returns a file, or the folder itself; as Hugetlbfs.open() */
export function openHugetlb(
  { system, hugetlbfs }: HugetlbRooms,
  place: HugetlbPlace,
  path: string,
  flags: number,
): FileOperations | number {
  const { names, name } = place;
  if (name === '' && (flags & (O_ACCMODE | O_CREAT)) === O_RDONLY) return openFolder(() => [...names.keys()]);
  const inode = hugetlbfs.open(place, flags);
  if (typeof inode === 'number') return inode;
  const file = new HugetlbFile(system, hugetlbfs, inode, path, flags);
  if (flags & O_TRUNC && file.file.writable) file.truncate(0);
  return file;
}

export class HugetlbFile implements FileOperations {
  readonly file: VmFile;
  readonly #system: MemorySystem;
  readonly #fs: Hugetlbfs;
  readonly #inode: HugetlbInode;

  /** @param inode  held for it @param flags  O_ bits */
  constructor(system: MemorySystem, fs: Hugetlbfs, inode: HugetlbInode, path: string, flags: number) {
    this.#system = system;
    this.#fs = fs;
    this.#inode = inode;
    const access = flags & O_ACCMODE;
    this.file = hugetlbVmFile(inode, path, { readable: access !== O_WRONLY, writable: access !== O_RDONLY });
  }

  get size(): number {
    return this.#inode.size * PMD_SIZE;
  }

  /** Holes are zeroes. Linux: hugetlbfs_read_iter(). */
  read(pos: number, len: number): Uint8Array | number {
    if (!this.file.readable) return -EBADF;
    const bytes = new Uint8Array(Math.max(Math.min(len, this.size - pos), 0));
    for (let done = 0; done < bytes.length; ) {
      const at = pos + done;
      const part = this.#page(at).subarray(at % PAGE_SIZE, (at % PAGE_SIZE) + bytes.length - done);
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  }

  #page(pos: number): Uint8Array {
    const head = this.#inode.pages.get(Math.floor(pos / PMD_SIZE));
    if (head === undefined) return new Uint8Array(PAGE_SIZE);
    const { buffer, byteOffset } = this.#system.memory.frameWords(head + Math.floor((pos % PMD_SIZE) / PAGE_SIZE));
    return new Uint8Array(buffer, byteOffset, PAGE_SIZE);
  }

  /** It has none. */
  write(): number {
    return -EINVAL;
  }

  fsync(): number {
    return 0;
  }

  /** Linux: hugetlbfs_setattr(). */
  truncate(size: number): number {
    if (size % PMD_SIZE !== 0) return -EINVAL;
    truncateHugetlb(this.#system, this.#inode, size / PMD_SIZE);
    return 0;
  }

  release(): void {
    this.#fs.put(this.#inode);
  }
}
