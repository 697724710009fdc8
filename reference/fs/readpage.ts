/**
 * Pages of files on their way from and to the disk. Linux: fs/ext4/readpage.c, page-io.c, inode.c.
 *
 *     pages    4   5   6   7           neighbours on disk too go in one request;
 *     blocks  80  81   -  40           a hole is zeroes, without any
 *             \____/      \_ a second request
 */
import { ENOSPC } from '../include/errno.ts';
import { PG_locked, PG_uptodate } from '../include/page_flags.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import type { AddressSpace, AddressSpaceOps } from '../mm/address_space.ts';
import { frameBytes } from '../mm/filemap_read.ts';
import type { Writeback } from '../mm/page_writeback.ts';
import type { Inode, InodeCache } from './inode.ts';

/** A page and its block; null: it has none. */
interface Placed {
  readonly index: number;
  readonly pfn: Pfn;
  readonly block: number | null;
}

export class FilePages implements AddressSpaceOps {
  readonly #writeback: Writeback;
  readonly #inodes: InodeCache;

  constructor(writeback: Writeback, inodes: InodeCache) {
    this.#writeback = writeback;
    this.#inodes = inodes;
  }

  readahead(mapping: AddressSpace, first: number, pfns: readonly Pfn[]): void {
    const { memory } = this.#writeback.cache.rooms;
    const { disk } = this.#inodes.ofMapping(mapping);
    const pages = pfns.map((pfn, i) => ({ index: first + i, pfn, block: disk.blocks.get(first + i) ?? null }));
    for (const run of runs(pages)) {
      const frames = run.map(({ pfn }) => pfn);
      const [{ block }] = run;
      if (block !== null) {
        const done = (error: number): void => this.#endRead(frames, error);
        this.#inodes.disk.device.submit({ kind: 'read', block, frames, done });
      } else {
        for (const pfn of frames) memory.clearFrame(pfn);
        this.#endRead(frames, 0);
      }
    }
  }

  writePages(mapping: AddressSpace, first: number, pfns: readonly Pfn[]): void {
    const inode = this.#inodes.ofMapping(mapping);
    const pages = pfns.map((pfn, i) => {
      const reserved = this.reserve(mapping, first + i);
      return { index: first + i, pfn, block: reserved === 0 ? (inode.blocks.get(first + i) ?? null) : null };
    });
    for (const run of runs(pages)) {
      const [{ block }] = run;
      if (block === null) {
        this.#endWrite(inode, run, -ENOSPC);
        continue;
      }
      for (const { index, pfn } of run) this.#zeroTail(inode, index, pfn);
      const done = (error: number): void => this.#endWrite(inode, run, error);
      this.#inodes.disk.device.submit({ kind: 'write', block, frames: run.map(({ pfn }) => pfn), done });
    }
  }

  reserve(mapping: AddressSpace, index: number): number {
    const { blocks } = this.#inodes.ofMapping(mapping);
    if (blocks.has(index)) return 0;
    const block = this.#inodes.disk.allocBlock((blocks.get(index - 1) ?? -1) + 1);
    if (block === null) return -ENOSPC;
    blocks.set(index, block);
    return 0;
  }

  release(mapping: AddressSpace, first: number, end: number): void {
    const { blocks, disk } = this.#inodes.ofMapping(mapping);
    for (const [index, block] of [...blocks]) {
      if (index < first || index >= end) continue;
      blocks.delete(index);
      disk.blocks.delete(index);
      this.#inodes.disk.freeBlock(block);
    }
  }

  writeInode(mapping: AddressSpace): number {
    const inode = this.#inodes.ofMapping(mapping);
    inode.disk.size = inode.size;
    return 0;
  }

  #endRead(frames: readonly Pfn[], error: number): void {
    const { memMap } = this.#writeback.cache.rooms;
    for (const pfn of frames) {
      if (error === 0) memMap.set(pfn, PG_uptodate);
      memMap.clear(pfn, PG_locked);
    }
  }

  /** What is on disk belongs to the file from now on. Linux: ext4_end_io(), ext4_convert_unwritten_extents(). */
  #endWrite(inode: Inode, run: readonly Placed[], error: number): void {
    for (const { index, pfn, block } of run) {
      if (error === 0 && block !== null) {
        inode.disk.blocks.set(index, block);
        inode.disk.size = Math.max(inode.disk.size, Math.min(inode.size, (index + 1) * PAGE_SIZE));
      }
      this.#writeback.endWriteback(pfn, error);
    }
  }

  /** What a mapping may have put behind the end of the file is not written. */
  #zeroTail(inode: Inode, index: number, pfn: Pfn): void {
    const bytes = inode.size - index * PAGE_SIZE;
    if (bytes < PAGE_SIZE) frameBytes(this.#writeback.cache, pfn).fill(0, Math.max(bytes, 0));
  }
}

/** Cuts neighbouring pages where their blocks are not neighbours. */
function runs(pages: readonly Placed[]): Placed[][] {
  const all: Placed[][] = [];
  for (const page of pages) {
    const run = all.at(-1);
    const last = run?.at(-1)?.block;
    const wanted = last === null || last === undefined ? last : last + 1;
    if (run !== undefined && wanted === page.block) run.push(page);
    else all.push([page]);
  }
  return all;
}
