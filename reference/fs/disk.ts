/**
 * What a file system has on disk: it is all that is left when the power goes. Linux: fs/ext4 (layout, balloc.c).
 * SIMPLIFIED: names, sizes and places are on disk as soon as they are given to it, and read without I/O, as if the journal
 * took no time; only the content of files takes the disk's time.
 *
 *     inode 7:   size 9000     blocks  0 -> 120, 2 -> 121        page 1 is a hole, or has never been written
 */
import type { BlockDevice } from '../arch/block_device.ts';
import { panic } from '../lib/panic.ts';

export const ROOT_INO = 2;

export interface DiskInode {
  readonly ino: number;
  readonly kind: 'file' | 'dir';
  /** Bytes. */
  size: number;
  /** Names that it has; 0: it goes when nobody has it open any more. */
  nlink: number;
  /** By page: the block with its content. Holes, and pages that were never written, are not there. */
  readonly blocks: Map<number, number>;
  /** Of a folder, by name: inode numbers. */
  readonly entries: Map<string, number>;
}

export class Disk {
  readonly device: BlockDevice;
  readonly inodes = new Map<number, DiskInode>();
  /** By block: 1 if some file has it. */
  readonly #used: Uint8Array;
  #freeBlocks: number;
  #nextIno = ROOT_INO;

  /** A new file system: one empty folder. Linux: mkfs. */
  constructor(device: BlockDevice) {
    this.device = device;
    this.#used = new Uint8Array(device.shape.blocks);
    this.#freeBlocks = device.shape.blocks;
    this.newInode('dir');
  }

  get freeBlocks(): number {
    return this.#freeBlocks;
  }

  newInode(kind: 'file' | 'dir'): DiskInode {
    const ino = this.#nextIno++;
    const inode: DiskInode = { ino, kind, size: 0, nlink: 1, blocks: new Map(), entries: new Map() };
    this.inodes.set(ino, inode);
    return inode;
  }

  /** Panics when there is none. */
  inode(ino: number): DiskInode {
    return this.inodes.get(ino) ?? panic(`disk: there is no inode ${ino}`);
  }

  /** @param goal  the block that would be best: behind the file's last one @returns null: the disk is full */
  allocBlock(goal: number): number | null {
    if (this.#freeBlocks === 0) return null;
    const start = this.#used.indexOf(0, goal);
    const block = start < 0 ? this.#used.indexOf(0) : start;
    this.#used[block] = 1;
    this.#freeBlocks--;
    return block;
  }

  freeBlock(block: number): void {
    if (this.#used[block] !== 1) panic(`disk: block ${block} is freed, but is free`);
    this.#used[block] = 0;
    this.#freeBlocks++;
    this.device.discard(block);
  }

  /** The power goes. What was only in memory is lost; blocks of files that have no name any more, or no content yet, are free. */
  powerLoss(): void {
    this.device.powerLoss();
    for (const [ino, { nlink }] of [...this.inodes]) if (nlink === 0) this.inodes.delete(ino);
    this.#used.fill(0);
    this.#freeBlocks = this.#used.length;
    for (const { blocks } of this.inodes.values()) {
      for (const block of blocks.values()) {
        this.#used[block] = 1;
        this.#freeBlocks--;
      }
    }
  }

  /** No block belongs to two files or to none, no name leads nowhere. @param reserved  blocks promised to pages, not written. Panics else. */
  validate(reserved: Iterable<number>): void {
    const seen = new Set<number>(reserved);
    const count = seen.size;
    let written = 0;
    for (const { ino, blocks, entries } of this.inodes.values()) {
      for (const block of blocks.values()) {
        if (this.#used[block] !== 1 || seen.has(block))
          panic(`disk: block ${block} of inode ${ino} is free, or another's`);
        seen.add(block);
        written++;
      }
      for (const [name, to] of entries) if (!this.inodes.has(to)) panic(`disk: ${name} in inode ${ino} leads nowhere`);
    }
    const used = this.#used.length - this.#freeBlocks;
    if (used !== count + written) panic(`disk: ${used} blocks are in use, but files have ${count + written}`);
  }
}
