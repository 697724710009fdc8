/**
 * The huge page of zeroes: read faults of untouched memory share it, where a huge page fits. Made when it is first
 * wanted; given back under pressure, when no address space has it any more. Linux: mm/huge_memory.c, get_huge_zero_folio().
 */
import type { PhysicalMemory } from '../arch/memory.ts';
import { __GFP_MOVABLE, __GFP_ZERO, GFP_TRANSHUGE } from '../include/gfp.ts';
import { PG_uptodate } from '../include/page_flags.ts';
import { HPAGE_PMD_NR, HPAGE_PMD_ORDER } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { HugetlbRooms } from './hugetlb.ts';
import type { MmPages } from './mm_pages.ts';
import type { Shrinker } from './shrinker.ts';

export interface HugeZeroRooms extends HugetlbRooms {
  readonly memory: PhysicalMemory;
}

export class HugeZero implements Shrinker {
  readonly name = 'thp-zero';
  readonly seeks = 2;
  readonly batch = 128;
  readonly numaAware = false;
  readonly #rooms: HugeZeroRooms;
  #head: Pfn | null = null;
  /** Address spaces that have it. */
  #users = 0;

  constructor(rooms: HugeZeroRooms) {
    this.#rooms = rooms;
  }

  /** For an address space; it keeps it until its end. @returns its first frame; null: no memory. Linux: mm_get_huge_zero_folio() */
  get(mm: MmPages): Pfn | null {
    this.#head ??= this.#make();
    if (this.#head !== null && !mm.hugeZero) {
      mm.hugeZero = true;
      this.#users++;
    }
    return this.#head;
  }

  /** An address space ends. */
  put(mm: MmPages): void {
    if (!mm.hugeZero) return;
    mm.hugeZero = false;
    if (--this.#users < 0) panic('huge_zero: given back once too often');
  }

  /** Linux: shrink_huge_zero_folio_count(). */
  countObjects(): number {
    return this.#head !== null && this.#users === 0 ? HPAGE_PMD_NR : 0;
  }

  scanObjects(): number {
    if (this.#head === null || this.#users > 0) return 0;
    const { memMap, pages } = this.#rooms;
    memMap.refcount[this.#head] = 0;
    pages.freePages(this.#head, HPAGE_PMD_ORDER);
    this.#head = null;
    return HPAGE_PMD_NR;
  }

  #make(): Pfn | null {
    const { memory, memMap, vmstat, pages } = this.#rooms;
    const head = pages.allocPages((GFP_TRANSHUGE | __GFP_ZERO) & ~__GFP_MOVABLE, HPAGE_PMD_ORDER);
    if (head === null) {
      vmstat.events.thp_zero_page_alloc_failed++;
      return null;
    }
    for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) memory.clearFrame(pfn);
    memMap.set(head, PG_uptodate);
    vmstat.events.thp_zero_page_alloc++;
    return head;
  }
}
