/** What must hold of a zone and its free memory after every call. */
import { MIGRATE_TYPES, PAGEBLOCK_NR_PAGES, PAGEBLOCK_ORDER, type PageblockType } from '../include/migratetype.ts';
import { PG_buddy } from '../include/page_flags.ts';
import { MAX_PAGE_ORDER, NR_PAGE_ORDERS } from '../include/param.ts';
import type { Order, Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { findBuddyPfn } from './mmzone.ts';
import { migratetypeIsMergeable } from './pageblock.ts';
import type { Zone } from './zone.ts';

/**
 * Marks frames that are accounted for, and panics on the second mark of one.
 * @param seen  by frame: 1 if it is
 */
export function markFrames(seen: Uint8Array, pfn: Pfn, order: Order, where: string): void {
  for (let at = pfn; at < pfn + (1 << order); at++) {
    if (seen[at] !== 0) panic(`page_alloc: pfn ${at} is ${where}, and somewhere else`);
    seen[at] = 1;
  }
}

function validateBlock(zone: Zone, pfn: Pfn, order: Order, type: PageblockType): void {
  const block = `free block ${pfn} order ${order} of zone ${zone.name}`;
  if (pfn % 2 ** order !== 0) panic(`page_alloc: ${block} is not aligned`);
  if (!zone.spans(pfn) || !zone.spans(pfn + 2 ** order - 1)) panic(`page_alloc: ${block} leaves its zone`);
  if (!zone.isFreeBlock(pfn, order)) panic(`page_alloc: ${block} is not marked as one`);
  for (let at = pfn; at < pfn + 2 ** order; at += PAGEBLOCK_NR_PAGES) {
    if (zone.pageblocks.typeOf(at) !== type) panic(`page_alloc: ${block} is in the list of kind ${type}`);
  }
  for (let at = pfn; at < pfn + 2 ** order; at++) {
    if (zone.memMap.refcount[at] !== 0) panic(`page_alloc: ${block} has references to pfn ${at}`);
    if (at > pfn && zone.memMap.test(at, PG_buddy)) panic(`page_alloc: ${block} has another inside, at ${at}`);
  }
  const buddy = findBuddyPfn(pfn, order);
  if (order === MAX_PAGE_ORDER || !zone.isFreeBlock(buddy, order)) return;
  const other = zone.pageblocks.typeOf(buddy);
  if (order < PAGEBLOCK_ORDER || other === type || (migratetypeIsMergeable(type) && migratetypeIsMergeable(other))) {
    panic(`page_alloc: ${block} and its buddy are both free`);
  }
}

/** Panics if anything is wrong with the free blocks of a zone. @param seen  by frame: set to 1 for those in free blocks */
export function validateZone(zone: Zone, seen: Uint8Array): void {
  let pages = 0;
  for (let order = 0; order < NR_PAGE_ORDERS; order++) {
    let blocks = 0;
    for (let type = 0; type < MIGRATE_TYPES; type++) {
      for (const pfn of zone.areas.list(order, type as PageblockType)) {
        validateBlock(zone, pfn, order, type as PageblockType);
        markFrames(seen, pfn, order, `free in zone ${zone.name}`);
        blocks++;
      }
    }
    if (blocks !== zone.areas.nrFree[order])
      panic(`page_alloc: zone ${zone.name} miscounts free blocks of order ${order}`);
    pages += blocks << order;
  }
  if (pages !== zone.nrFreePages)
    panic(`page_alloc: zone ${zone.name} has ${pages} free pages, not ${zone.nrFreePages}`);
  const large = (zone.areas.nrFree[9] << 9) + (zone.areas.nrFree[10] << 10);
  if (large !== zone.stat.nr_free_pages_blocks) panic(`page_alloc: zone ${zone.name} miscounts nr_free_pages_blocks`);
}
