/**
 * What an address space has in memory: its page tables, and the counts of its pages.
 * Linux: struct mm_struct (pgd, rss_stat, pgtables_bytes).
 */
import type { MmContext } from '../include/tlb.ts';
import type { Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { PageTables } from './page_tables.ts';
import { allocTable, freeTable, type TableRooms } from './pgalloc.ts';

/** Kinds of pages that a process has, as /proc/PID/status counts them. */
export interface RssCounts {
  anon: number;
  file: number;
  shmem: number;
  swapents: number;
}

export class MmPages extends PageTables {
  /** The CPUs' side. */
  readonly context: MmContext;
  /** In pages. RssAnon, RssFile, RssShmem, VmSwap. */
  readonly rss: RssCounts = { anon: 0, file: 0, shmem: 0, swapents: 0 };
  /** The most pages of the first three that there were, when last seen: VmHWM. Linux: hiwater_rss. */
  #hiwaterRss = 0;
  /** Faults of its processes that needed no I/O, and that did. */
  minFlt = 0;
  majFlt = 0;
  /** Pages of hugetlb, in 4 KiB: HugetlbPages. */
  hugetlbPages = 0;
  /** khugepaged looks at it. Linux: MMF_VM_HUGEPAGE. */
  khugepaged = false;
  /** It holds a reference to the huge page of zeroes. Linux: MMF_HUGE_ZERO_FOLIO. */
  hugeZero = false;

  private constructor(rooms: TableRooms, pgd: Pfn) {
    super(rooms, pgd);
    this.context = rooms.flush.initNewContext(pgd);
  }

  /** With an empty PGD; null: no memory. Linux: mm_alloc_pgd(). */
  static create(rooms: TableRooms): MmPages | null {
    const pgd = allocTable(rooms);
    return pgd === null ? null : new MmPages(rooms, pgd);
  }

  /** Pages in memory: VmRSS. Linux: get_mm_rss(). */
  get rssPages(): number {
    const { anon, file, shmem } = this.rss;
    return anon + file + shmem;
  }

  /** VmHWM, in pages. */
  get hiwaterRss(): number {
    return Math.max(this.#hiwaterRss, this.rssPages);
  }

  /** Pages are about to go. Linux: update_hiwater_rss(). */
  updateHiwaterRss(): void {
    this.#hiwaterRss = this.hiwaterRss;
  }

  /** The address space has no mappings any more. Linux: mmdrop(). */
  destroy(): void {
    if (this.pgtablesBytes !== 0) panic(`mm_pages: ${this.pgtablesBytes} bytes of tables are left`);
    const { anon, file, shmem, swapents } = this.rss;
    if (anon !== 0 || file !== 0 || shmem !== 0 || swapents !== 0) {
      panic(`mm_pages: left are ${anon} anonymous, ${file} file, ${shmem} shared pages, ${swapents} in swap`);
    }
    if (this.hugetlbPages !== 0) panic(`mm_pages: left are ${this.hugetlbPages} pages of hugetlb`);
    this.rooms.flush.destroyContext(this.context);
    freeTable(this.rooms, this.pgd);
  }
}
