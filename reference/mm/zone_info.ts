/** What /proc shows of zones, in numbers. Linux: mm/vmstat.c. */
import {
  MIGRATE_TYPES,
  PAGEBLOCK_NR_PAGES,
  type PageblockType,
  type PagetypeinfoZone,
} from '../include/migratetype.ts';
import type { BuddyinfoZone } from '../include/mmzone.ts';
import { NR_PAGE_ORDERS } from '../include/param.ts';
import type { Zone } from './zone.ts';

/** Of /proc/buddyinfo. */
export function buddyinfoOf(zone: Zone): BuddyinfoZone {
  return { name: zone.name, managedPages: zone.managedPages, nrFree: zone.areas.nrFree };
}

/** Of /proc/pagetypeinfo. */
export function pagetypeinfoOf(zone: Zone): PagetypeinfoZone {
  const types = Array.from({ length: MIGRATE_TYPES }, (_, type) => type as PageblockType);
  const orders = Array.from({ length: NR_PAGE_ORDERS }, (_, order) => order);
  const nrFree = types.map((type) => orders.map((order) => zone.areas.list(order, type).size));
  const pageblocks = types.map(() => 0);
  for (let pfn = zone.startPfn; pfn < zone.endPfn; pfn += PAGEBLOCK_NR_PAGES) pageblocks[zone.pageblocks.typeOf(pfn)]++;
  return { node: zone.nid, name: zone.name, nrFree, pageblocks };
}
