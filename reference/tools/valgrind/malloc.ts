/**
 * The memory of a program, in pieces: malloc(3), as the C library has it. glibc: malloc/malloc.c (its thresholds and sizes).
 *
 *     small: the heap, which brk(2) makes longer and shorter          large: a mapping of its own, by mmap(2)
 *     | size | used .. | size | free .. | size | used .. |  top  |   128 KiB and above; a large piece that is given back
 *       8 before each piece                                          raises the limit to its size (32 MiB at most)
 *
 * SIMPLIFIED: free pieces are taken by best fit; glibc has bins by size, and lists of its own for small ones.
 */
import { PAGE_SIZE } from '../../include/param.ts';
import type { ProgramMemory } from '../../include/program_memory.ts';
import type { UserAddr } from '../../include/types.ts';
import { pageAlign } from '../../lib/page_align.ts';

const KIB = 1024;
const HEADER = 16;
const SIZE_FIELD = 8;
const ALIGNMENT = 16;
/** The smallest piece, with its header. */
const MINSIZE = 32;
const MMAP_THRESHOLD_MAX = 32 * KIB * KIB;
/** The heap is made so much longer than needed. */
const TOP_PAD = 128 * KIB;
/** Only after a piece of this size is freed the heap is made shorter. */
const CONSOLIDATION_THRESHOLD = 64 * KIB;
/** Bits beside a size. */
const PREV_INUSE = 1;
const IS_MMAPPED = 2;

const alignUp = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

/** A piece with its header. */
interface Chunk {
  readonly start: UserAddr;
  size: number;
  readonly kind: 'heap' | 'mmapped';
}

/** What is wrong with a pointer that is given back; glibc ends the program with such a line. */
export type FreeError = 'free(): invalid pointer' | 'free(): double free detected' | 'free(): invalid size';

export class Malloc {
  readonly #memory: ProgramMemory;
  /** Pieces in use, by the address that the program knows. */
  readonly #used = new Map<UserAddr, Chunk>();
  /** Free pieces of the heap, by address, none beside another. */
  #free: Chunk[] = [];
  /** What was freed last, and not used again. */
  readonly #freed = new Set<UserAddr>();
  #heapStart: UserAddr = 0;
  /** Where the last, free, part of the heap begins, and where it ends; 0: there is no heap yet. */
  #top: UserAddr = 0;
  #end: UserAddr = 0;
  #mmapThreshold = 128 * KIB;
  #trimThreshold = 128 * KIB;

  constructor(memory: ProgramMemory) {
    this.#memory = memory;
  }

  /** M_MMAP_THRESHOLD as it is now, in bytes. */
  get mmapThreshold(): number {
    return this.#mmapThreshold;
  }

  /** The heap: brk(2) made all of this. */
  get heap(): { readonly start: UserAddr; readonly end: UserAddr } {
    return { start: this.#heapStart, end: this.#end };
  }

  /** @returns at least so many bytes, aligned to 16, that hold junk; null: no memory */
  malloc(bytes: number): UserAddr | null {
    const size = Math.max(MINSIZE, alignUp(bytes + SIZE_FIELD, ALIGNMENT));
    const chunk = size >= this.#mmapThreshold ? this.#map(size) : (this.#bestFit(size) ?? this.#fromTop(size));
    if (chunk === null) return null;
    const user = chunk.start + HEADER;
    if (!this.#writeSize(chunk)) return null;
    this.#used.set(user, chunk);
    this.#freed.delete(user);
    return user;
  }

  /** @returns zeroes, or null */
  calloc(count: number, bytes: number): UserAddr | null {
    const user = this.malloc(count * bytes);
    if (user === null || this.#used.get(user)?.kind === 'mmapped') return user;
    for (let at = user; at < user + count * bytes; at++) if (!this.#memory.store(at, 0)) return null;
    return user;
  }

  /** Bytes that a piece really has. glibc: malloc_usable_size(). */
  usableSize(user: UserAddr): number {
    const chunk = this.#used.get(user);
    if (chunk === undefined) return 0;
    return chunk.size - (chunk.kind === 'mmapped' ? HEADER : SIZE_FIELD);
  }

  /** Gives a piece back; nothing for 0. @returns null, or why the program is ended */
  free(user: UserAddr): FreeError | null {
    if (user === 0) return null;
    const chunk = this.#used.get(user);
    if (chunk === undefined) return this.#freed.has(user) ? 'free(): double free detected' : 'free(): invalid pointer';
    if (!this.#sizeIsSound(chunk)) return 'free(): invalid size';
    this.#used.delete(user);
    this.#freed.add(user);
    if (chunk.kind === 'mmapped') this.#unmap(chunk);
    else this.#consolidate(chunk);
    return null;
  }

  /** @returns as much of what it held as fits, elsewhere perhaps; null: no memory, and the old one stays */
  realloc(user: UserAddr, bytes: number): UserAddr | null {
    if (user === 0) return this.malloc(bytes);
    if (bytes <= this.usableSize(user)) return user;
    const moved = this.malloc(bytes);
    if (moved === null) return null;
    for (let i = 0; i < this.usableSize(user); i++) {
      const byte = this.#memory.load(user + i);
      if (byte === null || !this.#memory.store(moved + i, byte)) return null;
    }
    this.free(user);
    return moved;
  }

  #writeSize({ start, size, kind }: Chunk): boolean {
    const field = size + (kind === 'mmapped' ? IS_MMAPPED : PREV_INUSE);
    for (let i = 0, left = field; i < SIZE_FIELD; i++, left = Math.floor(left / 256)) {
      if (!this.#memory.store(start + SIZE_FIELD + i, left % 256)) return false;
    }
    return true;
  }

  /** Whether nobody has written over the size. */
  #sizeIsSound({ start, size, kind }: Chunk): boolean {
    let field = 0;
    for (let i = SIZE_FIELD - 1; i >= 0; i--) field = field * 256 + (this.#memory.load(start + SIZE_FIELD + i) ?? 0);
    return field === size + (kind === 'mmapped' ? IS_MMAPPED : PREV_INUSE);
  }

  #map(size: number): Chunk | null {
    const bytes = pageAlign(size + SIZE_FIELD);
    const start = this.#memory.mmap(bytes);
    return start < 0 ? null : { start, size: bytes, kind: 'mmapped' };
  }

  /** What was large once is so often: next time it comes from the heap. glibc: the dynamic threshold. */
  #unmap({ start, size }: Chunk): void {
    if (size > this.#mmapThreshold && size <= MMAP_THRESHOLD_MAX) {
      this.#mmapThreshold = size;
      this.#trimThreshold = 2 * size;
    }
    this.#memory.munmap(start, size);
  }

  #bestFit(size: number): Chunk | null {
    let best: Chunk | null = null;
    for (const chunk of this.#free) if (chunk.size >= size && (best === null || chunk.size < best.size)) best = chunk;
    if (best === null) return null;
    const taken = best;
    const rest = taken.size - size;
    const left: Chunk[] = rest >= MINSIZE ? [{ start: taken.start + size, size: rest, kind: 'heap' }] : [];
    this.#free.splice(this.#free.indexOf(taken), 1, ...left);
    if (left.length > 0) taken.size = size;
    return taken;
  }

  #fromTop(size: number): Chunk | null {
    if (this.#end - this.#top < size + MINSIZE && !this.#grow(size)) return null;
    const start = this.#top;
    this.#top += size;
    return { start, size, kind: 'heap' };
  }

  /** glibc: sysmalloc(). */
  #grow(size: number): boolean {
    if (this.#heapStart === 0) {
      this.#heapStart = alignUp(this.#memory.brk(0), ALIGNMENT);
      this.#top = this.#heapStart;
      this.#end = this.#heapStart;
    }
    const want = alignUp(size + TOP_PAD + MINSIZE - (this.#end - this.#top), PAGE_SIZE);
    if (this.#memory.brk(this.#end + want) < this.#end + want) return false;
    this.#end += want;
    return true;
  }

  /** Joins a free piece with its neighbours; what is free at the end of the heap goes back. glibc: _int_free(). */
  #consolidate(freed: Chunk): void {
    const chunk = { ...freed };
    const before = this.#free.find(({ start, size }) => start + size === chunk.start);
    const behind = this.#free.find(({ start }) => start === chunk.start + chunk.size);
    this.#free = this.#free.filter((each) => each !== before && each !== behind);
    const start = before?.start ?? chunk.start;
    const size = chunk.size + (before?.size ?? 0) + (behind?.size ?? 0);
    if (start + size === this.#top) this.#top = start;
    else this.#free.push({ start, size, kind: 'heap' });
    this.#free.sort((a, b) => a.start - b.start);
    if (size >= CONSOLIDATION_THRESHOLD && this.#end - this.#top >= this.#trimThreshold) this.#trim();
  }

  /** glibc: systrim(). */
  #trim(): void {
    const spare = this.#end - this.#top - MINSIZE - 1;
    const extra = Math.floor((spare - TOP_PAD) / PAGE_SIZE) * PAGE_SIZE;
    if (extra <= 0) return;
    this.#end -= extra;
    this.#memory.brk(this.#end);
  }
}
