import type { TableFrames } from '../arch/frames.ts';
import type { PhysicalMemory } from '../arch/memory.ts';
import { EEXIST, EINVAL, ENOMEM } from '../include/errno.ts';
import { _PAGE_PSE, _PAGE_TABLE, PGPROT_MASK, type LeafLevel, type Pgprot } from '../include/pgtable_types.ts';
import type { Pfn, Pte, VirtAddr } from '../include/types.ts';
import { getEntry, mkPte, pteModify, ptePfn, ptePresent, setEntry } from './pgtable.ts';

// A table of depth d (3 = PGD ... 0 = PTE) has 512 slots of 512^d pages each. A range inside one table is [lo, hi) in
// pages, counted from the table's own first page, so that each level sees the same problem, only smaller.

const slotPages = (d: number): number => 512 ** d;
const LEAF: readonly LeafLevel[] = ['pte', 'pmd', 'pud'];

class NoFrame extends Error {}

const leaf = (d: number, e: Pte): boolean => d === 0 || (e & _PAGE_PSE) !== 0n;

function firstPage(va: VirtAddr): number {
  return Number(BigInt.asUintN(36, va >> 12n));
}

function badRange(va: VirtAddr, count: number): boolean {
  if (!Number.isInteger(count) || count <= 0 || BigInt.asUintN(12, va) !== 0n) return true;
  const last = va + (BigInt(count) << 12n) - 1n;
  const half = BigInt.asUintN(64, va) >> 47n;
  return last >> 47n !== half || (half !== 0n && half !== 131071n);
}

const badProt = (prot: Pgprot): boolean => (prot | PGPROT_MASK) !== PGPROT_MASK || !ptePresent(prot);
const badFrames = (pfn: number, count: number): boolean =>
  !Number.isInteger(pfn) || pfn < 0 || pfn + count > 2 ** 34;

export class PageTable {
  constructor(
    memory: PhysicalMemory,
    frames: TableFrames,
    root: Pfn,
  ) {
    this.memory = memory;
    this.frames = frames;
    this.root = root;
  }
  memory: PhysicalMemory;
  frames: TableFrames;
  root: Pfn;

  mapPage(va: VirtAddr, pfn: Pfn, prot: Pgprot): number {
    return this.mapRange(va, pfn, 1, prot);
  }

  mapRange(va: VirtAddr, pfn: Pfn, count: number, prot: Pgprot): number {
    if (badRange(va, count) || badProt(prot) || badFrames(pfn, count)) return -EINVAL;
    return this.fill(va, count, 0, (n) => mkPte(pfn + n, prot));
  }

  mapHuge(va: VirtAddr, pfn: Pfn, level: 'pmd' | 'pud', prot: Pgprot): number {
    const d = LEAF.indexOf(level);
    const size = slotPages(d);
    if (badRange(va, size) || badProt(prot) || badFrames(pfn, size)) return -EINVAL;
    if (pfn % size !== 0 || firstPage(va) % size !== 0) return -EINVAL;
    return this.fill(va, size, d, () => mkPte(pfn, prot) | _PAGE_PSE);
  }

  protectRange(va: VirtAddr, count: number, prot: Pgprot): number {
    if (badRange(va, count) || badProt(prot) || this.cuts(va, count)) return -EINVAL;
    this.change(this.root, 3, firstPage(va), firstPage(va) + count, (e) => pteModify(e, prot));
    return 0;
  }

  unmapRange(va: VirtAddr, count: number): number {
    if (badRange(va, count) || this.cuts(va, count)) return -EINVAL;
    this.change(this.root, 3, firstPage(va), firstPage(va) + count, () => 0n);
    return 0;
  }

  lookup(va: VirtAddr): { level: LeafLevel; entry: Pte } | null {
    if (badRange((va >> 12n) << 12n, 1)) return null;
    return this.look(this.root, 3, firstPage(va));
  }

  // ---- the recursions ----

  look(table: Pfn, d: number, page: number): { level: LeafLevel; entry: Pte } | null {
    const entry = getEntry(this.memory, table, Math.floor(page / slotPages(d)));
    if (entry === 0n) return null;
    if (leaf(d, entry)) return { level: LEAF[d], entry };
    return this.look(ptePfn(entry), d - 1, page % slotPages(d));
  }

  cuts(va: VirtAddr, count: number): boolean {
    const inside = (page: number): boolean => {
      const found = this.look(this.root, 3, page);
      return found !== null && page % slotPages(LEAF.indexOf(found.level)) !== 0;
    };
    const end = firstPage(va) + count;
    return inside(firstPage(va)) || (end < 2 ** 36 && inside(end));
  }

  busy(table: Pfn, d: number, lo: number, hi: number): boolean {
    const slot = slotPages(d);
    const i = Math.floor(lo / slot);
    if (lo >= hi) return false;
    const next = Math.min((i + 1) * slot, hi);
    const e = getEntry(this.memory, table, i);
    if (e !== 0n && (leaf(d, e) || this.busy(ptePfn(e), d - 1, lo - i * slot, next - i * slot))) return true;
    return d === 0 ? this.busyRow(table, next, hi) : this.busy(table, d, next, hi);
  }

  /** 512 deep at most. */
  busyRow(table: Pfn, i: number, hi: number): boolean {
    return i < hi && (getEntry(this.memory, table, i) !== 0n || this.busyRow(table, i + 1, hi));
  }

  fill(va: VirtAddr, count: number, at: number, make: (n: number) => Pte): number {
    const lo = firstPage(va);
    if (this.busy(this.root, 3, lo, lo + count)) return -EEXIST;
    try {
      this.plant(this.root, 3, lo, lo + count, at, 0, make);
      return 0;
    } catch (e) {
      if (!(e instanceof NoFrame)) throw e;
      this.change(this.root, 3, lo, lo + count, () => 0n);
      return -ENOMEM;
    }
  }

  plant(table: Pfn, d: number, lo: number, hi: number, at: number, done: number, make: (n: number) => Pte): void {
    if (lo >= hi) return;
    const slot = slotPages(d);
    const i = Math.floor(lo / slot);
    const next = Math.min((i + 1) * slot, hi);
    if (d === at) setEntry(this.memory, table, i, make(done));
    else this.plant(this.child(table, i), d - 1, lo - i * slot, next - i * slot, at, done, make);
    this.plant(table, d, next, hi, at, done + next - lo, make);
  }

  child(table: Pfn, i: number): Pfn {
    const e = getEntry(this.memory, table, i);
    if (e !== 0n) return ptePfn(e);
    const made = this.frames.allocTable();
    if (made === null) throw new NoFrame();
    setEntry(this.memory, table, i, mkPte(made, _PAGE_TABLE));
    return made;
  }

  /** Changes the leaves in [lo, hi); a table that is left empty is freed by the level above. */
  change(table: Pfn, d: number, lo: number, hi: number, to: (e: Pte) => Pte): void {
    if (lo >= hi) return;
    const slot = slotPages(d);
    const i = Math.floor(lo / slot);
    const next = Math.min((i + 1) * slot, hi);
    const e = getEntry(this.memory, table, i);
    if (e !== 0n && leaf(d, e)) setEntry(this.memory, table, i, to(e));
    else if (e !== 0n) {
      this.change(ptePfn(e), d - 1, lo - i * slot, next - i * slot, to);
      if (this.empty(ptePfn(e), 0)) {
        setEntry(this.memory, table, i, 0n);
        this.frames.freeTable(ptePfn(e));
      }
    }
    this.change(table, d, next, hi, to);
  }

  empty(table: Pfn, i: number): boolean {
    return i === 512 || (getEntry(this.memory, table, i) === 0n && this.empty(table, i + 1));
  }
}
