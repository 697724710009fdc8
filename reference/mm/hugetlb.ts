/**
 * The pool of huge pages that are kept for those who ask for them by name. Linux: mm/hugetlb.c, struct hstate.
 *
 *     nr = persistent + surplus          what was asked for, and what exists beyond it for the time being
 *     nr = free + in use                 of the free ones, `resv` are promised to mappings that have not used them yet
 *
 *     0 <= resv <= free <= nr            surplus <= nrOvercommit, as far as pages were made for a mapping
 *
 * SIMPLIFIED: one size, 2 MiB; no cgroups, no limits of a mount (min_size, size).
 */
import { ENOMEM } from '../include/errno.ts';
import { __GFP_COMP, __GFP_NOWARN, __GFP_RETRY_MAYFAIL, __GFP_THISNODE, GFP_HIGHUSER_MOVABLE } from '../include/gfp.ts';
import type { HugetlbReport, HugetlbSource } from '../include/hugetlb_report.ts';
import { PG_anon, PG_anon_exclusive, PG_dirty, PG_hugetlb, PG_uptodate } from '../include/page_flags.ts';
import { HPAGE_PMD_NR, HPAGE_PMD_ORDER } from '../include/param.ts';
import type { Order, Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { MemMap } from './mem_map.ts';
import type { PolicyNodes } from './mempolicy.ts';
import type { VmStat } from './vm_stat.ts';
import { nodeIsset } from './zonelist.ts';

/** Where huge pages come from and go to. */
export interface HugetlbRooms {
  readonly memMap: MemMap;
  readonly vmstat: VmStat;
  readonly pages: {
    allocPages(gfp: number, order: Order, from?: { readonly nid?: number }): Pfn | null;
    freePages(pfn: Pfn, order: Order): void;
    nidOf(pfn: Pfn): number;
  };
}

/** The pages of one node. */
interface HugeNode {
  nr: number;
  surplus: number;
  /** The last one is used first. */
  readonly free: Pfn[];
}

/** Linux: htlb_alloc_mask(), alloc_buddy_hugetlb_folio(). */
const GFP_HUGETLB = GFP_HIGHUSER_MOVABLE | __GFP_COMP | __GFP_NOWARN | __GFP_RETRY_MAYFAIL;
/** What a page is no longer when it comes back to the pool. */
const PG_OF_USE = PG_anon | PG_anon_exclusive | PG_dirty | PG_uptodate;

export class Hstate implements HugetlbSource {
  readonly #rooms: HugetlbRooms;
  readonly #nodes: readonly HugeNode[];
  /**
   * Whether `resv` goes below zero when a promise is taken back whose page is still in use by a child: what Linux has
   * done since 6.8, so that HugePages_Rsvd is 2^64 - 1 for a while.
   */
  reserveUnderflows = false;
  /** Promised to mappings. Linux: resv_huge_pages. */
  #resv = 0;
  /** /proc/sys/vm/nr_overcommit_hugepages: most surplus pages that are made for mappings. */
  nrOvercommit = 0;
  /** In use, and when they are freed, there is one promise more. Linux: HPageRestoreReserve. */
  readonly #restoreReserve = new Set<Pfn>();
  /** Where the next page is made, and where the next is given back: in turn. */
  #nextToAlloc = 0;
  #nextToFree = 0;

  constructor(rooms: HugetlbRooms) {
    this.#rooms = rooms;
    this.#nodes = rooms.vmstat.nodes.map(() => ({ nr: 0, surplus: 0, free: [] }));
  }

  get nr(): number {
    return this.#nodes.reduce((sum, { nr }) => sum + nr, 0);
  }

  get free(): number {
    return this.#nodes.reduce((sum, { free }) => sum + free.length, 0);
  }

  get surplus(): number {
    return this.#nodes.reduce((sum, { surplus }) => sum + surplus, 0);
  }

  get resv(): number {
    return this.#resv;
  }

  /** Promises that come back with pages that are in use still. */
  get owed(): number {
    return this.#restoreReserve.size;
  }

  get persistent(): number {
    return this.nr - this.surplus;
  }

  report(nid: number | null): HugetlbReport {
    if (nid === null) return { total: this.nr, free: this.free, rsvd: this.#resv, surp: this.surplus };
    const { nr, free, surplus } = this.#nodes[nid];
    return { total: nr, free: free.length, rsvd: 0, surp: surplus };
  }

  /**
   * Promises pages to a mapping, or takes a promise back. Makes surplus pages if the pool is too small.
   * @param delta  negative: taken back
   * @returns 0 or -ENOMEM: nothing has changed. Linux: hugetlb_acct_memory()
   */
  acctMemory(delta: number): number {
    if (delta <= 0) {
      this.#returnUnusedSurplus(-delta);
      return 0;
    }
    const made: Pfn[] = [];
    for (let needed = this.#resv + delta - this.free; made.length < needed; ) {
      const pfn = this.#allocSurplus();
      if (pfn === null) {
        for (const each of made) this.#removeSurplus(each);
        return -ENOMEM;
      }
      made.push(pfn);
    }
    this.#resv += delta;
    for (const pfn of made) this.#enqueue(pfn);
    return 0;
  }

  /**
   * A page for a mapping, refcount 1; what it holds is junk.
   * @param reserved  it was promised: else one must be free beyond all promises, or be made as surplus
   * @param wanted  where
   * @returns null: there is none. Linux: alloc_hugetlb_folio(), its middle part
   */
  alloc(reserved: boolean, wanted: PolicyNodes): Pfn | null {
    const pooled = reserved || this.free > this.#resv ? this.#dequeue(wanted) : null;
    const pfn = pooled ?? this.#allocSurplus(wanted.nid);
    if (pfn === null) return null;
    if (reserved) {
      this.#takePromises(1);
      this.#restoreReserve.add(pfn);
    }
    this.#rooms.memMap.refcount[pfn] = 1;
    this.#rooms.vmstat.nodes[this.#rooms.pages.nidOf(pfn)].nr_hugetlb += HPAGE_PMD_NR;
    return pfn;
  }

  /** Its reservation is used up, or comes back when it is freed. Linux: folio_set_hugetlb_restore_reserve() */
  setRestoreReserve(pfn: Pfn, restore: boolean): void {
    if (restore) this.#restoreReserve.add(pfn);
    else this.#restoreReserve.delete(pfn);
  }

  /** Nobody holds it any more: it goes back to the pool, or, where there is surplus, to the page allocator. */
  freeHugeFolio(pfn: Pfn): void {
    const { memMap, pages, vmstat } = this.#rooms;
    if (memMap.mapcount[pfn] !== 0) panic(`hugetlb: pfn ${pfn} is freed, but mapped`);
    const nid = pages.nidOf(pfn);
    vmstat.nodes[nid].nr_hugetlb -= HPAGE_PMD_NR;
    memMap.clear(pfn, PG_OF_USE);
    memMap.mapping[pfn] = 0;
    memMap.index[pfn] = 0;
    if (this.#restoreReserve.delete(pfn)) this.#resv++;
    if (this.#nodes[nid].surplus > 0) this.#removeSurplus(pfn);
    else this.#enqueue(pfn);
  }

  /**
   * /proc/sys/vm/nr_hugepages, and the same of one node. Grows as far as there is memory; shrinks as far as pages are free
   * and not promised: what is in use becomes surplus, and goes when it is freed.
   * @param nid  null: all nodes in turn. Linux: set_max_huge_pages()
   */
  setMaxHugePages(wanted: number, nid: number | null): void {
    const nodes = nid === null ? this.#nodes.map((_, each) => each) : [nid];
    const others = nid === null ? 0 : this.persistent - (this.#nodes[nid].nr - this.#nodes[nid].surplus);
    const count = wanted + others;
    while (this.surplus > 0 && count > this.persistent && this.#adjustSurplus(nodes, -1));
    while (count > this.persistent && this.#grow(nodes));
    const least = Math.max(count, this.#resv + this.nr - this.free);
    while (least < this.persistent && this.#shrink(nodes, false));
    while (count < this.persistent && this.#adjustSurplus(nodes, 1));
  }

  /** Panics unless the numbers fit together, and free pages are free. */
  validate(): void {
    const { memMap } = this.#rooms;
    const { nr, free, surplus, resv } = this;
    if ((resv < 0 && !this.reserveUnderflows) || resv > free || free > nr || surplus > nr) {
      panic(`hugetlb: ${nr} pages, ${free} free, ${resv} promised, ${surplus} surplus`);
    }
    for (const node of this.#nodes) {
      for (const pfn of node.free) {
        if (memMap.refcount[pfn] !== 0 || memMap.mapcount[pfn] !== 0) panic(`hugetlb: free page ${pfn} is held`);
        if (!memMap.test(pfn, PG_hugetlb)) panic(`hugetlb: pfn ${pfn} in the pool is no huge page`);
      }
    }
  }

  #returnUnusedSurplus(unused: number): void {
    this.#takePromises(unused);
    const nodes = this.#nodes.map((_, nid) => nid);
    for (let left = Math.min(unused, this.surplus); left > 0 && this.#shrink(nodes, true); left--);
  }

  /**
   * Promises are used, or not needed any more. Those whose page is still in use elsewhere are not among `resv` yet: they
   * go last, and with them what the page would bring back.
   */
  #takePromises(count: number): void {
    let owed = this.reserveUnderflows ? 0 : count - Math.min(count, this.#resv);
    this.#resv -= count - owed;
    for (const pfn of this.#restoreReserve) {
      if (owed === 0) return;
      this.#restoreReserve.delete(pfn);
      owed--;
    }
    if (owed > 0) panic(`hugetlb: ${owed} promises taken back that were never made`);
  }

  #enqueue(pfn: Pfn): void {
    this.#rooms.memMap.refcount[pfn] = 0;
    this.#nodes[this.#rooms.pages.nidOf(pfn)].free.push(pfn);
  }

  /** Linux: dequeue_hugetlb_folio_nodemask(). */
  #dequeue({ nid, nodemask }: PolicyNodes): Pfn | null {
    const others = this.#nodes.map((_, each) => each).filter((each) => each !== nid);
    const found = [nid, ...others].find((each) => nodeIsset(each, nodemask) && this.#nodes[each].free.length > 0);
    return found === undefined ? null : (this.#nodes[found].free.pop() ?? null);
  }

  /** A page from the page allocator, in no list yet, refcount 1. */
  #make(gfp: number, nid?: number): Pfn | null {
    const { pages, memMap, vmstat } = this.#rooms;
    const pfn = pages.allocPages(gfp, HPAGE_PMD_ORDER, nid === undefined ? undefined : { nid });
    if (pfn === null) {
      vmstat.events.htlb_buddy_alloc_fail++;
      return null;
    }
    vmstat.events.htlb_buddy_alloc_success++;
    memMap.set(pfn, PG_hugetlb);
    this.#nodes[pages.nidOf(pfn)].nr++;
    return pfn;
  }

  /** Linux: alloc_surplus_hugetlb_folio(). */
  #allocSurplus(nid?: number): Pfn | null {
    if (this.surplus >= this.nrOvercommit) return null;
    const pfn = this.#make(GFP_HUGETLB, nid);
    if (pfn !== null) this.#nodes[this.#rooms.pages.nidOf(pfn)].surplus++;
    return pfn;
  }

  #removeSurplus(pfn: Pfn): void {
    this.#nodes[this.#rooms.pages.nidOf(pfn)].surplus--;
    this.#giveBack(pfn);
  }

  /** Linux: remove_hugetlb_folio(), update_and_free_hugetlb_folio(). */
  #giveBack(pfn: Pfn): void {
    const { pages, memMap } = this.#rooms;
    this.#nodes[pages.nidOf(pfn)].nr--;
    memMap.clear(pfn, PG_hugetlb);
    memMap.refcount[pfn] = 0;
    pages.freePages(pfn, HPAGE_PMD_ORDER);
  }

  /** Linux: alloc_pool_huge_folio(): each node in turn. */
  #grow(nodes: readonly number[]): boolean {
    for (let tried = 0; tried < nodes.length; tried++) {
      const pfn = this.#make(GFP_HUGETLB | __GFP_THISNODE, nodes[this.#nextToAlloc++ % nodes.length]);
      if (pfn === null) continue;
      this.#enqueue(pfn);
      return true;
    }
    return false;
  }

  /** Linux: remove_pool_hugetlb_folio(). @param surplus  only where there is surplus, which becomes less */
  #shrink(nodes: readonly number[], surplus: boolean): boolean {
    for (let tried = 0; tried < nodes.length; tried++) {
      const node = this.#nodes[nodes[this.#nextToFree++ % nodes.length]];
      if (surplus && node.surplus === 0) continue;
      const pfn = node.free.pop();
      if (pfn === undefined) continue;
      if (surplus) node.surplus--;
      this.#giveBack(pfn);
      return true;
    }
    return false;
  }

  /** Linux: adjust_pool_surplus(). */
  #adjustSurplus(nodes: readonly number[], delta: 1 | -1): boolean {
    for (let tried = 0; tried < nodes.length; tried++) {
      const turn = delta < 0 ? this.#nextToAlloc++ : this.#nextToFree++;
      const node = this.#nodes[nodes[turn % nodes.length]];
      if (delta < 0 ? node.surplus === 0 : node.surplus >= node.nr) continue;
      node.surplus += delta;
      return true;
    }
    return false;
  }
}
