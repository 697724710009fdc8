/**
 * A mounted file system: files are opened, read, written, made shorter and made safe. Linux: fs/open.c, fs/read_write.c,
 * fs/super.c.
 */
import { EBADF, EISDIR } from '../include/errno.ts';
import { O_ACCMODE, O_RDONLY, O_TRUNC, O_WRONLY } from '../include/fcntl.ts';
import type { MappingId } from '../include/fs_types.ts';
import type { VmFile } from '../include/mm_types.ts';
import { PAGE_SIZE } from '../include/param.ts';
import { panic } from '../lib/panic.ts';
import { filemapRead } from '../mm/filemap_read.ts';
import { genericPerformWrite, type WriteRooms } from '../mm/filemap_write.ts';
import { newRaState } from '../mm/readahead.ts';
import { truncateSetsize } from '../mm/truncate.ts';
import { Dcache, type Dentry } from './dcache.ts';
import { type Disk, ROOT_INO } from './disk.ts';
import { type Inode, InodeCache, type ObjectCache } from './inode.ts';
import { Namei } from './namei.ts';
import { FilePages } from './readpage.ts';

/** Memory for names and inodes. */
export interface FsObjects {
  readonly dentries: ObjectCache;
  readonly inodes: ObjectCache;
}

/** An open file. Linux: struct file. */
export class FsFile implements VmFile {
  readonly name: string;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly thpAligned = true;
  readonly ra = newRaState();
  readonly inode: Inode;
  readonly dentry: Dentry;

  constructor(name: string, inode: Inode, dentry: Dentry, flags: number) {
    this.name = name;
    this.inode = inode;
    this.dentry = dentry;
    this.readable = (flags & O_ACCMODE) !== O_WRONLY;
    this.writable = (flags & O_ACCMODE) !== O_RDONLY;
  }

  get sizePages(): number {
    return Math.ceil(this.inode.size / PAGE_SIZE);
  }

  get mapping(): MappingId {
    return this.inode.mapping.id;
  }
}

export class FileSystem {
  readonly disk: Disk;
  readonly inodes: InodeCache;
  readonly dcache: Dcache;
  readonly names: Namei;
  readonly #rooms: WriteRooms;
  readonly #root: Dentry;

  /** Linux: fill_super(). Panics if there is no memory for the root. */
  constructor(rooms: WriteRooms, disk: Disk, objects: FsObjects) {
    this.#rooms = rooms;
    this.disk = disk;
    this.inodes = new InodeCache(disk, rooms.writeback, objects.inodes);
    this.inodes.ops = new FilePages(rooms.writeback, this.inodes);
    this.dcache = new Dcache(objects.dentries);
    const inode = this.inodes.iget(ROOT_INO);
    const root = typeof inode === 'number' ? null : this.dcache.add(null, '/', inode);
    this.#root = root ?? panic('file_system: no memory for the root');
    this.names = new Namei(this.dcache, this.inodes, this.#root);
  }

  /** @param flags  O_ bits @returns the file; see Namei.open(); -EISDIR: a folder is not written to */
  open(path: string, flags: number): FsFile | number {
    const dentry = this.names.open(path, flags);
    if (typeof dentry === 'number') return dentry;
    const inode = dentry.inode ?? panic(`file_system: ${path} was opened, but is not there`);
    const file = new FsFile(path, inode, dentry, flags);
    const error = inode.disk.kind === 'dir' && file.writable ? -EISDIR : this.#truncateOnOpen(file, flags);
    if (error === 0) return file;
    this.dcache.put(dentry);
    return error;
  }

  /** The last user of an open file has gone. Linux: __fput(). */
  release(file: FsFile): void {
    this.dcache.put(file.dentry);
  }

  /** Linux: vfs_read(). @returns bytes, fewer at the end; -EBADF, -EISDIR, -ENOMEM, -EIO */
  read(file: FsFile, pos: number, len: number): Uint8Array | number {
    if (!file.readable) return -EBADF;
    if (file.inode.disk.kind === 'dir') return -EISDIR;
    return filemapRead(this.#rooms.cache, { mapping: file.inode.mapping, ra: file.ra }, pos, len);
  }

  /** Linux: vfs_write(). @returns how many bytes, fewer when memory or the disk is full; -EBADF, -ENOSPC, -ENOMEM, -EIO */
  write(file: FsFile, pos: number, bytes: Uint8Array): number {
    if (!file.writable) return -EBADF;
    return genericPerformWrite(this.#rooms, file.inode.mapping, pos, bytes);
  }

  /** @returns 0; -EIO: something that was written is not on disk */
  fsync(file: FsFile): number {
    return this.#rooms.writeback.fsyncRange(file.inode.mapping, 0, Infinity);
  }

  /** @param size  bytes @returns 0; -EBADF, -ENOMEM, -EIO. Linux: ftruncate(2) */
  truncate(file: FsFile, size: number): number {
    if (!file.writable) return -EBADF;
    const { inode } = file;
    const error = truncateSetsize(this.#rooms.writeback, inode.mapping, size);
    if (error !== 0) return error;
    this.#rooms.cache.opsOf(inode.mapping).release(inode.mapping, Math.ceil(size / PAGE_SIZE), Infinity);
    inode.disk.size = size;
    return 0;
  }

  /** Everything in memory agrees with everything on disk. Panics else. */
  validate(): void {
    this.dcache.validate(this.#root);
    const reserved: number[] = [];
    for (const { blocks, disk, mapping } of this.inodes.all) {
      for (const [index, block] of blocks) {
        const written = disk.blocks.get(index);
        if (written === undefined) reserved.push(block);
        else if (written !== block) panic(`file_system: page ${index} of inode ${disk.ino} has two blocks`);
      }
      for (const index of mapping.dirty) {
        if (!blocks.has(index)) panic(`file_system: page ${index} of inode ${disk.ino} is dirty, but has no block`);
      }
    }
    this.disk.validate(reserved);
  }

  #truncateOnOpen(file: FsFile, flags: number): number {
    return flags & O_TRUNC && file.writable && file.inode.size > 0 ? this.truncate(file, 0) : 0;
  }
}
