/** The frames of page tables. Linux: mm/pgalloc-track.h, include/asm-generic/pgalloc.h. */
import type { PhysicalMemory } from '../arch/memory.ts';
import { GFP_KERNEL } from '../include/gfp.ts';
import { PG_table } from '../include/page_flags.ts';
import { PMD_SIZE } from '../include/param.ts';
import type { PagingMode } from '../include/pgtable_types.ts';
import type { TlbFlusher } from '../include/tlb.ts';
import type { Order, Pfn, UserAddr } from '../include/types.ts';
import type { AllocFrom } from './alloc_pages.ts';
import type { MemMap } from './mem_map.ts';
import type { PolicyNodes } from './mempolicy.ts';
import type { VmStat } from './vm_stat.ts';

/** Bytes that an entry of each table maps. */
export const PUD_SIZE = 512 * PMD_SIZE;
export const PGDIR_SIZE = 512 * PUD_SIZE;

/** Where the entry for an address is in the words of its table. @param size  that an entry of the table maps */
export const indexAt = (addr: UserAddr, size: number): number => (Math.floor(addr / size) & 511) << 1;
export const floorTo = (addr: UserAddr, size: number): UserAddr => addr - (addr % size);

/** Where frames come from and go to. */
export interface PageSource {
  /** Whoever runs, as one who asks. */
  readonly current: AllocFrom;
  /** @returns the first of 2^order frames, refcount 1; or null */
  allocPages(gfp: number, order: Order, from?: AllocFrom): Pfn | null;
  freePages(pfn: Pfn, order: Order): void;
  /** Where whoever asks would get a page. */
  wantedNodes(from: AllocFrom): PolicyNodes;
  /** Makes a block that is used as one single pages. */
  splitCompound(pfn: Pfn, order: Order): void;
  nidOf(pfn: Pfn): number;
}

/** The rooms that page tables stand on. */
export interface TableRooms {
  readonly memory: PhysicalMemory;
  readonly memMap: MemMap;
  readonly vmstat: VmStat;
  readonly pages: PageSource;
  readonly flush: TlbFlusher;
  /** How tables are laid out; none: four levels. */
  readonly paging?: PagingMode;
}

/** An empty table; null: no memory. */
export function allocTable({ memory, memMap, vmstat, pages }: TableRooms): Pfn | null {
  const pfn = pages.allocPages(GFP_KERNEL, 0);
  if (pfn === null) return null;
  memory.clearFrame(pfn);
  memMap.set(pfn, PG_table);
  vmstat.nodes[pages.nidOf(pfn)].nr_page_table_pages++;
  return pfn;
}

export function freeTable({ memMap, vmstat, pages }: TableRooms, pfn: Pfn): void {
  memMap.clear(pfn, PG_table);
  memMap.refcount[pfn] = 0;
  vmstat.nodes[pages.nidOf(pfn)].nr_page_table_pages--;
  pages.freePages(pfn, 0);
}

/** Whether no mapping but the one that goes lies in the `size` bytes around a range. */
export function isOnlyOurs(start: UserAddr, end: UserAddr, floor: UserAddr, ceiling: UserAddr, size: number): boolean {
  return floorTo(start, size) >= floor && end <= (ceiling === Infinity ? Infinity : floorTo(ceiling, size));
}
