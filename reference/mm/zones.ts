/**
 * All zones of the machine, at boot and when a limit changes: watermarks, reserves, and how much each CPU keeps.
 * Linux: mm/mm_init.c, setup_per_zone_wmarks() and its neighbours in mm/page_alloc.c.
 */
import type { MemoryDescription, PageSysctls } from '../include/machine.ts';
import { MIGRATE_PCPTYPES, MIGRATE_TYPES, PAGEBLOCK_NR_PAGES } from '../include/migratetype.ts';
import { type Watermarks, ZONE_DMA32, ZONE_MOVABLE, ZONE_NAMES, ZONE_NORMAL } from '../include/mmzone.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { MemMap } from './mem_map.ts';
import { Pageblocks } from './pageblock.ts';
import { zoneBatchsize } from './pcp.ts';
import { PerCpuPages } from './per_cpu_pages.ts';
import type { VmStat } from './vm_stat.ts';
import { calculateMinFreeKbytes, setupPerZoneLowmemReserve, setupPerZoneWmarks } from './watermark.ts';
import { Zone } from './zone.ts';
import { markFrames, validateZone } from './zone_validate.ts';
import { buildZonelist, nodeOrders, type Zonelist } from './zonelist.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** What khugepaged wants free, in kB: two pageblocks in each zone, and more for each kind to fall back on. */
function recommendedMinFreeKbytes(populatedZones: number, lowmemPages: number): number {
  const pages = PAGEBLOCK_NR_PAGES * populatedZones * (2 + MIGRATE_PCPTYPES * MIGRATE_PCPTYPES);
  return (Math.min(pages, Math.floor(lowmemPages / 20)) * PAGE_SIZE) / 1024;
}

export class Zones {
  readonly machine: MemoryDescription;
  readonly pageblocks: Pageblocks;
  /** All zones that were described, by node, then ascending. */
  readonly all: readonly Zone[];
  /** By node: from where a request for that node is served, in order. */
  readonly zonelists: readonly Zonelist[];
  /** By node: the same, without other nodes. Linux: ZONELIST_NOFALLBACK. */
  readonly thisNode: readonly Zonelist[];
  /** By CPU: its node. */
  readonly nodeOfCpu: readonly number[];
  /** Frames with memory, of the whole machine. */
  readonly totalPages: number;
  /** By place in `all`, then by CPU. */
  readonly #pcps: readonly (readonly PerCpuPages[])[];
  /** By node * ZONE_NAMES.length + zone index. */
  readonly #pcpsByZone: readonly (readonly PerCpuPages[])[];
  #minFreeKbytes = 0;

  constructor(machine: MemoryDescription, memMap: MemMap, vmstat: VmStat) {
    this.machine = machine;
    const managed = machine.nodes.flatMap(({ zones }) =>
      zones.map(({ spannedPages, holes }) => spannedPages - sum(holes.map(({ start, end }) => end - start))),
    );
    this.totalPages = sum(managed);
    this.pageblocks = new Pageblocks(memMap.nrFrames, this.totalPages >= PAGEBLOCK_NR_PAGES * MIGRATE_TYPES);
    const byNode = machine.nodes.map(({ zones }, nid) =>
      zones.map((range) => new Zone(nid, range, memMap, this.pageblocks, vmstat.zones[nid][range.zone])),
    );
    this.all = byNode.flat();
    this.zonelists = nodeOrders(machine.nodes).map((order) => buildZonelist(order, byNode));
    this.thisNode = byNode.map((_, nid) => buildZonelist([nid], byNode));
    const nodeOfCpu: number[] = [];
    for (const [nid, { cpus }] of machine.nodes.entries()) for (const cpu of cpus) nodeOfCpu[cpu] = nid;
    this.nodeOfCpu = nodeOfCpu;
    this.#pcps = this.all.map((zone) => nodeOfCpu.map(() => new PerCpuPages(zone)));
    const places = machine.nodes.flatMap((_, nid) => ZONE_NAMES.map((__, index) => this.#placeOf(nid, index)));
    this.#pcpsByZone = places.map((place) => this.#pcps[place] ?? []);
    for (const zone of this.all) {
      zone.keepsKindsApart = this.#hasLowerZoneToHelp(zone);
      zone.freeBootMemory();
    }
    this.setup(machine.sysctls);
  }

  /** kB, as computed or as set. */
  get minFreeKbytes(): number {
    return this.#minFreeKbytes;
  }

  /** The lists of a CPU for a zone. */
  pcp(zone: Zone, cpu: number): PerCpuPages {
    return this.#pcpsByZone[zone.nid * ZONE_NAMES.length + zone.index][cpu];
  }

  /** The zone a frame lies in. Panics if it lies in none. Linux: page_zone(). */
  zoneOf(pfn: Pfn): Zone {
    for (const zone of this.all) if (zone.spans(pfn)) return zone;
    return panic(`zones: pfn ${pfn} is in no zone`);
  }

  /** Panics if a frame is free twice, or a count is wrong. @returns by frame: 1 if it is free, or kept by a CPU */
  validate(): Uint8Array {
    const free = new Uint8Array(this.all.reduce((most, { endPfn }) => Math.max(most, endPfn), 0));
    for (const zone of this.all) validateZone(zone, free);
    for (const pcp of this.#pcps.flat()) {
      let count = 0;
      for (const { pfn, order } of pcp.pages()) {
        markFrames(free, pfn, order, 'in the list of a CPU');
        count += 1 << order;
      }
      if (count !== pcp.count) panic(`page_alloc: a CPU keeps ${count} pages, not ${pcp.count}`);
    }
    return free;
  }

  /** Pages that CPUs keep. */
  get nrPcpPages(): number {
    return sum(this.#pcps.flat().map(({ count }) => count));
  }

  /** Linux: drain_all_pages(). */
  drainAllPages(): void {
    for (const pcps of this.#pcps) for (const pcp of pcps) pcp.drain();
  }

  /** Puts limits into force. Linux: init_per_zone_wmark_min(), and what writing to /proc/sys/vm calls. */
  setup(sysctls: PageSysctls): void {
    const lowmem = this.all.filter(({ index }) => index !== ZONE_MOVABLE).map(({ managedPages }) => managedPages);
    this.#minFreeKbytes = sysctls.minFreeKbytes ?? this.#defaultMinFree(sum(lowmem));
    for (const zone of this.all) {
      zone.watermarks = this.#watermarksOf(zone, sysctls.watermarkScaleFactor);
      zone.watermarkBoost = 0;
      zone.boostFactor = sysctls.watermarkBoostFactor;
      zone.lowmemReserve = this.#reserveOf(zone, sysctls.lowmemReserveRatio);
    }
    if (this.machine.perCpuPages === 'on') for (const zone of this.all) this.#setupPcps(zone, sysctls);
  }

  /** Zone Normal has; of several nodes, one with memory below it. Linux: alloc_flags_nofragment(). */
  #hasLowerZoneToHelp({ nid, index }: Zone): boolean {
    if (index !== ZONE_NORMAL) return false;
    return this.zonelists.length === 1 || this.thisNode[nid].some((zone) => zone.index === ZONE_DMA32);
  }

  #placeOf(nid: number, index: number): number {
    return this.all.findIndex((zone) => zone.nid === nid && zone.index === index);
  }

  #defaultMinFree(lowmemPages: number): number {
    const computed = calculateMinFreeKbytes(lowmemPages);
    if (this.machine.thp === 'off') return computed;
    const populated = this.all.filter(({ managedPages, index }) => managedPages > 0 && index !== ZONE_MOVABLE).length;
    return Math.max(computed, recommendedMinFreeKbytes(populated, lowmemPages));
  }

  /** The shares of all zones of the machine are of one whole; setupPerZoneWmarks() takes zone Movable at its place. */
  #watermarksOf(zone: Zone, scaleFactor: number): Watermarks {
    const others = this.all.filter((other) => other !== zone && other.index !== ZONE_MOVABLE);
    const elsewhere = sum(others.map(({ managedPages }) => managedPages));
    const movable = zone.index === ZONE_MOVABLE;
    const pages = movable ? [elsewhere, 0, 0, zone.managedPages] : [elsewhere, 0, zone.managedPages, 0];
    return setupPerZoneWmarks(pages, this.#minFreeKbytes, scaleFactor)[movable ? 3 : 2];
  }

  #reserveOf(zone: Zone, ratio: readonly number[]): readonly number[] {
    const managed = ZONE_NAMES.map((_, index) => this.all[this.#placeOf(zone.nid, index)]?.managedPages ?? 0);
    return setupPerZoneLowmemReserve(managed, ratio)[zone.index];
  }

  /** Linux: zone_set_pageset_high_and_batch(), zone_highsize(). */
  #setupPcps(zone: Zone, sysctls: PageSysctls): void {
    const batch = Math.max(1, zoneBatchsize(zone.managedPages));
    const fraction = sysctls.percpuPagelistHighFraction;
    const pages = fraction === 0 ? zone.wmarkPages('low') : Math.floor(zone.managedPages / fraction);
    const cpus = this.machine.nodes[zone.nid].cpus.length || this.nodeOfCpu.length;
    const high = Math.max(Math.floor(pages / cpus), batch * 4);
    for (const pcp of this.#pcpsByZone[zone.nid * ZONE_NAMES.length + zone.index]) pcp.setHighAndBatch(high, batch);
  }
}
