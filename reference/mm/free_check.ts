/** What a frame must no longer be when it is freed. Linux: mm/page_alloc.c, free_pages_prepare(), prep_compound_page(). */
import {
  PG_active,
  PG_anon,
  PG_buddy,
  PG_head,
  PG_hugetlb,
  PG_locked,
  PG_lru,
  PG_mlocked,
  PG_reserved,
  PG_slab,
  PG_swapcache,
  PG_table,
  PG_tail,
  PG_unevictable,
  PG_writeback,
} from '../include/page_flags.ts';
import type { Order, Pfn } from '../include/types.ts';
import type { VmEvents, ZoneStat } from '../include/vm_items.ts';
import { panic } from '../lib/panic.ts';
import type { MemMap } from './mem_map.ts';

/** Somebody still uses a page that has one of these. Linux: PAGE_FLAGS_CHECK_AT_FREE. */
const PAGE_FLAGS_CHECK_AT_FREE =
  PG_lru |
  PG_locked |
  PG_writeback |
  PG_swapcache |
  PG_slab |
  PG_table |
  PG_hugetlb |
  PG_reserved |
  PG_active |
  PG_unevictable |
  PG_buddy |
  PG_head |
  PG_tail;

/** Makes a block one: its first frame stands for all. */
export function prepCompound(memMap: MemMap, pfn: Pfn, order: Order): void {
  memMap.flags[pfn] |= PG_head;
  memMap.order[pfn] = order;
  for (let tail = pfn + 1; tail < pfn + (1 << order); tail++) {
    memMap.flags[tail] |= PG_tail;
    memMap.private[tail] = pfn;
  }
}

/** The opposite; nothing for a block that is not one. */
export function clearCompound(memMap: MemMap, pfn: Pfn, order: Order): void {
  if (!memMap.test(pfn, PG_head)) return;
  memMap.flags[pfn] &= ~PG_head;
  memMap.order[pfn] = 0;
  for (let tail = pfn + 1; tail < pfn + (1 << order); tail++) {
    if (memMap.private[tail] !== pfn) panic(`page_alloc: bad page state: pfn ${tail} has lost its head ${pfn}`);
    memMap.flags[tail] &= ~PG_tail;
    memMap.private[tail] = 0;
  }
}

/** A block that is freed is none any more. One that was mlocked is counted as a whole. */
export function forgetBlock(memMap: MemMap, pfn: Pfn, order: Order, stat: ZoneStat, events: VmEvents): void {
  clearCompound(memMap, pfn, order);
  if (!memMap.testAndClear(pfn, PG_mlocked)) return;
  stat.nr_mlock -= 1 << order;
  events.unevictable_pgs_cleared += 1 << order;
}

/** Panics if somebody still uses a frame; then forgets all that is known of it. */
export function checkFreedFrame(memMap: MemMap, pfn: Pfn, stat: ZoneStat, events: VmEvents): void {
  const flags = memMap.flags[pfn];
  if (flags & PAGE_FLAGS_CHECK_AT_FREE || memMap.refcount[pfn] !== 0 || memMap.mapcount[pfn] !== 0)
    badPage(memMap, pfn);
  if (memMap.mapping[pfn] !== 0) {
    if (!(flags & PG_anon)) badPage(memMap, pfn);
    memMap.mapping[pfn] = 0;
  }
  if (flags & PG_mlocked) {
    stat.nr_mlock--;
    events.unevictable_pgs_cleared++;
  }
  memMap.flags[pfn] = 0;
  memMap.private[pfn] = 0;
  memMap.index[pfn] = 0;
}

/** Linux: bad_page(). */
function badPage(memMap: MemMap, pfn: Pfn): never {
  const { flags, refcount, mapcount, mapping } = memMap;
  const found = `refcount ${refcount[pfn]}, mapcount ${mapcount[pfn]}, mapping ${mapping[pfn]}`;
  panic(`page_alloc: bad page state: pfn ${pfn} freed with flags ${flags[pfn].toString(16)}, ${found}`);
}
