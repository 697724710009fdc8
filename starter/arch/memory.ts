/**
 * Physical memory, read and written in entries of 8 bytes, as the page walker does it; it counts both.
 * Frames come into being when first touched, so a machine of terabytes costs nothing.
 * Frames that nobody has written hold junk: whoever wants zeroes writes them.
 */
import { PAGE_SIZE } from '../include/param.ts';
import { PTE_SIZE, PTRS_PER_TABLE } from '../include/pgtable_types.ts';
import type { Pfn, PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';

/** What an untouched frame is filled with. */
const FRESH = 0xf3e5_4f3e_54f3_e54fn;

export class PhysicalMemory {
  readonly nrFrames: number;
  #frames = new Map<Pfn, BigUint64Array>();
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
    return this.#frame(pa)[this.#slot(pa)];
  }

  /** Writes 8 bytes. Panics unless `pa` is a multiple of 8. Where no memory is, the write is lost. */
  write64(pa: PhysAddr, value: bigint): void {
    this.#writes++;
    if (this.#exists(pa)) this.#frame(pa)[this.#slot(pa)] = value;
  }

  /** Fills a frame with one word, uncounted. */
  fillFrame(pfn: Pfn, word: bigint): void {
    this.#frame(pfn * PAGE_SIZE).fill(word);
  }

  #exists(pa: PhysAddr): boolean {
    if (!Number.isSafeInteger(pa) || pa < 0 || pa % PTE_SIZE !== 0) {
      panic(`memory: ${pa} is not the address of an entry: expected a multiple of ${PTE_SIZE}`);
    }
    return pa < this.nrFrames * PAGE_SIZE;
  }

  #frame(pa: PhysAddr): BigUint64Array {
    const pfn = Math.floor(pa / PAGE_SIZE);
    const known = this.#frames.get(pfn);
    if (known !== undefined) return known;
    const frame = new BigUint64Array(PTRS_PER_TABLE).fill(FRESH);
    this.#frames.set(pfn, frame);
    return frame;
  }

  #slot(pa: PhysAddr): number {
    return (pa % PAGE_SIZE) / PTE_SIZE;
  }
}
