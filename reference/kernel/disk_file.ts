/** An open file of a file system. Linux: fs/read_write.c. */
import type { FileSystem, FsFile } from '../fs/file_system.ts';
import { ENOTDIR } from '../include/errno.ts';
import type { FileOperations } from './files.ts';

export class DiskFile implements FileOperations {
  readonly file: FsFile;
  readonly #fs: FileSystem;
  readonly #mounted: readonly string[];

  /** @param mounted  folders in it that other file systems are mounted at */
  constructor(fs: FileSystem, file: FsFile, mounted: readonly string[]) {
    this.#fs = fs;
    this.file = file;
    this.#mounted = mounted;
  }

  get size(): number {
    return this.file.inode.size;
  }

  read(pos: number, len: number): Uint8Array | number {
    return this.#fs.read(this.file, pos, len);
  }

  write(pos: number, bytes: Uint8Array): number {
    return this.#fs.write(this.file, pos, bytes);
  }

  fsync(): number {
    return this.#fs.fsync(this.file);
  }

  truncate(size: number): number {
    return this.#fs.truncate(this.file, size);
  }

  names(): readonly string[] | number {
    const { disk } = this.file.inode;
    return disk.kind === 'dir' ? [...new Set([...disk.entries.keys(), ...this.#mounted])] : -ENOTDIR;
  }

  release(): void {
    this.#fs.release(this.file);
  }
}
