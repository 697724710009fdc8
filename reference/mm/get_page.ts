/**
 * One round through the zones that may serve a request. Linux: mm/page_alloc.c, get_page_from_freelist(), rmqueue().
 */
import {
  ALLOC_HIGHATOMIC,
  ALLOC_KSWAPD,
  ALLOC_NO_WATERMARKS,
  ALLOC_NOFRAGMENT,
  ALLOC_NON_BLOCK,
  ALLOC_OOM,
} from '../include/gfp.ts';
import { MIGRATE_HIGHATOMIC } from '../include/migratetype.ts';
import type { MigrateType, ZoneIndex } from '../include/mmzone.ts';
import type { NodeReclaimer, Reclaimer } from '../include/reclaim.ts';
import type { Order, Pfn } from '../include/types.ts';
import type { VmEvents } from '../include/vm_items.ts';
import { reserveHighatomic, rmqueueType } from './fallback.ts';
import { pcpAllowedOrder } from './per_cpu_pages.ts';
import type { Zone } from './zone.ts';
import { zoneWatermarkFast } from './zone_watermark.ts';
import { nodeIsset, type Zonelist } from './zonelist.ts';
import type { Zones } from './zones.ts';

/** One request, ready to be served. Linux: struct alloc_context, mm/internal.h. */
export interface AllocContext {
  readonly gfp: number;
  readonly order: Order;
  readonly highestZone: ZoneIndex;
  readonly migratetype: MigrateType;
  readonly zonelist: Zonelist;
  /** Nodes that may serve it, one bit each; null: all. */
  readonly nodemask: number | null;
  /** The zone it would like best. */
  readonly preferred: Zone;
  /** The CPU that asks. */
  readonly cpu: number;
  /** Linux: what a task being killed by lack of memory may do. */
  readonly oomVictim: boolean;
}

/** The rooms that a round needs. */
export interface GetPageRooms {
  readonly zones: Zones;
  readonly events: VmEvents;
  /** Null: nobody reclaims yet. */
  readonly reclaimer: Reclaimer | null;
  readonly nodeReclaimer: NodeReclaimer | null;
}

/** Nodes farther away than this are not reclaimed from before the next is asked. Linux: RECLAIM_DISTANCE. */
const RECLAIM_DISTANCE = 30;

/** The zones of a request, in the order they are asked. */
export function* zonesOf(ac: AllocContext): Generator<Zone> {
  for (const zone of ac.zonelist) if (mayServe(zone, ac)) yield zone;
}

function mayServe(zone: Zone, ac: AllocContext): boolean {
  return zone.index <= ac.highestZone && nodeIsset(zone.nid, ac.nodemask);
}

/** Asks zone after zone. @param allocFlags  a mark, rights and duties: ALLOC_ @returns a block, or null */
export function getPageFromFreelist(rooms: GetPageRooms, ac: AllocContext, allocFlags: number): Pfn | null {
  for (const zone of ac.zonelist) {
    if (!mayServe(zone, ac)) continue;
    // A page nearby is better than kinds kept apart.
    if (allocFlags & ALLOC_NOFRAGMENT && zone.nid !== ac.preferred.nid) break;
    const above = (allocFlags & ALLOC_NO_WATERMARKS) !== 0 || zoneWatermarkFast(zone, ac, allocFlags);
    if (!above && !aboveAfterReclaim(rooms, zone, ac, allocFlags)) continue;
    const pfn = rmqueue(rooms, zone, ac, allocFlags);
    if (pfn === null) continue;
    if (allocFlags & ALLOC_HIGHATOMIC) reserveHighatomic(zone, pfn, ac.order);
    return pfn;
  }
  if (allocFlags & ALLOC_NOFRAGMENT) return getPageFromFreelist(rooms, ac, allocFlags & ~ALLOC_NOFRAGMENT);
  return null;
}

/** Whether a zone is above the mark once its node has been reclaimed from. */
function aboveAfterReclaim(rooms: GetPageRooms, zone: Zone, ac: AllocContext, allocFlags: number): boolean {
  const { nodeReclaimer, zones } = rooms;
  if (nodeReclaimer === null || !nodeReclaimer.nodeReclaimEnabled) return false;
  if (zones.machine.nodes[ac.preferred.nid].distances[zone.nid] > RECLAIM_DISTANCE) return false;
  const result = nodeReclaimer.nodeReclaim(zone.nid, ac.order, ac.gfp, zones.nodeOfCpu[ac.cpu]);
  if (result === 'noscan' || result === 'full') return false;
  return zoneWatermarkFast(zone, ac, allocFlags);
}

function rmqueue(rooms: GetPageRooms, zone: Zone, ac: AllocContext, allocFlags: number): Pfn | null {
  const { order, migratetype, cpu } = ac;
  const kept = pcpAllowedOrder(order) ? rooms.zones.pcp(zone, cpu).alloc(order, migratetype, allocFlags) : null;
  const pfn = kept ?? rmqueueBuddy(zone, ac, allocFlags);
  if (pfn !== null) {
    countPgalloc(rooms.events, zone.index, 1 << order);
    zoneStatistics(ac.preferred, zone, rooms.zones.nodeOfCpu[cpu]);
  }
  if (zone.boosted && allocFlags & ALLOC_KSWAPD) {
    zone.boosted = false;
    rooms.reclaimer?.wakeupKswapd(zone.nid, 0, zone.index);
  }
  return pfn;
}

function rmqueueBuddy(zone: Zone, { order, migratetype }: AllocContext, allocFlags: number): Pfn | null {
  const reserved = allocFlags & ALLOC_HIGHATOMIC ? zone.rmqueueSmallest(order, MIGRATE_HIGHATOMIC) : null;
  const pfn = reserved ?? rmqueueType(zone, order, migratetype, allocFlags);
  if (pfn !== null || !(allocFlags & (ALLOC_OOM | ALLOC_NON_BLOCK))) return pfn;
  return zone.rmqueueSmallest(order, MIGRATE_HIGHATOMIC);
}

/** Linux: __count_zid_vm_events(PGALLOC). */
function countPgalloc(events: VmEvents, zone: ZoneIndex, pages: number): void {
  if (zone === 2) events.pgalloc_normal += pages;
  else if (zone === 1) events.pgalloc_dma32 += pages;
  else if (zone === 0) events.pgalloc_dma += pages;
  else events.pgalloc_movable += pages;
}

/** Linux: zone_statistics(): one for each request, of whatever order. */
function zoneStatistics(preferred: Zone, zone: Zone, running: number): void {
  if (zone.nid === running) zone.stat.numa_local++;
  else zone.stat.numa_other++;
  if (zone.nid === preferred.nid) zone.stat.numa_hit++;
  else {
    zone.stat.numa_miss++;
    preferred.stat.numa_foreign++;
  }
}
