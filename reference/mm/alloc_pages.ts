/**
 * The page allocator of the machine: from a request to frames, and back. Linux: mm/page_alloc.c.
 *
 *     allocPages -> zonelist -> per-CPU lists -> free areas of a zone      all above LOW
 *                \-> slow path: kswapd, MIN, reserves, reclaim
 */

import type { FaultInjector } from '../include/fault_inject.ts';
import {
  __GFP_COMP,
  __GFP_KSWAPD_RECLAIM,
  __GFP_NOFAIL,
  __GFP_THISNODE,
  ALLOC_KSWAPD,
  ALLOC_NOFRAGMENT,
  ALLOC_WMARK_LOW,
} from '../include/gfp.ts';
import type { MemoryDescription, PageSysctls } from '../include/machine.ts';
import { MIGRATE_HIGHATOMIC, MIGRATE_ISOLATE, type PageblockType } from '../include/migratetype.ts';
import { MIGRATE_MOVABLE, MIGRATE_UNMOVABLE, type MigrateType } from '../include/mmzone.ts';
import { PG_head } from '../include/page_flags.ts';
import { MAX_PAGE_ORDER } from '../include/param.ts';
import type { NodeReclaimer, OomKiller, Reclaimer } from '../include/reclaim.ts';
import type { Order, Pfn } from '../include/types.ts';
import type { VmEvents } from '../include/vm_items.ts';
import { panic } from '../lib/panic.ts';
import { allocPagesSlowpath } from './alloc_slowpath.ts';
import { checkFreedFrame, clearCompound, forgetBlock, prepCompound } from './free_check.ts';
import { type AllocContext, getPageFromFreelist } from './get_page.ts';
import type { MemMap } from './mem_map.ts';
import { type Mempolicy, type PolicyNodes, policyNodes, policyZone } from './mempolicy.ts';
import { gfpZone } from './page_alloc.ts';
import { pcpAllowedOrder } from './per_cpu_pages.ts';
import type { VmStat } from './vm_stat.ts';
import type { Zone } from './zone.ts';
import { markFrames } from './zone_validate.ts';
import { firstZone } from './zonelist.ts';
import { Zones } from './zones.ts';

/** Who asks. */
export interface AllocFrom {
  /** The CPU; else the allocator's `cpu`. */
  readonly cpu?: number;
  /** The node where it is wanted; else the policy's, else the CPU's. */
  readonly nid?: number;
  readonly policy?: Mempolicy;
  /** Index of the page in its mapping, for interleave: in pages of the wanted order. */
  readonly index?: number;
  /** The task is being killed for lack of memory. */
  readonly oomVictim?: boolean;
}

const SOMEBODY: AllocFrom = {};

/** Of which kind a page counts in a CPU's lists. */
function pcpType(type: PageblockType): MigrateType {
  return type === MIGRATE_HIGHATOMIC || type === MIGRATE_ISOLATE ? MIGRATE_MOVABLE : type;
}

/** Linux: alloc_flags_nofragment(), gfp_to_alloc_flags(). */
function fastAllocFlags({ gfp, preferred }: AllocContext): number {
  const kswapd = gfp & __GFP_KSWAPD_RECLAIM ? ALLOC_KSWAPD : 0;
  return ALLOC_WMARK_LOW | kswapd | (preferred.keepsKindsApart ? ALLOC_NOFRAGMENT : 0);
}

export class PageAllocator {
  readonly memMap: MemMap;
  readonly vmstat: VmStat;
  readonly events: VmEvents;
  readonly zones: Zones;
  /** Null: nobody reclaims yet. */
  reclaimer: Reclaimer | null = null;
  nodeReclaimer: NodeReclaimer | null = null;
  oomKiller: OomKiller | null = null;
  failNext: FaultInjector | null = null;
  /** The CPU that runs. Linux: smp_processor_id(). */
  cpu = 0;
  /** Who asks, unless it is said: the process that runs, with its policy. Linux: get_task_policy(current). */
  current: AllocFrom = SOMEBODY;
  #sysctls: PageSysctls;
  /** By first frame of a block in use: its order + 1; else 0. */
  readonly #used: Uint8Array;
  #memallocDepth = 0;

  /** Boots: all memory is free. @param vmstat  of as many nodes */
  constructor(machine: MemoryDescription, memMap: MemMap, vmstat: VmStat) {
    this.memMap = memMap;
    this.vmstat = vmstat;
    this.events = vmstat.events;
    this.zones = new Zones(machine, memMap, vmstat);
    this.#sysctls = machine.sysctls;
    this.#used = new Uint8Array(memMap.nrFrames);
  }

  /** Frames with memory. */
  get totalPages(): number {
    return this.zones.totalPages;
  }

  /** Frames in the zones' free areas; what CPUs keep does not count. */
  get nrFreePages(): number {
    return this.zones.all.reduce((sum, { nrFreePages }) => sum + nrFreePages, 0);
  }

  get sysctls(): PageSysctls {
    return this.#sysctls;
  }

  /** Changes limits; watermarks, reserves and the lengths of per-CPU lists follow. */
  setSysctls(changed: Partial<PageSysctls>): void {
    this.#sysctls = { ...this.#sysctls, ...changed };
    this.zones.setup(this.#sysctls);
  }

  get memalloc(): boolean {
    return this.#memallocDepth > 0;
  }

  /** Runs as one who frees memory: all reserves are open to it, and it does not reclaim. Linux: memalloc_noreclaim_save(). */
  asMemalloc<T>(run: () => T): T {
    this.#memallocDepth++;
    try {
      return run();
    } finally {
      this.#memallocDepth--;
    }
  }

  zoneOf(pfn: Pfn): Zone {
    return this.zones.zoneOf(pfn);
  }

  nidOf(pfn: Pfn): number {
    return this.zones.zoneOf(pfn).nid;
  }

  /**
   * Allocates 2^order frames that lie together; what they hold is junk. The first frame's refcount is 1; with
   * __GFP_COMP the block is one: PG_head, PG_tail and `order` are set. Linux: __alloc_pages().
   * @param gfp  see include/gfp.ts
   * @param order  above MAX_PAGE_ORDER there never is a block
   * @returns the first frame, aligned to 2^order; or null: nothing has changed then
   */
  allocPages(gfp: number, order: Order, from: AllocFrom = this.current): Pfn | null {
    if (order > MAX_PAGE_ORDER) return null;
    if (this.failNext !== null && !(gfp & __GFP_NOFAIL) && this.failNext.shouldFail('page')) return null;
    const ac = this.#prepare(gfp, order, from);
    if (ac === null) return null;
    const pfn = getPageFromFreelist(this, ac, fastAllocFlags(ac)) ?? allocPagesSlowpath(this, ac);
    if (pfn === null) return null;
    this.#used[pfn] = order + 1;
    this.memMap.refcount[pfn] = 1;
    if (order > 0 && gfp & __GFP_COMP) prepCompound(this.memMap, pfn, order);
    if (from.policy?.kind === 'interleave') this.#countInterleave(pfn, ac);
    return pfn;
  }

  /** Single pages, all or none: what had been taken is given back. Linux: alloc_pages_bulk(), which keeps what it got. */
  allocPagesBulk(gfp: number, count: number, from: AllocFrom = this.current): Pfn[] | null {
    const pages: Pfn[] = [];
    while (pages.length < count) {
      const pfn = this.allocPages(gfp, 0, from);
      if (pfn === null) {
        for (const page of pages) this.putPages(page, 0);
        return null;
      }
      pages.push(pfn);
    }
    return pages;
  }

  /**
   * Takes back a block that nobody holds any more. Linux: free_unref_page(), __free_pages_ok().
   * @param pfn  as allocPages returned it
   * @param order  as allocPages was asked
   * @throws KernelPanic unless exactly this block is in use, its refcount is 0, and it is in no list, cache or mapping
   */
  freePages(pfn: Pfn, order: Order): void {
    if (this.#used[pfn] !== order + 1) panic(`page_alloc: free of pfn ${pfn} order ${order}: no such block is in use`);
    const zone = this.zones.zoneOf(pfn);
    if (order > 0) forgetBlock(this.memMap, pfn, order, zone.stat, this.events);
    for (let at = pfn; at < pfn + (1 << order); at++) checkFreedFrame(this.memMap, at, zone.stat, this.events);
    this.#used[pfn] = 0;
    this.events.pgfree += 1 << order;
    const type = this.zones.pageblocks.typeOf(pfn);
    if (!pcpAllowedOrder(order) || type === MIGRATE_ISOLATE) zone.freeOnePage(pfn, order);
    else this.zones.pcp(zone, this.cpu).free(pfn, order, pcpType(type));
  }

  /** Drops the reference that allocPages gave; frees the block if it was the last one. Linux: __free_pages(). */
  putPages(pfn: Pfn, order: Order): void {
    if (--this.memMap.refcount[pfn] === 0) this.freePages(pfn, order);
  }

  /** Makes a block, not one of __GFP_COMP, single pages with a refcount of 1 each. Linux: split_page(). */
  splitPage(pfn: Pfn, order: Order): void {
    if (this.#used[pfn] !== order + 1) panic(`page_alloc: split of pfn ${pfn} order ${order}: no such block is in use`);
    if (this.memMap.test(pfn, PG_head)) panic(`page_alloc: split of pfn ${pfn}: its block is used as one`);
    for (let at = pfn; at < pfn + (1 << order); at++) {
      this.#used[at] = 1;
      this.memMap.refcount[at] = 1;
    }
  }

  /** Makes a block of __GFP_COMP single pages; who holds them, the caller says. Linux: __split_folio_to_order(). */
  splitCompound(pfn: Pfn, order: Order): void {
    if (this.#used[pfn] !== order + 1) panic(`page_alloc: split of pfn ${pfn} order ${order}: no such block is in use`);
    clearCompound(this.memMap, pfn, order);
    this.#used.fill(1, pfn, pfn + (1 << order));
  }

  /** Gives the pages that CPUs keep back to the zones. */
  drainAllPages(): void {
    this.zones.drainAllPages();
  }

  /** Panics unless each frame with memory is free, kept by a CPU, or part of one block in use. */
  validate(): void {
    const seen = this.zones.validate();
    for (let pfn = 0; pfn < this.#used.length; pfn++) {
      if (this.#used[pfn] !== 0) markFrames(seen, pfn, this.#used[pfn] - 1, 'in use');
    }
    const known = seen.reduce((sum, frame) => sum + frame, 0);
    if (known !== this.totalPages) panic(`page_alloc: ${known} of ${this.totalPages} frames are accounted for`);
  }

  /** Where a page is wanted, and which nodes may serve it; null: all. Linux: policy_nodemask() */
  wantedNodes(from: AllocFrom): PolicyNodes {
    const nid = from.nid ?? this.zones.nodeOfCpu[from.cpu ?? this.cpu];
    if (from.policy === undefined) return { nid, nodemask: null };
    return policyNodes(from.policy, nid, from.index ?? null, true);
  }

  /** Linux: prepare_alloc_pages(). @returns null when no zone may serve it */
  #prepare(gfp: number, order: Order, from: AllocFrom): AllocContext | null {
    const highestZone = gfpZone(gfp);
    const cpu = from.cpu ?? this.cpu;
    let nid = from.nid ?? this.zones.nodeOfCpu[cpu];
    let nodemask: number | null = null;
    if (from.policy !== undefined) {
      const holds = highestZone >= policyZone(this.zones.all);
      ({ nid, nodemask } = policyNodes(from.policy, nid, from.index ?? null, holds));
    }
    const zonelist = gfp & __GFP_THISNODE ? this.zones.thisNode[nid] : this.zones.zonelists[nid];
    const preferred = firstZone(zonelist, highestZone, nodemask);
    if (preferred === null) return null;
    const migratetype = this.zones.pageblocks.grouped ? (((gfp >> 3) & 3) as MigrateType) : MIGRATE_UNMOVABLE;
    const oomVictim = from.oomVictim ?? false;
    return { gfp, order, highestZone, migratetype, zonelist, nodemask, preferred, cpu, oomVictim };
  }

  #countInterleave(pfn: Pfn, { zonelist }: AllocContext): void {
    const zone = this.zones.zoneOf(pfn);
    if (zone.nid === zonelist[0].nid) zone.stat.numa_interleave++;
  }
}
