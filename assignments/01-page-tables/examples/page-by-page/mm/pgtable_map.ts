import type { TableFrames } from '../arch/frames.ts';
import type { PhysicalMemory } from '../arch/memory.ts';
import { EEXIST, EINVAL, ENOMEM } from '../include/errno.ts';
import { _PAGE_PSE, _PAGE_TABLE, type LeafLevel, PGPROT_MASK, type Pgprot } from '../include/pgtable_types.ts';
import type { Pfn, Pte, VirtAddr } from '../include/types.ts';
import {
  getEntry,
  mkPte,
  pgdIndex,
  pmdIndex,
  pteIndex,
  pteModify,
  ptePfn,
  ptePresent,
  pudIndex,
  setEntry,
} from './pgtable.ts';

const PAGE = 4096n;
const LEVELS: LeafLevel[] = ['pud', 'pmd', 'pte'];
const SIZES = { pud: 1n << 30n, pmd: 1n << 21n, pte: PAGE };

function indexes(va: VirtAddr): number[] {
  return [pgdIndex(va), pudIndex(va), pmdIndex(va), pteIndex(va)];
}

/** All by one function for one page, called for every page. Right, simple, and slow. */
export class PageTable {
  private readonly memory: PhysicalMemory;
  private readonly frames: TableFrames;
  public readonly root: Pfn;

  public constructor(memory: PhysicalMemory, frames: TableFrames, root: Pfn) {
    this.memory = memory;
    this.frames = frames;
    this.root = root;
  }

  private legal(va: VirtAddr, count: number): boolean {
    if (va % PAGE !== 0n || !Number.isInteger(count) || count < 1) return false;
    const end = va + BigInt(count) * PAGE;
    if (va < 2n ** 47n) return end <= 2n ** 47n;
    return va >= 2n ** 64n - 2n ** 47n && end <= 2n ** 64n;
  }

  private legalProt(prot: Pgprot): boolean {
    return (prot & ~PGPROT_MASK) === 0n && ptePresent(prot);
  }

  /** Tables and indexes on the way to va, as far as it goes. */
  private way(va: VirtAddr): { table: Pfn; index: number; entry: Pte }[] {
    const way = [];
    let table = this.root;
    for (const index of indexes(va)) {
      const entry = getEntry(this.memory, table, index);
      way.push({ table, index, entry });
      if (entry === 0n || (entry & _PAGE_PSE) !== 0n) break;
      table = ptePfn(entry);
    }
    return way;
  }

  public lookup(va: VirtAddr): { level: LeafLevel; entry: Pte } | null {
    if (!this.legal(va - (va % PAGE), 1)) return null;
    const way = this.way(va);
    const { entry } = way[way.length - 1];
    return entry === 0n ? null : { level: LEVELS[way.length - 2], entry };
  }

  public mapPage(va: VirtAddr, pfn: Pfn, prot: Pgprot): number {
    return this.mapRange(va, pfn, 1, prot);
  }

  public mapRange(va: VirtAddr, pfn: Pfn, count: number, prot: Pgprot): number {
    if (!this.legal(va, count) || !this.legalProt(prot)) return -EINVAL;
    if (!Number.isInteger(pfn) || pfn < 0 || pfn + count > 2 ** 34) return -EINVAL;
    for (let i = 0; i < count; i++) {
      const at = va + BigInt(i) * PAGE;
      const error = this.lookup(at) === null ? this.put(at, 3, mkPte(pfn + i, prot)) : -EEXIST;
      if (error !== 0) {
        for (let k = 0; k < i; k++) this.remove(va + BigInt(k) * PAGE);
        return error;
      }
    }
    return 0;
  }

  public mapHuge(va: VirtAddr, pfn: Pfn, level: 'pmd' | 'pud', prot: Pgprot): number {
    const frames = Number(SIZES[level] / PAGE);
    if (!this.legal(va, frames) || va % SIZES[level] !== 0n || !this.legalProt(prot)) return -EINVAL;
    if (!Number.isInteger(pfn) || pfn % frames !== 0 || pfn < 0 || pfn + frames > 2 ** 34) return -EINVAL;
    const depth = level === 'pmd' ? 2 : 1;
    const way = this.way(va);
    if (way.length > depth + 1 || way[way.length - 1].entry !== 0n) return -EEXIST;
    return this.put(va, depth, mkPte(pfn, prot) | _PAGE_PSE);
  }

  /** Writes a leaf in the table of that depth (0 = PGD), making tables. */
  private put(va: VirtAddr, depth: number, leaf: Pte): number {
    const made: { pfn: Pfn; above: Pfn; index: number }[] = [];
    let table = this.root;
    const index = indexes(va);
    for (let d = 0; d < depth; d++) {
      const entry = getEntry(this.memory, table, index[d]);
      if (entry !== 0n) {
        table = ptePfn(entry);
        continue;
      }
      const pfn = this.frames.allocTable();
      if (pfn === null) {
        for (const m of made.reverse()) {
          setEntry(this.memory, m.above, m.index, 0n);
          this.frames.freeTable(m.pfn);
        }
        return -ENOMEM;
      }
      made.push({ pfn, above: table, index: index[d] });
      setEntry(this.memory, table, index[d], mkPte(pfn, _PAGE_TABLE));
      table = pfn;
    }
    setEntry(this.memory, table, index[depth], leaf);
    return 0;
  }

  private remove(va: VirtAddr): void {
    const way = this.way(va);
    if (way[way.length - 1].entry === 0n) return;
    for (let d = way.length - 1; d >= 0; d--) {
      setEntry(this.memory, way[d].table, way[d].index, 0n);
      if (d === 0) return;
      for (let i = 0; i < 512; i++) if (getEntry(this.memory, way[d].table, i) !== 0n) return;
      this.frames.freeTable(way[d].table);
    }
  }

  /** First addresses of the leaves in a range; null if a huge page is cut. */
  private leaves(va: VirtAddr, count: number): VirtAddr[] | null {
    const end = va + BigInt(count) * PAGE;
    const found: VirtAddr[] = [];
    let at = va;
    while (at < end) {
      const way = this.way(at);
      const size = way.length === 1 ? 1n << 39n : SIZES[LEVELS[way.length - 2]];
      const start = at - (at % size);
      if (way[way.length - 1].entry !== 0n) {
        if (start < va || start + size > end) return null;
        found.push(start);
      }
      at = start + size;
    }
    return found;
  }

  public protectRange(va: VirtAddr, count: number, prot: Pgprot): number {
    if (!this.legal(va, count) || !this.legalProt(prot)) return -EINVAL;
    const leaves = this.leaves(va, count);
    if (leaves === null) return -EINVAL;
    for (const at of leaves) {
      const way = this.way(at);
      const { table, index, entry } = way[way.length - 1];
      setEntry(this.memory, table, index, pteModify(entry, prot));
    }
    return 0;
  }

  public unmapRange(va: VirtAddr, count: number): number {
    if (!this.legal(va, count)) return -EINVAL;
    const leaves = this.leaves(va, count);
    if (leaves === null) return -EINVAL;
    for (const at of leaves) this.remove(at);
    return 0;
  }
}
