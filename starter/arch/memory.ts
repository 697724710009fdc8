/**
 * Physical memory, read and written in entries of 8 bytes, as the page walker does it; it counts both.
 * Frames come into being when first touched, so a machine of terabytes costs nothing; frames full of zeroes share one.
 * Frames that nobody has written hold junk: whoever wants zeroes writes them.
 */
import { PAGE_SIZE } from '../include/param.ts';
import { PTE_SIZE, PTRS_PER_TABLE } from '../include/pgtable_types.ts';
import type { Pfn, PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';

/** What an untouched frame is filled with. */
const FRESH = 0xf3e5_4f3e_54f3_e54fn;

/** The content of a frame, in three widths. */
interface Frame {
  readonly longs: BigUint64Array;
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
}

function newFrame(fill: bigint): Frame {
  const longs = new BigUint64Array(PTRS_PER_TABLE).fill(fill);
  return { longs, words: new Uint32Array(longs.buffer), bytes: new Uint8Array(longs.buffer) };
}

/** Stands in for every frame of zeroes that nobody has written to since; never written. */
const ZEROES = newFrame(0n);

export class PhysicalMemory {
  readonly nrFrames: number;
  #frames = new Map<Pfn, Frame>();
  #reads = 0;
  #writes = 0;

  /** @param nrFrames  frames 0 .. nrFrames-1 exist */
  constructor(nrFrames: number) {
    this.nrFrames = nrFrames;
  }

  /** Entries read so far. */
  get reads(): number {
    return this.#reads;
  }

  /** Entries written so far. */
  get writes(): number {
    return this.#writes;
  }

  /**
   * Reads 8 bytes. Panics unless `pa` is a multiple of 8.
   * @returns all ones where no memory is, as on a PC's bus
   */
  read64(pa: PhysAddr): bigint {
    this.#reads++;
    if (!this.#exists(pa)) return 0xffff_ffff_ffff_ffffn;
    return this.#frame(Math.floor(pa / PAGE_SIZE)).longs[this.#slot(pa)];
  }

  /** Writes 8 bytes. Panics unless `pa` is a multiple of 8. Where no memory is, the write is lost. */
  write64(pa: PhysAddr, value: bigint): void {
    this.#writes++;
    if (this.#exists(pa)) this.#ownFrame(Math.floor(pa / PAGE_SIZE)).longs[this.#slot(pa)] = value;
  }

  /** Fills a frame with one word, uncounted. */
  fillFrame(pfn: Pfn, word: bigint): void {
    this.#ownFrame(pfn).longs.fill(word);
  }

  /** The 1024 words of a frame, to read and to write, uncounted: entry i is words 2i (low) and 2i + 1. Always the same array. */
  frameWords(pfn: Pfn): Uint32Array {
    return this.#ownFrame(pfn).words;
  }

  /** Fills a frame with zeroes, uncounted. */
  clearFrame(pfn: Pfn): void {
    const known = this.#frames.get(pfn);
    if (known === undefined) this.#frames.set(pfn, ZEROES);
    else if (known !== ZEROES) known.words.fill(0);
  }

  /** Makes one frame hold what another does, uncounted. */
  copyFrame(to: Pfn, from: Pfn): void {
    const source = this.#frame(from);
    if (source === ZEROES) this.clearFrame(to);
    else this.#ownFrame(to).words.set(source.words);
  }

  /** One byte, uncounted. */
  readByte(pa: PhysAddr): number {
    return this.#frame(Math.floor(pa / PAGE_SIZE)).bytes[pa % PAGE_SIZE];
  }

  /** @param value  0 ≤ value < 256 */
  writeByte(pa: PhysAddr, value: number): void {
    this.#ownFrame(Math.floor(pa / PAGE_SIZE)).bytes[pa % PAGE_SIZE] = value;
  }

  #exists(pa: PhysAddr): boolean {
    if (!Number.isSafeInteger(pa) || pa < 0 || pa % PTE_SIZE !== 0) {
      panic(`memory: ${pa} is not the address of an entry: expected a multiple of ${PTE_SIZE}`);
    }
    return pa < this.nrFrames * PAGE_SIZE;
  }

  /** To read from. */
  #frame(pfn: Pfn): Frame {
    return this.#frames.get(pfn) ?? this.#ownFrame(pfn);
  }

  /** To write to: its own, not the zeroes of all. */
  #ownFrame(pfn: Pfn): Frame {
    const known = this.#frames.get(pfn);
    if (known !== undefined && known !== ZEROES) return known;
    const frame = newFrame(known === ZEROES ? 0n : FRESH);
    this.#frames.set(pfn, frame);
    return frame;
  }

  #slot(pa: PhysAddr): number {
    return (pa % PAGE_SIZE) / PTE_SIZE;
  }
}
