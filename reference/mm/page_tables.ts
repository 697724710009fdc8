/**
 * The page tables of an address space. Linux: mm/pgalloc-track.h, mm/memory.c (free_pgtables()).
 *
 *     PGD --> PUD --> PMD --> PTE tables --> pages          each table one frame, from the page allocator
 *                       `---> a huge page                   and a PTE table is put aside, for the day it is split
 *
 * With PAE the PGD has four entries, each of 1 GiB: it is the PUD table at the same time. Linux calls that folded.
 * The tables are those that the CPU walks. The last PTE table used is remembered, for faults come in swarms.
 */
import { PAGE_SIZE, PMD_SIZE } from '../include/param.ts';
import type { Pfn, UserAddr } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import {
  allocTable,
  floorTo,
  freeTable,
  indexAt,
  isOnlyOurs,
  PGDIR_SIZE,
  PUD_SIZE,
  type TableRooms,
} from './pgalloc.ts';
import { PTE_PRESENT, PTE_PSE, PTE_TABLE, pfnHigh, pfnLow, pmdIndex, pmdIsHuge, ptePfn } from './pte.ts';

/** With PAE there are no addresses from here on. */
const PAE_END = 2 ** 32;

export class PageTables {
  readonly rooms: TableRooms;
  readonly pgd: Pfn;
  /** Bytes of tables, without the PGD. Linux: pgtables_bytes, VmPTE. */
  pgtablesBytes = 0;
  /** Tables put aside for huge pages: any will do for any. Linux: pmd_huge_pte. */
  readonly #deposited: Pfn[] = [];
  /** The PTE table used last: which 2 MiB it maps, and its words. -1: none. */
  #lastBlock = -1;
  #lastWords: Uint32Array;

  /** @param pgd  empty */
  constructor(rooms: TableRooms, pgd: Pfn) {
    this.rooms = rooms;
    this.pgd = pgd;
    this.#lastWords = rooms.memory.frameWords(pgd);
  }

  /** The words of the PTE table that maps an address, or null. Linux: pte_offset_map(). */
  pteTable(addr: UserAddr): Uint32Array | null {
    const block = Math.floor(addr / PMD_SIZE);
    if (block === this.#lastBlock) return this.#lastWords;
    const words = this.#lookup(addr);
    if (words !== null) this.#remember(block, words);
    return words;
  }

  /** The same, made when there is none. @returns null: no memory; tables above may have been made. Linux: pte_alloc() */
  pteAlloc(addr: UserAddr): Uint32Array | null {
    const block = Math.floor(addr / PMD_SIZE);
    if (block === this.#lastBlock) return this.#lastWords;
    const pmd = this.pmdAlloc(addr);
    if (pmd === null) return null;
    const words = this.#below(pmd, indexAt(addr, PMD_SIZE), true);
    if (words !== null) this.#remember(block, words);
    return words;
  }

  /** The words of the PMD table that maps an address, made when there is none. null: no memory. Linux: pmd_alloc() */
  pmdAlloc(addr: UserAddr): Uint32Array | null {
    const pud = this.#pud(addr, true);
    return pud === null ? null : this.#below(pud, indexAt(addr, PUD_SIZE), true);
  }

  /** The words of the PMD table that maps an address, or null; its entry is at pmdIndex(addr). Linux: mm_find_pmd() */
  pmdTable(addr: UserAddr): Uint32Array | null {
    const pud = this.#pud(addr, false);
    return pud === null ? null : this.#below(pud, indexAt(addr, PUD_SIZE), false);
  }

  /** The words of the PMD table whose entry for an address is a huge page; else null. Linux: pmd_trans_huge() */
  hugePmd(addr: UserAddr): Uint32Array | null {
    const pmd = this.pmdTable(addr);
    return pmd !== null && pmdIsHuge(pmd[pmdIndex(addr)]) ? pmd : null;
  }

  /** How many tables are put aside. */
  get nrDeposited(): number {
    return this.#deposited.length;
  }

  /** Puts a table aside. @returns whether there was memory. Linux: pgtable_trans_huge_deposit() */
  deposit(): boolean {
    const pfn = allocTable(this.rooms);
    if (pfn === null) return false;
    this.#deposited.push(pfn);
    this.pgtablesBytes += PAGE_SIZE;
    return true;
  }

  /** Frees one that was put aside. Linux: zap_deposited_table(). */
  freeDeposit(): void {
    this.pgtablesBytes -= PAGE_SIZE;
    freeTable(this.rooms, this.#withdraw());
  }

  /** Puts one that was put aside, with nothing in it, where a huge page was. Linux: pmd_populate(). @returns its words */
  populate(addr: UserAddr): Uint32Array {
    const pmd = this.pmdTable(addr) ?? panic(`page_tables: no PMD table at ${addr}`);
    const i = pmdIndex(addr);
    const pfn = this.#withdraw();
    pmd[i] = pfnLow(pfn) | PTE_TABLE;
    pmd[i + 1] = pfnHigh(pfn);
    this.rooms.memory.clearFrame(pfn);
    return this.rooms.memory.frameWords(pfn);
  }

  /** The opposite: a PTE table is taken out of its place, and put aside. */
  depositPteTable(addr: UserAddr): void {
    const pmd = this.pmdTable(addr) ?? panic(`page_tables: no PMD table at ${addr}`);
    const i = pmdIndex(addr);
    if (!(pmd[i] & PTE_PRESENT) || pmd[i] & PTE_PSE) panic(`page_tables: no PTE table at ${addr}`);
    this.#deposited.push(ptePfn(pmd[i], pmd[i + 1]));
    pmd[i] = 0;
    pmd[i + 1] = 0;
    this.#lastBlock = -1;
  }

  #withdraw(): Pfn {
    return this.#deposited.pop() ?? panic('page_tables: no table was put aside');
  }

  /** The words of the PUD table that maps an address, made when there is none. null: no memory. Linux: pud_alloc() */
  pudAlloc(addr: UserAddr): Uint32Array | null {
    return this.#pud(addr, true);
  }

  /** How many tables lead to the pages at an address already: 0 .. 3. */
  tablesAt(addr: UserAddr): number {
    const pud = this.#pud(addr, false);
    if (pud === null) return 0;
    const pmd = this.#below(pud, indexAt(addr, PUD_SIZE), false);
    if (pmd === null) return 1;
    return this.#below(pmd, indexAt(addr, PMD_SIZE), false) === null ? 2 : 3;
  }

  /** The first address in addr..end that has a PTE table, or a huge page; -1: none. Cost: tables that are not there are stepped over. */
  nextTable(addr: UserAddr, end: UserAddr): UserAddr {
    const stop = this.#isPae ? Math.min(end, PAE_END) : end;
    for (let at = addr; at < stop; ) {
      const pud = this.#pud(at, false);
      if (pud === null) {
        at = floorTo(at, PGDIR_SIZE) + PGDIR_SIZE;
        continue;
      }
      const pmd = this.#below(pud, indexAt(at, PUD_SIZE), false);
      if (pmd === null) {
        at = floorTo(at, PUD_SIZE) + PUD_SIZE;
        continue;
      }
      if (pmd[indexAt(at, PMD_SIZE)] !== 0) return at;
      at = floorTo(at, PMD_SIZE) + PMD_SIZE;
    }
    return -1;
  }

  /** Where the 2 MiB of a PTE table end, at most `end`. Linux: pmd_addr_end(). */
  tableEnd(addr: UserAddr, end: UserAddr): UserAddr {
    return Math.min(floorTo(addr, PMD_SIZE) + PMD_SIZE, end);
  }

  /** Moves a whole PTE table, or a huge page, from one 2 MiB to another, which has none. @returns whether there was memory */
  movePteTable(from: UserAddr, to: UserAddr): boolean {
    const target = this.pmdAlloc(to);
    const source = this.pmdAlloc(from);
    if (target === null || source === null) return false;
    const [at, into] = [indexAt(from, PMD_SIZE), indexAt(to, PMD_SIZE)];
    if (target[into] !== 0) return false;
    target[into] = source[at];
    target[into + 1] = source[at + 1];
    source[at] = 0;
    source[at + 1] = 0;
    this.#lastBlock = -1;
    return true;
  }

  /** Frees an empty PTE table. Linux: try_to_free_pte(). */
  freePteTable(addr: UserAddr): void {
    const pmd = this.pmdAlloc(addr);
    if (pmd !== null) this.#freeEntry(pmd, indexAt(addr, PMD_SIZE));
  }

  /**
   * Frees the tables of a range that is empty now, as far as nothing else needs them.
   * @param floor, ceiling  end of the mapping below, start of the one above; 0 and Infinity: none
   * Linux: free_pgd_range().
   */
  freeRange(start: UserAddr, stop: UserAddr, floor: UserAddr, ceiling: UserAddr): void {
    const low = floorTo(start, PMD_SIZE);
    const addr = low < floor ? low + PMD_SIZE : low;
    const top = ceiling === Infinity ? Infinity : floorTo(ceiling, PMD_SIZE);
    const end = stop > top ? stop - PMD_SIZE : stop;
    if (addr >= end) return;
    const root = this.#root();
    for (let at = addr; at < end; at = floorTo(at, PGDIR_SIZE) + PGDIR_SIZE) {
      const pud = this.#pud(at, false);
      if (pud === null) continue;
      const last = Math.min(floorTo(at, PGDIR_SIZE) + PGDIR_SIZE, end);
      this.#freePuds(pud, at, last, floor, top);
      if (!this.#isPae && isOnlyOurs(at, last, floor, top, PGDIR_SIZE)) this.#freeEntry(root, indexAt(at, PGDIR_SIZE));
    }
  }

  #freePuds(pud: Uint32Array, addr: UserAddr, end: UserAddr, floor: UserAddr, ceiling: UserAddr): void {
    for (let at = addr; at < end; at = floorTo(at, PUD_SIZE) + PUD_SIZE) {
      const pmd = this.#below(pud, indexAt(at, PUD_SIZE), false);
      if (pmd === null) continue;
      const last = Math.min(floorTo(at, PUD_SIZE) + PUD_SIZE, end);
      for (let block = at; block < last; block = floorTo(block, PMD_SIZE) + PMD_SIZE) {
        this.#freeEntry(pmd, indexAt(block, PMD_SIZE));
      }
      if (isOnlyOurs(at, last, floor, ceiling, PUD_SIZE)) this.#freeEntry(pud, indexAt(at, PUD_SIZE));
    }
  }

  #root(): Uint32Array {
    return this.rooms.memory.frameWords(this.pgd);
  }

  get #isPae(): boolean {
    return this.rooms.paging === 'PAE';
  }

  /** The words of the PUD table that maps an address. @param make  when there is none; then null means no memory */
  #pud(addr: UserAddr, make: boolean): Uint32Array | null {
    const root = this.#root();
    return this.#isPae ? root : this.#below(root, indexAt(addr, PGDIR_SIZE), make);
  }

  #lookup(addr: UserAddr): Uint32Array | null {
    const pmd = this.pmdTable(addr);
    return pmd === null ? null : this.#below(pmd, indexAt(addr, PMD_SIZE), false);
  }

  /** The table that an entry points to. @param make  when there is none; then null means no memory */
  #below(table: Uint32Array, i: number, make: boolean): Uint32Array | null {
    const { rooms } = this;
    const low = table[i];
    if (low & PTE_PRESENT && !(low & PTE_PSE)) return rooms.memory.frameWords(ptePfn(low, table[i + 1]));
    if (!make) return null;
    if (low !== 0) panic('page_tables: a table is to be made where a huge page is');
    const pfn = allocTable(rooms);
    if (pfn === null) return null;
    // An entry of a PAE PGD gives no rights: the bits are reserved.
    table[i] = pfnLow(pfn) | (this.#isPae && table === this.#root() ? PTE_PRESENT : PTE_TABLE);
    table[i + 1] = pfnHigh(pfn);
    this.pgtablesBytes += PAGE_SIZE;
    return rooms.memory.frameWords(pfn);
  }

  #freeEntry(table: Uint32Array, i: number): void {
    const low = table[i];
    if (low === 0) return;
    if (low & PTE_PSE) panic('page_tables: a huge page is left where tables go');
    const pfn = ptePfn(low, table[i + 1]);
    table[i] = 0;
    table[i + 1] = 0;
    this.#lastBlock = -1;
    this.pgtablesBytes -= PAGE_SIZE;
    freeTable(this.rooms, pfn);
  }

  #remember(block: number, words: Uint32Array): void {
    this.#lastBlock = block;
    this.#lastWords = words;
  }
}
