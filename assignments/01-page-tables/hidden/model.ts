/**
 * What an address space should be: a flat list of leaves. And what it is: the tables in memory, read by hand.
 * `wrongAt` holds one against the other and names the first page that differs.
 */
import { EEXIST, EINVAL } from '../../../starter/include/errno.ts';
import {
  _PAGE_ACCESSED,
  _PAGE_PRESENT,
  _PAGE_PROTNONE,
  _PAGE_PSE,
  _PAGE_TABLE,
  LEVELS,
  type LeafLevel,
  PGPROT_MASK,
  type Pgprot,
  PROT_BITS,
  PTE_PFN_MASK,
} from '../../../starter/include/pgtable_types.ts';
import type { Pfn, Pte, VirtAddr } from '../../../starter/include/types.ts';
import { entriesOf, type Machine } from '../public/machine.ts';

/** Pages in a leaf or under an entry. */
export const PAGES = { pgd: 2 ** 27, pud: 2 ** 18, pmd: 2 ** 9, pte: 1 } as const;
const HALF = 2 ** 35;
const ALL = 2 ** 52;

export interface ModelLeaf {
  readonly level: LeafLevel;
  readonly entry: Pte;
}

export function address(page: number): VirtAddr {
  return BigInt(page) * 4096n;
}

/** Leaves by the number of their first page. */
export class Model {
  readonly leaves = new Map<number, ModelLeaf>();

  map(page: number, pfn: Pfn, count: number, prot: Pgprot): number {
    if (!isRange(page, count) || !isProt(prot) || pfn + count > 2 ** 34) return -EINVAL;
    if (this.#touched(page, count).length > 0) return -EEXIST;
    for (let i = 0; i < count; i++) {
      this.leaves.set(page + i, { level: 'pte', entry: (BigInt(pfn + i) * 4096n) | prot });
    }
    return 0;
  }

  mapHuge(page: number, pfn: Pfn, level: 'pmd' | 'pud', prot: Pgprot): number {
    const count = PAGES[level];
    if (!isRange(page, count) || !isProt(prot) || page % count !== 0 || pfn % count !== 0) return -EINVAL;
    if (this.#touched(page, count).length > 0) return -EEXIST;
    this.leaves.set(page, { level, entry: (BigInt(pfn) * 4096n) | prot | _PAGE_PSE });
    return 0;
  }

  protect(page: number, count: number, prot: Pgprot): number {
    if (!isRange(page, count) || !isProt(prot) || this.#cutsHuge(page, count)) return -EINVAL;
    for (const [first, { level, entry }] of this.#touched(page, count)) {
      this.leaves.set(first, { level, entry: (entry & ~PROT_BITS) | (prot & PROT_BITS) });
    }
    return 0;
  }

  unmap(page: number, count: number): number {
    if (!isRange(page, count) || this.#cutsHuge(page, count)) return -EINVAL;
    for (const [first] of this.#touched(page, count)) this.leaves.delete(first);
    return 0;
  }

  /** Sets bits in the leaf of a page, as the MMU does. */
  mark(page: number, bits: Pte): void {
    const found = this.find(page);
    if (found !== undefined) this.leaves.set(found[0], { ...found[1], entry: found[1].entry | bits });
  }

  find(page: number): [number, ModelLeaf] | undefined {
    return this.#touched(page, 1)[0];
  }

  /** Tables below the root that the leaves need. */
  tables(): number {
    const needed = new Set<string>();
    for (const [first, { level }] of this.leaves) {
      for (const above of LEVELS.slice(0, LEVELS.indexOf(level))) {
        needed.add(`${above} ${Math.floor(first / PAGES[above])}`);
      }
    }
    return needed.size;
  }

  #touched(page: number, count: number): [number, ModelLeaf][] {
    return [...this.leaves].filter(([first, { level }]) => first < page + count && page < first + PAGES[level]);
  }

  #cutsHuge(page: number, count: number): boolean {
    return this.#touched(page, count).some(([first, { level }]) => first < page || first + PAGES[level] > page + count);
  }
}

function isRange(page: number, count: number): boolean {
  const end = page + count;
  return count >= 1 && Number.isInteger(page) && (end <= HALF || (page >= ALL - HALF && end <= ALL));
}

function isProt(prot: Pgprot): boolean {
  return (prot & ~PGPROT_MASK) === 0n && (prot & (_PAGE_PRESENT | _PAGE_PROTNONE)) !== 0n;
}

/** What is wrong with the tables in memory, and the page where it shows (null: nowhere in particular). */
export interface Flaw {
  readonly says: string;
  readonly page: number | null;
}

interface Found {
  readonly leaves: Map<number, ModelLeaf>;
  readonly tables: Set<Pfn>;
  readonly flaws: Flaw[];
}

/** All that the tables in memory hold; stops going down where they make no sense. */
function inspect(machine: Machine): Found {
  const { frames, root } = machine;
  const found: Found = { leaves: new Map(), tables: new Set(), flaws: [] };
  const visit = (table: Pfn, depth: number, page: number): void => {
    const level = LEVELS[depth];
    if (level === undefined) return;
    const entries = entriesOf(machine, table);
    for (const [i, entry] of entries) {
      let first = page + i * PAGES[level];
      if (level === 'pgd' && i >= 256) first += ALL - 2 * HALF;
      const flaw = (says: string) => found.flaws.push({ says, page: first });
      if (level === 'pte' || (level !== 'pgd' && (entry & _PAGE_PSE) !== 0n)) {
        found.leaves.set(first, { level, entry });
        continue;
      }
      const next = Number((entry & PTE_PFN_MASK) / 4096n);
      if ((entry & ~PTE_PFN_MASK & ~_PAGE_ACCESSED) !== _PAGE_TABLE) {
        flaw(`the ${level} entry ${hex(entry)} is neither a leaf nor a table's frame with the bits _PAGE_TABLE`);
      } else if (!frames.isLive(next)) flaw(`the ${level} entry ${hex(entry)} points to a frame that is no live table`);
      else if (found.tables.has(next))
        flaw(`the ${level} entry ${hex(entry)} points to a table that is in use elsewhere`);
      else {
        found.tables.add(next);
        visit(next, depth + 1, first);
      }
    }
    if (entries.size === 0 && table !== root) found.flaws.push({ says: 'a table without entries was not freed', page });
  };
  visit(root, 0, 0);
  return found;
}

/** The first thing in which memory differs from the model, or null. */
export function flawOf(machine: Machine, model: Model): Flaw | null {
  const { leaves, tables, flaws } = inspect(machine);
  if (machine.frames.wronglyFreed.length > 0) return { says: 'a frame was freed that was no table in use', page: null };
  for (const [first, { level, entry }] of model.leaves) {
    const actual = leaves.get(first);
    if (actual === undefined) return { says: `no leaf at ${hex(address(first))}`, page: first };
    if (actual.level !== level || actual.entry !== entry) {
      return { says: `the leaf at ${hex(address(first))} is ${actual.level} ${hex(actual.entry)}`, page: first };
    }
  }
  for (const [first, { entry }] of leaves) {
    if (!model.leaves.has(first)) {
      return { says: `a leaf ${hex(entry)} at ${hex(address(first))}, where nothing is mapped`, page: first };
    }
  }
  if (flaws[0] !== undefined) return flaws[0];
  if (machine.frames.live !== tables.size) {
    return { says: `${machine.frames.live} live tables, of which ${tables.size} hang below the root`, page: null };
  }
  return null;
}

export function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

/** What the model expects where an address meets a level. */
export function expectedAt(model: Model, page: number, level: (typeof LEVELS)[number]): ModelLeaf | 'table' | 'empty' {
  const leaf = model.find(page)?.[1];
  if (leaf?.level === level) return leaf;
  const block = Math.floor(page / PAGES[level]);
  const below = [...model.leaves].some(
    ([first, other]) => Math.floor(first / PAGES[level]) === block && PAGES[other.level] < PAGES[level],
  );
  return below ? 'table' : 'empty';
}
