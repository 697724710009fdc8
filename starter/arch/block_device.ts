/**
 * A disk of blocks as large as a page. A request moves neighbouring blocks from or to frames; it takes its time on
 * the virtual clock, and requests wait for one another. Linux: block/blk-core.c.
 *
 *     submit ---->| wait for the disk | latencyNs | n * nsPerBlock |----> done(0)
 *
 * What a write carries is what the frames held when it was submitted; it is on the disk when it is done, not before.
 */
import { EIO } from '../include/errno.ts';
import type { FaultInjector } from '../include/fault_inject.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn, Ticks } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { VirtualClock } from './clock.ts';
import { FRAME_WORDS, FramePool } from './frame_pool.ts';

/** Where content comes from and goes to: physical memory. */
export interface FrameContents {
  /** The 1024 words of a frame, to be overwritten. */
  frameWords(pfn: Pfn): Uint32Array;
  /** The same, to be read. */
  peekFrame(pfn: Pfn): Uint32Array;
  isZeroFrame(pfn: Pfn): boolean;
  clearFrame(pfn: Pfn): void;
}

export interface DiskShape {
  /** Blocks 0 .. blocks-1 exist. */
  readonly blocks: number;
  /** What every request takes. */
  readonly latencyNs: Ticks;
  /** What every block takes. */
  readonly nsPerBlock: Ticks;
}

/** KiB moved, of all disks of the machine: VmStat.events. */
export interface TransferCounts {
  pgpgin: number;
  pgpgout: number;
}

export interface IoRequest {
  readonly kind: 'read' | 'write';
  /** The first block. */
  readonly block: number;
  /** A frame for each block. */
  readonly frames: readonly Pfn[];
  /** Called when it is over. @param error  0 or -EIO */
  readonly done: (error: number) => void;
}

export class BlockDevice {
  readonly shape: DiskShape;
  readonly #clock: VirtualClock;
  readonly #memory: FrameContents;
  readonly #transfers: TransferCounts;
  /** By block; none: zeroes. */
  readonly #content = new Map<number, Uint32Array>();
  readonly #pool = new FramePool();
  #busyUntil: Ticks = 0;
  /** Requests of an earlier one were lost with the power. */
  #power = 0;
  /** Failures to order; null: none. */
  failures: FaultInjector | null = null;
  /** Requests so far, and their blocks. */
  readonly counts = { reads: 0, writes: 0, blocksRead: 0, blocksWritten: 0 };
  /** Requests under way. */
  inFlight = 0;

  constructor(clock: VirtualClock, memory: FrameContents, shape: DiskShape, transfers: TransferCounts) {
    this.#clock = clock;
    this.#memory = memory;
    this.shape = shape;
    this.#transfers = transfers;
  }

  /** Starts a request. Panics on blocks that do not exist. */
  submit({ kind, block, frames, done }: IoRequest): void {
    const { blocks, latencyNs, nsPerBlock } = this.shape;
    if (!(block >= 0 && frames.length > 0 && block + frames.length <= blocks)) {
      panic(`block_device: blocks ${block}..${block + frames.length - 1} of ${blocks}`);
    }
    const error = this.failures?.shouldFail(kind) ? -EIO : 0;
    this.#count(kind, frames.length);
    const written = kind === 'write' && error === 0 ? frames.map((pfn) => this.#copyOf(pfn)) : [];
    const end = Math.max(this.#clock.now, this.#busyUntil) + latencyNs + frames.length * nsPerBlock;
    this.#busyUntil = end;
    const power = this.#power;
    this.inFlight++;
    this.#clock.schedule(end, () => {
      if (power !== this.#power) return;
      this.inFlight--;
      written.forEach((words, i) => {
        this.#put(block + i, words);
      });
      if (kind === 'read' && error === 0) this.#read(block, frames);
      done(error);
    });
  }

  /** Reads, and waits for it. @returns 0 or -EIO */
  read(block: number, frames: readonly Pfn[]): number {
    return this.#wait('read', block, frames);
  }

  /** Writes, and waits for it. @returns 0 or -EIO */
  write(block: number, frames: readonly Pfn[]): number {
    return this.#wait('write', block, frames);
  }

  /** What is on the disk, without asking it; for tests and pictures. */
  peek(block: number): Uint32Array {
    return this.#content.get(block)?.slice() ?? new Uint32Array(FRAME_WORDS);
  }

  /** Forgets what a block holds: it reads as zeroes. Free, as a disk's own command is. Linux: blkdev_issue_discard(). */
  discard(block: number): void {
    this.#put(block, null);
  }

  /** The power goes: what is under way is neither done nor heard of again. */
  powerLoss(): void {
    this.#power++;
    this.inFlight = 0;
    this.#busyUntil = this.#clock.now;
  }

  #wait(kind: 'read' | 'write', block: number, frames: readonly Pfn[]): number {
    let result: number | null = null;
    const done = (error: number): void => {
      result = error;
    };
    this.submit({ kind, block, frames, done });
    this.#clock.waitUntil(() => result !== null);
    return result ?? panic('block_device: a request ended without an answer');
  }

  #count(kind: 'read' | 'write', blocks: number): void {
    const kib = (blocks * PAGE_SIZE) / 1024;
    if (kind === 'read') {
      this.counts.reads++;
      this.counts.blocksRead += blocks;
      this.#transfers.pgpgin += kib;
    } else {
      this.counts.writes++;
      this.counts.blocksWritten += blocks;
      this.#transfers.pgpgout += kib;
    }
  }

  #read(block: number, frames: readonly Pfn[]): void {
    frames.forEach((pfn, i) => {
      const from = this.#content.get(block + i);
      if (from === undefined) this.#memory.clearFrame(pfn);
      else this.#memory.frameWords(pfn).set(from);
    });
  }

  /** What a frame holds now; null: zeroes. */
  #copyOf(pfn: Pfn): Uint32Array | null {
    if (this.#memory.isZeroFrame(pfn)) return null;
    const words = this.#pool.take();
    words.set(this.#memory.peekFrame(pfn));
    return words;
  }

  /** A block holds something else from now on. */
  #put(block: number, words: Uint32Array | null): void {
    const before = this.#content.get(block);
    if (before !== undefined) this.#pool.give(before);
    if (words === null) this.#content.delete(block);
    else this.#content.set(block, words);
  }
}
