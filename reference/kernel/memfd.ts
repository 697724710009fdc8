/**
 * An open file of memory: memfd_create(2). Linux: mm/memfd.c, mm/shmem.c.
 * It lives as long as somebody has it open or mapped; who, util.ts counts.
 */
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import type { AddressSpace } from '../mm/address_space.ts';
import type { MemorySystem } from '../mm/memory_system.ts';
import type { Writeback } from '../mm/page_writeback.ts';
import type { ShmemFile } from '../mm/shmem.ts';
import { truncateInodePages } from '../mm/truncate.ts';
import type { CommitAccount } from '../mm/util.ts';
import type { FileOperations } from './files.ts';

/** The rooms that it uses. */
export interface MemfdRooms {
  readonly system: MemorySystem;
  readonly writeback: Writeback;
  readonly commit: CommitAccount;
}

export class Memfd implements FileOperations {
  readonly file: ShmemFile;
  readonly #rooms: MemfdRooms;
  readonly #mapping: AddressSpace;

  /** An empty one. */
  constructor(rooms: MemfdRooms, name: string) {
    this.#rooms = rooms;
    this.file = rooms.system.shmem.create(`memfd:${name}`, 0);
    this.#mapping = rooms.system.pageCache.mappings.byId(this.file.mapping);
    rooms.commit.adoptShmem(this.file, 0);
    rooms.commit.getFile(this.file);
  }

  get size(): number {
    return this.file.inode.size;
  }

  read(pos: number, len: number): Uint8Array | number {
    const bytes = new Uint8Array(Math.max(Math.min(len, this.size - pos), 0));
    const error = this.#eachPage(pos, bytes.length, 'read', (page, at, done) => {
      bytes.set(page.subarray(at, at + Math.min(PAGE_SIZE - at, bytes.length - done)), done);
    });
    return error < 0 ? error : bytes;
  }

  write(pos: number, bytes: Uint8Array): number {
    const before = this.size;
    this.file.inode.size = Math.max(before, pos + bytes.length);
    const done = this.#eachPage(pos, bytes.length, 'write', (page, at, from) => {
      page.set(bytes.subarray(from, from + PAGE_SIZE - at), at);
    });
    this.file.inode.size = Math.max(before, done > 0 ? pos + done : 0);
    return done;
  }

  /** There is nothing to be written to. */
  fsync(): number {
    return 0;
  }

  truncate(size: number): number {
    const before = this.size;
    if (size < before) {
      const tail = size % PAGE_SIZE;
      const zero = (page: Uint8Array, at: number): void => void page.fill(0, at);
      const error = tail === 0 ? 0 : this.#eachPage(size, 1, 'read', zero);
      if (error < 0) return error;
    }
    this.file.inode.size = size;
    if (size >= before) return 0;
    const first = Math.ceil(size / PAGE_SIZE);
    truncateInodePages(this.#rooms.writeback, this.#mapping, { first, end: Infinity, why: 'end' });
    this.#rooms.system.shmem.forget(this.#mapping, first, Infinity);
    return 0;
  }

  release(): void {
    const { commit, system } = this.#rooms;
    if (commit.putFile(this.file)) system.files.evict(this.file);
  }

  /**
   * Calls for the part of each page in pos .. pos+len; holes are not seen by a read.
   * @returns how many bytes; or, if it was none, why
   */
  #eachPage(
    pos: number,
    len: number,
    sgp: 'read' | 'write',
    visit: (page: Uint8Array, at: number, done: number) => void,
  ): number {
    const { shmem, folios } = this.#rooms.system;
    let done = 0;
    while (done < len) {
      const at = (pos + done) % PAGE_SIZE;
      const got = shmem.getFolio(this.#mapping, Math.floor((pos + done) / PAGE_SIZE), sgp);
      if (typeof got === 'number') return done > 0 ? done : got;
      if (got !== null) {
        visit(this.#bytes(got.pfn), at, done);
        folios.markAccessed(got.pfn);
        folios.put(got.pfn);
      }
      done += Math.min(PAGE_SIZE - at, len - done);
    }
    return done;
  }

  #bytes(pfn: Pfn): Uint8Array {
    const { buffer, byteOffset } = this.#rooms.system.memory.frameWords(pfn);
    return new Uint8Array(buffer, byteOffset, PAGE_SIZE);
  }
}
