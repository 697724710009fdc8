/**
 * What every address space must obey, whatever is done to it: told page by page, it is a plain table from pages to
 * rights. Random calls are done on both, and after each the two must show the same.
 */

import { ENOMEM } from '../include/errno.ts';
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../include/mman.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { UserAddr } from '../include/types.ts';

/** A mapping as /proc/PID/maps shows it. */
export interface ShownVma {
  readonly start: UserAddr;
  readonly end: UserAddr;
  /** PROT_ bits. */
  readonly prot: number;
}

/** An implementation, as these laws use it. Calls return what Linux returns, errors negative. */
export interface AddressSpace {
  mmap(addr: UserAddr, len: number, prot: number, flags: number): number;
  munmap(addr: UserAddr, len: number): number;
  mprotect(addr: UserAddr, len: number, prot: number): number;
  mremap(addr: UserAddr, oldLen: number, newLen: number, flags: number, newAddr: UserAddr): number;
  /** In order of address. */
  vmas(): readonly ShownVma[];
  /** Pages that are promised: Committed_AS. */
  committed(): number;
  /** Panics if the structure is damaged. */
  validate(): void;
}

/** Where the calls play: this many pages from here. */
const ARENA: UserAddr = 2 ** 33;
const PAGES = 64;
/** The largest range of one call, in pages. */
const MOST = 12;

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

/** Rights by page number inside the arena. */
type PageTable = Map<number, number>;

interface Call {
  readonly says: string;
  /** Done on the implementation. */
  readonly real: () => number;
  /** Done on the table. @returns 0 or a negative errno */
  readonly model: () => number;
}

/**
 * Plays random calls on untouched private memory, then unmaps all.
 * @returns null if the laws hold; else the first call after which they do not, and which one
 */
export function breaksAddressSpaceLaw(space: AddressSpace, random: Random, calls: number): string | null {
  const table: PageTable = new Map();
  for (let i = 0; i < calls; i++) {
    const call = anyCall(space, table, random);
    const result = call.real();
    const wanted = call.model();
    space.validate();
    const broken = Math.min(result, 0) === wanted ? brokenLaw(space, table) : `returned ${result}, not ${wanted}`;
    if (broken !== null) return `call ${i}, ${call.says}: ${broken}`;
  }
  space.munmap(ARENA, PAGES * PAGE_SIZE);
  if (space.vmas().length > 0) return 'after munmap of all: something is still mapped';
  return space.committed() === 0 ? null : `after munmap of all: ${space.committed()} pages are still promised`;
}

function brokenLaw(space: AddressSpace, table: PageTable): string | null {
  const shown: PageTable = new Map();
  let end = 0;
  let prot = -1;
  for (const vma of space.vmas()) {
    if (vma.start < end) return `mappings overlap at ${vma.start}`;
    if (vma.start === end && vma.prot === prot) return `mappings that are alike were not merged at ${vma.start}`;
    ({ end, prot } = vma);
    for (let addr = vma.start; addr < vma.end; addr += PAGE_SIZE) shown.set((addr - ARENA) / PAGE_SIZE, vma.prot);
  }
  for (let page = 0; page < PAGES; page++) {
    if (shown.get(page) !== table.get(page))
      return `page ${page} has rights ${shown.get(page)}, not ${table.get(page)}`;
  }
  const writable = [...table.values()].filter((rights) => rights & PROT_WRITE).length;
  return space.committed() === writable ? null : `${space.committed()} pages are promised, not ${writable}`;
}

function anyCall(space: AddressSpace, table: PageTable, random: Random): Call {
  const first = random(PAGES - MOST);
  const pages = 1 + random(MOST);
  const prot = [0, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC][random(4)] ?? 0;
  const [addr, len] = [ARENA + first * PAGE_SIZE, pages * PAGE_SIZE];
  const range = `${first}..${first + pages}`;
  switch (random(4)) {
    case 0: {
      const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
      const real = (): number => space.mmap(addr, len, prot, flags);
      return { says: `mmap ${range} ${prot}`, real, model: () => setAll(table, first, pages, prot) };
    }
    case 1: {
      const real = (): number => space.munmap(addr, len);
      return { says: `munmap ${range}`, real, model: () => clearAll(table, first, pages) };
    }
    case 2: {
      const real = (): number => space.mprotect(addr, len, prot);
      return { says: `mprotect ${range} ${prot}`, real, model: () => setMapped(table, first, pages, prot) };
    }
    default:
      return anyMove(space, table, first, pages, random);
  }
}

/** Moves a range that is mapped throughout, to one that does not overlap it; else does nothing. */
function anyMove(space: AddressSpace, table: PageTable, first: number, pages: number, random: Random): Call {
  const to = random(PAGES - MOST);
  const rights = Array.from({ length: pages }, (_, i) => table.get(first + i));
  const apart = to + pages <= first || first + pages <= to;
  if (!apart || rights.includes(undefined)) return { says: 'nothing', real: () => 0, model: () => 0 };
  const len = pages * PAGE_SIZE;
  const [addr, newAddr] = [ARENA + first * PAGE_SIZE, ARENA + to * PAGE_SIZE];
  return {
    says: `mremap ${first}..${first + pages} to ${to}`,
    real: () => space.mremap(addr, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, newAddr),
    model: () => {
      clearAll(table, first, pages);
      for (const [i, right] of rights.entries()) if (right !== undefined) table.set(to + i, right);
      return 0;
    },
  };
}

function setAll(table: PageTable, first: number, pages: number, prot: number): number {
  for (let page = first; page < first + pages; page++) table.set(page, prot);
  return 0;
}

function clearAll(table: PageTable, first: number, pages: number): number {
  for (let page = first; page < first + pages; page++) table.delete(page);
  return 0;
}

/** Up to the first hole. */
function setMapped(table: PageTable, first: number, pages: number, prot: number): number {
  for (let page = first; page < first + pages; page++) {
    if (!table.has(page)) return -ENOMEM;
    table.set(page, prot);
  }
  return 0;
}
