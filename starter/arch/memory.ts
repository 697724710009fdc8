/**
 * Physical memory, read and written in entries of 8 bytes, as the page walker does it; it counts both.
 * A frame gets words of its own when it is first written, so a machine of terabytes costs nothing; until then it is one of
 * the many frames of zeroes, or one of those that nobody has written and that hold junk: whoever wants zeroes writes them.
 *
 *     frame 0 ──┐                          frame 2 ──► words of its own
 *     frame 1 ──┴─► ZEROES, never written      └─ clearFrame ─► ZEROES; its words are the next frame's that is written
 */
import { PAGE_SIZE } from '../include/param.ts';
import { PTE_SIZE } from '../include/pgtable_types.ts';
import type { Pfn, PhysAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { FRAME_WORDS, FramePool } from './frame_pool.ts';

/** What an untouched frame is filled with: low and high half of its entries. */
const FRESH_LOW = 0x54f3_e54f;
const FRESH_HIGH = 0xf3e5_4f3e;

const ZEROES = new Uint32Array(FRAME_WORDS);
const JUNK = Uint32Array.from({ length: FRAME_WORDS }, (_, i) => (i % 2 === 0 ? FRESH_LOW : FRESH_HIGH));

/** Frames are kept in groups, which come into being with their first. log2 of their size. */
const GROUP_SHIFT = 6;
const GROUP_MASK = 2 ** GROUP_SHIFT - 1;

/** An entry, and its two halves. */
const LONG = new BigUint64Array(1);
const HALVES = new Uint32Array(LONG.buffer);

export class PhysicalMemory {
  readonly nrFrames: number;
  /** By group, then by frame: its words. Of many frames at once: ZEROES and JUNK. */
  readonly #groups: Uint32Array[][] = [];
  readonly #pool = new FramePool();
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
    const words = this.peekFrame(Math.floor(pa / PAGE_SIZE));
    const i = (pa % PAGE_SIZE) / 4;
    HALVES[0] = words[i];
    HALVES[1] = words[i + 1];
    return LONG[0];
  }

  /** Writes 8 bytes. Panics unless `pa` is a multiple of 8. Where no memory is, the write is lost. */
  write64(pa: PhysAddr, value: bigint): void {
    this.#writes++;
    if (!this.#exists(pa)) return;
    const words = this.frameWords(Math.floor(pa / PAGE_SIZE));
    const i = (pa % PAGE_SIZE) / 4;
    LONG[0] = value;
    words[i] = HALVES[0];
    words[i + 1] = HALVES[1];
  }

  /** Fills a frame with one word of 8 bytes, uncounted. */
  fillFrame(pfn: Pfn, word: bigint): void {
    if (word === 0n) {
      this.clearFrame(pfn);
      return;
    }
    const words = this.frameWords(pfn);
    LONG[0] = word;
    for (let i = 0; i < FRAME_WORDS; i += 2) {
      words[i] = HALVES[0];
      words[i + 1] = HALVES[1];
    }
  }

  /**
   * The 1024 words of a frame, to read and to write, uncounted: entry i is words 2i (low) and 2i + 1. The same array until
   * the frame is cleared or copied to.
   */
  frameWords(pfn: Pfn): Uint32Array {
    const words = this.#group(pfn)[pfn & GROUP_MASK];
    return words === ZEROES || words === JUNK ? this.#own(pfn, words) : words;
  }

  /** The same, only to read, and only now: most frames of zeroes are one array. */
  peekFrame(pfn: Pfn): Uint32Array {
    return this.#group(pfn)[pfn & GROUP_MASK];
  }

  /** Fills a frame with zeroes, uncounted. */
  clearFrame(pfn: Pfn): void {
    this.#share(pfn, ZEROES);
  }

  /** Makes one frame hold what another does, uncounted. */
  copyFrame(to: Pfn, from: Pfn): void {
    const source = this.peekFrame(from);
    if (source === ZEROES || source === JUNK) this.#share(to, source);
    else this.frameWords(to).set(source);
  }

  /** Whether a frame holds nothing but zeroes. Cost: the words up to the first that is not. */
  isZeroFrame(pfn: Pfn): boolean {
    const words = this.peekFrame(pfn);
    let i = 0;
    if (words === ZEROES) return true;
    while (i < FRAME_WORDS && words[i] === 0) i++;
    return i === FRAME_WORDS;
  }

  /** One byte, uncounted. */
  readByte(pa: PhysAddr): number {
    const offset = pa % PAGE_SIZE;
    return (this.peekFrame((pa - offset) / PAGE_SIZE)[offset >>> 2] >>> ((offset & 3) << 3)) & 0xff;
  }

  /** @param value  0 ≤ value < 256 */
  writeByte(pa: PhysAddr, value: number): void {
    const offset = pa % PAGE_SIZE;
    const shift = (offset & 3) << 3;
    const words = this.frameWords((pa - offset) / PAGE_SIZE);
    words[offset >>> 2] = (words[offset >>> 2] & ~(0xff << shift)) | (value << shift);
  }

  #exists(pa: PhysAddr): boolean {
    if (!Number.isSafeInteger(pa) || pa < 0 || pa % PTE_SIZE !== 0) {
      panic(`memory: ${pa} is not the address of an entry: expected a multiple of ${PTE_SIZE}`);
    }
    return pa < this.nrFrames * PAGE_SIZE;
  }

  #group(pfn: Pfn): Uint32Array[] {
    return this.#groups[pfn >>> GROUP_SHIFT] ?? this.#newGroup(pfn);
  }

  #newGroup(pfn: Pfn): Uint32Array[] {
    if (!(pfn >= 0 && pfn < this.nrFrames)) panic(`memory: there is no frame ${pfn}`);
    const group = new Array<Uint32Array>(GROUP_MASK + 1).fill(JUNK);
    this.#groups[pfn >>> GROUP_SHIFT] = group;
    return group;
  }

  /** A frame that shared its words gets its own. */
  #own(pfn: Pfn, shared: Uint32Array): Uint32Array {
    const words = this.#pool.take();
    words.set(shared);
    this.#group(pfn)[pfn & GROUP_MASK] = words;
    return words;
  }

  /** A frame holds the same as many others. */
  #share(pfn: Pfn, shared: Uint32Array): void {
    const group = this.#group(pfn);
    const words = group[pfn & GROUP_MASK];
    if (words !== ZEROES && words !== JUNK) this.#pool.give(words);
    group[pfn & GROUP_MASK] = shared;
  }
}
