/** A path into a mounted hugetlbfs, for programs that do not map it: `ls`, `touch`, `rm`. Linux: fs/hugetlbfs/inode.c. */
import type { HugetlbPlace } from '../fs/hugetlbfs.ts';
import { EBUSY, EEXIST, EINVAL, ENOENT, ENOTDIR, EPERM } from '../include/errno.ts';
import { O_CREAT, O_RDONLY, O_RDWR } from '../include/fcntl.ts';
import { PMD_SIZE } from '../include/param.ts';
import type { FileStat } from '../include/tool.ts';
import type { Kernel } from '../init/kernel.ts';
import { HugetlbFile } from '../kernel/hugetlb_file.ts';

export class HugetlbPath {
  readonly #kernel: Kernel;
  readonly #place: HugetlbPlace;

  private constructor(kernel: Kernel, place: HugetlbPlace) {
    this.#kernel = kernel;
    this.#place = place;
  }

  /** @param path  absolute @returns null: it leads elsewhere */
  static at(kernel: Kernel, path: string): HugetlbPath | null {
    const { hugetlbfs, mounts } = kernel.rooms;
    const place = hugetlbfs.locate(path, mounts.mounted);
    return place === null ? null : new HugetlbPath(kernel, place);
  }

  read(pos: number, len: number): Uint8Array | number {
    return this.#opened(O_RDONLY, (file) => file.read(pos, Math.min(len, file.size - pos)));
  }

  /** As open(2) with O_CREAT, and O_TRUNC or not. @returns 0, or why not */
  create(how: 'truncate' | 'append'): number {
    return this.#opened(O_RDWR | O_CREAT, (file) => (how === 'truncate' ? file.truncate(0) : 0));
  }

  /** Such a file is mapped; write(2) is not for it. @returns -EINVAL, unless nothing is written */
  write(text: string, how: 'truncate' | 'append'): number {
    const error = this.create(how);
    return error === 0 && text !== '' ? -EINVAL : error;
  }

  list(): readonly string[] | number {
    const { names, name } = this.#place;
    if (name === '') return [...names.keys()].sort();
    return names.has(name) ? -ENOTDIR : -ENOENT;
  }

  stat(): FileStat | number {
    const { names, name } = this.#place;
    const inode = names.get(name);
    if (inode !== undefined) return { kind: 'file', mode: 0o644, size: inode.size * PMD_SIZE };
    return name === '' ? { kind: 'dir', mode: 0o755, size: 0 } : -ENOENT;
  }

  /** @returns 0 or an error: no folders can be made in it */
  names(how: 'mkdir' | 'unlink' | 'rmdir'): number {
    const { names, name } = this.#place;
    if (how === 'unlink') return this.#kernel.rooms.hugetlbfs.unlink(this.#place);
    if (how === 'mkdir') return name === '' || names.has(name) ? -EEXIST : -EPERM;
    if (name === '') return -EBUSY;
    return names.has(name) ? -ENOTDIR : -ENOENT;
  }

  #opened<Result>(flags: number, use: (file: HugetlbFile) => Result | number): Result | number {
    const { hugetlbfs, system } = this.#kernel.rooms;
    const inode = hugetlbfs.open(this.#place, flags);
    if (typeof inode === 'number') return inode;
    const file = new HugetlbFile(system, hugetlbfs, inode, this.#place.name, flags);
    const result = use(file);
    file.release();
    return result;
  }
}
