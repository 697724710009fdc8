import type { TableFrames } from '../arch/frames.ts';
import type { PhysicalMemory } from '../arch/memory.ts';
import { PGPROT_MASK } from '../include/pgtable_types.ts';

type Entry = bigint;
type Prot = bigint;
type Found = { level: 'pte' | 'pmd' | 'pud'; entry: Entry } | null;

/** The page numbers of the two halves: [0, LOW) and [HIGH, TOP). */
const LOW = 2 ** 35;
const HIGH = 2 ** 52 - 2 ** 35;
const TOP = 2 ** 52;
const NAMES = ['pte', 'pmd', 'pud'] as const;
const PS = 128n;

const okRange = (page: number, n: number): boolean =>
  Number.isInteger(page) && Number.isInteger(n) && n > 0 && (page + n <= LOW || (page >= HIGH && page + n <= TOP));
const okProt = (p: Prot): boolean => (p & ~PGPROT_MASK) === 0n && (p & 257n) !== 0n;
const okPfn = (pfn: number, n: number): boolean => Number.isInteger(pfn) && pfn >= 0 && pfn + n <= 2 ** 34;
const pageOf = (va: bigint): number => (va % 4096n === 0n ? Number(va / 4096n) : Number.NaN);

/**
 * All the state of one address space. `counts` holds, for each table, how many of its entries are in use, and who points
 * to it, so that nothing is ever searched.
 */
function space(memory: PhysicalMemory, frames: TableFrames, root: number) {
  const counts = new Map<number, { used: number; parent: number; slot: number }>();
  counts.set(root, { used: 0, parent: -1, slot: 0 });
  const at = (table: number, slot: number): number => table * 4096 + slot * 8;
  const slotOf = (page: number, h: number): number => Math.floor(page / 512 ** h) % 512;
  const down = (e: Entry): number => Number((e >> 12n) & (2n ** 40n - 1n));

  function put(table: number, slot: number, e: Entry): void {
    memory.write64(at(table, slot), e);
    const c = counts.get(table);
    if (c !== undefined) c.used++;
  }

  /** Takes an entry out, and all tables that this leaves empty. */
  function drop(table: number, slot: number): void {
    memory.write64(at(table, slot), 0n);
    settle(table, 1);
  }

  function settle(table: number, gone: number): void {
    const c = counts.get(table);
    if (c === undefined) return;
    c.used -= gone;
    if (c.used > 0 || table === root) return;
    counts.delete(table);
    frames.freeTable(table);
    drop(c.parent, c.slot);
  }

  /** Height and place of the entry where the way to a page ends: h = 0 for a PTE. */
  function end(page: number): { h: number; table: number; slot: number; e: Entry } {
    let table = root;
    for (let h = 3; ; h--) {
      const slot = slotOf(page, h);
      const e = memory.read64(at(table, slot));
      if (h === 0 || e === 0n || (e & PS) === PS) return { h, table, slot, e };
      table = down(e);
    }
  }

  /** Calls `each` for every entry in use in [page, page + n); stops when it returns true. */
  function scan(page: number, n: number, each: (table: number, slot: number, e: Entry) => boolean | undefined): boolean {
    let p = page;
    while (p < page + n) {
      const { h, table, slot, e } = end(p);
      if (e !== 0n && each(table, slot, e) === true) return true;
      p += 512 ** h - (p % 512 ** h);
      if (h > 0) continue;
      for (let s = slot + 1; s < 512 && p < page + n; s++, p++) {
        if (!counts.has(table)) break;
        const next = memory.read64(at(table, s));
        if (next !== 0n && each(table, s, next) === true) return true;
      }
    }
    return false;
  }

  const busy = (page: number, n: number): boolean => scan(page, n, () => true);

  function split(page: number, n: number): boolean {
    return [page, page + n].some((p) => {
      const { h, e } = end(p % 2 ** 36);
      return e !== 0n && p % 512 ** h !== 0;
    });
  }

  function tableAt(page: number, height: number): number | null {
    let table = root;
    for (let h = 3; h > height; h--) {
      const slot = slotOf(page, h);
      const e = memory.read64(at(table, slot));
      if (e !== 0n) {
        table = down(e);
        continue;
      }
      const made = frames.allocTable();
      if (made === null) {
        if (table !== root && counts.get(table)?.used === 0) settle(table, 0);
        return null;
      }
      counts.set(made, { used: 0, parent: table, slot });
      put(table, slot, BigInt(made) * 4096n + 7n);
      table = made;
    }
    return table;
  }

  return {
    root,
    mapPage: (va: bigint, pfn: number, prot: Prot): number => mapRange(va, pfn, 1, prot),
    mapRange,
    mapHuge(va: bigint, pfn: number, level: 'pmd' | 'pud', prot: Prot): number {
      const h = NAMES.indexOf(level);
      const n = 512 ** h;
      const page = pageOf(va);
      if (!okRange(page, n) || !okProt(prot) || !okPfn(pfn, n) || page % n !== 0 || pfn % n !== 0) return -22;
      if (busy(page, n)) return -17;
      const table = tableAt(page, h);
      if (table === null) return -12;
      put(table, slotOf(page, h), BigInt(pfn) * 4096n + prot + PS);
      return 0;
    },
    protectRange(va: bigint, n: number, prot: Prot): number {
      const page = pageOf(va);
      if (!okRange(page, n) || !okProt(prot) || split(page, n)) return -22;
      const mask = (1n << 63n) + 0x107n;
      scan(page, n, (table, slot, e) => {
        memory.write64(at(table, slot), (e & ~mask) + (prot & mask));
        return false;
      });
      return 0;
    },
    unmapRange,
    lookup(va: bigint): Found {
      const page = Number(va >> 12n);
      if (!okRange(page, 1)) return null;
      const { h, e } = end(page);
      const level = NAMES[h];
      return e === 0n || level === undefined ? null : { level, entry: e };
    },
  };

  function mapRange(va: bigint, pfn: number, n: number, prot: Prot): number {
    const page = pageOf(va);
    if (!okRange(page, n) || !okProt(prot) || !okPfn(pfn, n)) return -22;
    if (busy(page, n)) return -17;
    let table: number | null = null;
    for (let i = 0; i < n; i++) {
      if (i === 0 || (page + i) % 512 === 0) table = tableAt(page + i, 0);
      if (table === null) {
        if (i > 0) unmapRange(va, i);
        return -12;
      }
      put(table, (page + i) % 512, BigInt(pfn + i) * 4096n + prot);
    }
    return 0;
  }

  function unmapRange(va: bigint, n: number): number {
    const page = pageOf(va);
    if (!okRange(page, n) || split(page, n)) return -22;
    scan(page, n, (table, slot) => {
      drop(table, slot);
      return false;
    });
    return 0;
  }
}

type Space = ReturnType<typeof space>;

export const PageTable = function PageTable(memory: PhysicalMemory, frames: TableFrames, root: number): Space {
  return space(memory, frames, root);
} as unknown as new (memory: PhysicalMemory, frames: TableFrames, root: number) => Space;
