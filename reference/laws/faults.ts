/**
 * What memory must look like to processes, whatever the kernel does with pages: a plain table of bytes for each process
 * and each shared object. Random calls are done on both, and after each some bytes are read from both.
 */
import { ENOMEM } from '../include/errno.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';

/** What a range is mapped to. */
export type MappingKind = 'anon' | 'shared' | 'file-private' | 'file-shared';

/** An implementation, as these laws use it. Processes have numbers. Errors are negative. */
export interface PagedSystem {
  /** A process without mappings. @returns its number, or -ENOMEM */
  spawn(): number;
  /** A fixed place; shared: a new object; file: the one file there is, from page `offset` on. */
  mmap(proc: number, addr: UserAddr, len: number, kind: MappingKind, offset: number): number;
  munmap(proc: number, addr: UserAddr, len: number): number;
  mprotect(proc: number, addr: UserAddr, len: number, writable: boolean): number;
  /** To a fixed place that does not overlap the old one. */
  mremap(proc: number, addr: UserAddr, len: number, to: UserAddr): number;
  /** MADV_DONTNEED. */
  discard(proc: number, addr: UserAddr, len: number): number;
  /** @returns the number of the child, or a negative errno */
  fork(proc: number): number;
  exit(proc: number): void;
  /** @returns the byte; null: a signal; -ENOMEM */
  read(proc: number, addr: UserAddr): number | null;
  /** @returns 0; null: a signal; -ENOMEM */
  write(proc: number, addr: UserAddr, value: number): number | null;
  /** Frames that nobody uses, when all that waits is done. */
  freeFrames(): number;
  /** Panics if anything is damaged. */
  validate(): void;
}

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

const ARENA: UserAddr = 2 ** 33;
/** Pages that the calls play with; they lie around the border of two page tables. */
const PAGES = 24;
const FIRST = ARENA + 500 * PAGE_SIZE;
const FILE_PAGES = 16;
const MOST = 6;
const MOST_PROCESSES = 4;
/** The two bytes of each page that are read and written: one shows whether the other was copied along. */
const OFFSETS = [4, 4088] as const;
type Slot = 0 | 1;
type Bytes = readonly [number, number];

/** Bytes of a shared object, by page; none: zeroes. */
type Content = Map<number, Bytes>;

interface Page {
  readonly kind: MappingKind;
  /** Of shared memory and files. */
  readonly content: Content;
  readonly index: number;
  /** The bytes of a private copy; null: it has none. */
  own: Bytes | null;
  writable: boolean;
}

/** By page of the arena. */
type Table = Map<number, Page>;

const addrOf = (page: number): UserAddr => FIRST + page * PAGE_SIZE;
const isPrivate = ({ kind }: Page): boolean => kind === 'anon' || kind === 'file-private';

const ZEROES: Bytes = [0, 0];

function bytesOf(page: Page): Bytes {
  return page.own ?? (page.kind === 'anon' ? ZEROES : (page.content.get(page.index) ?? ZEROES));
}

function withByte(bytes: Bytes, slot: Slot, value: number): Bytes {
  return slot === 0 ? [value, bytes[1]] : [bytes[0], value];
}

/**
 * Plays random calls, then ends all processes.
 * @param file  the bytes of the file before, by page: at offsets 4 and 4088
 * @returns null if the laws hold; else the first call after which they do not, and which one
 */
export function breaksFaultLaw(system: PagedSystem, file: Content, random: Random, calls: number): string | null {
  const free = system.freeFrames();
  const first = system.spawn();
  if (first < 0) return free === system.freeFrames() ? null : 'no process, but frames are gone';
  const model = new Model(system, first, new Map(file), random);
  for (let i = 0; i < calls; i++) {
    const says = model.step();
    system.validate();
    const broken = model.broken ?? model.look();
    if (broken !== null) return `call ${i}, ${says}: ${broken}`;
  }
  model.exitAll();
  system.validate();
  const left = free - system.freeFrames();
  return left === 0 ? null : `after all have ended: ${left} frames are not free`;
}

class Model {
  readonly #system: PagedSystem;
  readonly #file: Content;
  readonly #random: Random;
  readonly #tables: Map<number, Table>;
  /** What the last call returned wrongly. */
  broken: string | null = null;

  constructor(system: PagedSystem, first: number, file: Content, random: Random) {
    this.#system = system;
    this.#tables = new Map([[first, new Map()]]);
    this.#file = file;
    this.#random = random;
  }

  /** Does one call on both. @returns what it was */
  step(): string {
    const procs = [...this.#tables.keys()];
    const proc = procs[this.#random(procs.length)] ?? 0;
    const table = this.#tables.get(proc) ?? new Map<number, Page>();
    const first = this.#random(PAGES - MOST);
    const pages = 1 + this.#random(MOST);
    const range = `${first}..${first + pages} of process ${proc}`;
    switch (this.#random(12)) {
      case 0:
      case 1:
        return `mmap ${range} ${this.#mmap(proc, table, first, pages)}`;
      case 2:
        this.#expect(this.#system.munmap(proc, addrOf(first), pages * PAGE_SIZE), 0);
        for (let i = first; i < first + pages; i++) table.delete(i);
        return `munmap ${range}`;
      case 3:
        return `mprotect ${range} ${this.#mprotect(proc, table, first, pages)}`;
      case 4:
        return `mremap ${range} ${this.#mremap(proc, table, first, pages)}`;
      case 5:
        return `discard ${range} ${this.#discard(proc, table, first, pages)}`;
      case 6:
        return `fork of process ${proc} ${this.#fork(proc, table)}`;
      case 7:
        return `exit of process ${proc} ${this.#exit(proc)}`;
      default:
        return `write to ${range}${this.#write(proc, table, first, pages)}`;
    }
  }

  /** Reads a few pages of each process. @returns null, or what is not as it must be */
  look(): string | null {
    for (const [proc, table] of this.#tables) {
      for (let i = 0; i < 4; i++) {
        const at = this.#random(PAGES);
        const page = table.get(at);
        const slot = this.#slot();
        const wanted = page === undefined || this.#beyond(page) ? null : bytesOf(page)[slot];
        const got = this.#system.read(proc, addrOf(at) + OFFSETS[slot]);
        if (got !== wanted && got !== -ENOMEM) return `page ${at} of process ${proc} holds ${got}, not ${wanted}`;
      }
    }
    return null;
  }

  exitAll(): void {
    for (const proc of this.#tables.keys()) this.#system.exit(proc);
    this.#tables.clear();
  }

  #expect(got: number | null, wanted: number | null): void {
    if (got !== wanted) this.broken = `returned ${got}, not ${wanted}`;
  }

  #slot(): Slot {
    return this.#random(2) === 0 ? 0 : 1;
  }

  #beyond({ kind, index }: Page): boolean {
    return kind.startsWith('file') && index >= FILE_PAGES;
  }

  #mmap(proc: number, table: Table, first: number, pages: number): string {
    const kind = (['anon', 'anon', 'shared', 'file-private', 'file-shared'] as const)[this.#random(5)] ?? 'anon';
    const offset = kind.startsWith('file') ? this.#random(FILE_PAGES) : 0;
    const result = this.#system.mmap(proc, addrOf(first), pages * PAGE_SIZE, kind, offset);
    this.#expect(Math.min(result, 0), 0);
    const content: Content = kind.startsWith('file') ? this.#file : new Map();
    for (let i = 0; i < pages; i++) {
      table.set(first + i, { kind, content, index: offset + i, own: null, writable: true });
    }
    return kind;
  }

  #mprotect(proc: number, table: Table, first: number, pages: number): string {
    const writable = this.#random(2) === 0;
    let wanted = 0;
    for (let i = first; i < first + pages && wanted === 0; i++) {
      const page = table.get(i);
      if (page === undefined) wanted = -ENOMEM;
      else page.writable = writable;
    }
    this.#expect(this.#system.mprotect(proc, addrOf(first), pages * PAGE_SIZE, writable), wanted);
    return writable ? 'rw' : 'r';
  }

  /** Of a range that is mapped throughout, to one apart from it; else nothing. */
  #mremap(proc: number, table: Table, first: number, pages: number): string {
    const to = this.#random(PAGES - MOST);
    const moved = Array.from({ length: pages }, (_, i) => table.get(first + i));
    if (moved.includes(undefined) || (to < first + pages && first < to + pages)) return 'left out';
    const result = this.#system.mremap(proc, addrOf(first), pages * PAGE_SIZE, addrOf(to));
    for (let i = 0; i < pages; i++) table.delete(to + i);
    if (result === -ENOMEM) return this.#movedInPart(proc, table, first, pages, to);
    this.#expect(result, addrOf(to));
    for (let i = 0; i < pages; i++) table.delete(first + i);
    moved.forEach((page, i) => {
      if (page !== undefined) table.set(to + i, page);
    });
    return `to ${to}`;
  }

  /** The mappings before the one that could not move have moved; each page is in one of the two places. */
  #movedInPart(proc: number, table: Table, first: number, pages: number, to: number): string {
    for (let i = 0; i < pages; i++) {
      const page = table.get(first + i);
      if (page === undefined || this.#system.read(proc, addrOf(first + i)) !== null || this.#beyond(page)) continue;
      table.delete(first + i);
      table.set(to + i, page);
    }
    return `to ${to}, in part`;
  }

  #discard(proc: number, table: Table, first: number, pages: number): string {
    let wanted = 0;
    for (let i = first; i < first + pages; i++) {
      const page = table.get(i);
      if (page === undefined) wanted = -ENOMEM;
      else if (isPrivate(page)) page.own = null;
    }
    this.#expect(this.#system.discard(proc, addrOf(first), pages * PAGE_SIZE), wanted);
    return '';
  }

  #fork(proc: number, table: Table): string {
    if (this.#tables.size >= MOST_PROCESSES) return 'left out';
    const child = this.#system.fork(proc);
    if (child === -ENOMEM) return 'without memory';
    if (child < 0 || this.#tables.has(child)) this.broken = `returned ${child}`;
    this.#tables.set(child, new Map([...table].map(([i, page]) => [i, { ...page }])));
    return `makes ${child}`;
  }

  #exit(proc: number): string {
    if (this.#tables.size === 1) return 'left out';
    this.#system.exit(proc);
    this.#tables.delete(proc);
    return '';
  }

  #write(proc: number, table: Table, first: number, pages: number): string {
    for (let i = first; i < first + pages; i++) {
      const value = 1 + this.#random(255);
      const page = table.get(i);
      const slot = this.#slot();
      const result = this.#system.write(proc, addrOf(i) + OFFSETS[slot], value);
      if (result === -ENOMEM) continue;
      if (page === undefined || !page.writable || this.#beyond(page)) {
        this.#expect(result, null);
        continue;
      }
      this.#expect(result, 0);
      const bytes = withByte(bytesOf(page), slot, value);
      if (isPrivate(page)) page.own = bytes;
      else page.content.set(page.index, bytes);
    }
    return '';
  }
}
