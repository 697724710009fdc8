/** The text of /proc/zoneinfo. Linux: mm/vmstat.c, zoneinfo_show_print(). */
import { type Watermarks, ZONE_MOVABLE, ZONE_NAMES } from '../../include/mmzone.ts';
import {
  NODE_STAT_ITEMS,
  type NodeStat,
  NUMA_STAT_ITEMS,
  ZONE_STAT_ITEMS,
  type ZoneStat,
} from '../../include/vm_items.ts';
import type { Zone } from '../../mm/zone.ts';
import type { ProcRooms } from './proc_rooms.ts';

/** What one CPU keeps of a zone. */
export interface PagesetFigures {
  readonly cpu: number;
  readonly count: number;
  readonly high: number;
  readonly batch: number;
  readonly highMin: number;
  readonly highMax: number;
  /** By how much its own counts may differ from those that are shown. */
  readonly statThreshold: number;
}

/** A zone with memory. */
export interface PopulatedZone {
  /** Of its node; null: not the first zone of it. */
  readonly perNode: NodeStat | null;
  readonly stat: ZoneStat;
  readonly pagesets: readonly PagesetFigures[];
  readonly unreclaimable: boolean;
  readonly startPfn: number;
}

/** In pages. */
export interface ZoneinfoFigures {
  readonly node: number;
  readonly name: string;
  readonly free: number;
  readonly boost: number;
  readonly watermarks: Watermarks;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  /** By zone index. */
  readonly protection: readonly number[];
  /** null: it has no memory. */
  readonly populated: PopulatedZone | null;
}

const item = (name: string, value: number): string => `\n      ${name.padEnd(12)} ${value}`;

export function zoneinfoShow(zones: readonly ZoneinfoFigures[]): string {
  return zones.map(zoneShow).join('');
}

function zoneShow(zone: ZoneinfoFigures): string {
  const { node, name, free, boost, watermarks, spanned, present, managed, protection, populated } = zone;
  const perNode = populated?.perNode ?? null;
  const head = `Node ${node}, zone ${name.padStart(8)}`;
  const nodeStats =
    perNode === null ? '' : `\n  per-node stats${NODE_STAT_ITEMS.map((each) => item(each, perNode[each])).join('')}`;
  const { min, low, high, promo } = watermarks;
  const marks = { boost, min, low, high, promo, spanned, present, managed, cma: 0 };
  const pages = Object.entries(marks).map(([mark, value]) => `\n        ${mark.padEnd(8)} ${value}`);
  const text = `${head}${nodeStats}\n  pages free     ${free}${pages.join('')}\n        protection: (${protection.join(', ')})`;
  return `${text}${populated === null ? '' : populatedShow(populated)}\n`;
}

function populatedShow({ stat, pagesets, unreclaimable, startPfn }: PopulatedZone): string {
  const counts = [...ZONE_STAT_ITEMS, ...NUMA_STAT_ITEMS].map((each) => item(each, stat[each])).join('');
  const sets = pagesets.map(
    (set) =>
      `\n    cpu: ${set.cpu}\n              count:    ${set.count}\n              high:     ${set.high}` +
      `\n              batch:    ${set.batch}\n              high_min: ${set.highMin}` +
      `\n              high_max: ${set.highMax}\n  vm stats threshold: ${set.statThreshold}`,
  );
  const tail = `\n  node_unreclaimable:  ${unreclaimable ? 1 : 0}\n  start_pfn:           ${startPfn}`;
  return `${counts}\n  pagesets${sets.join('')}${tail}`;
}

/** Zone Device comes after all others and is always empty. */
const NAMES = [...ZONE_NAMES, 'Device'];
const NO_MARKS: Watermarks = { min: 0, low: 0, high: 0, promo: 0 };
/** Linux: __setup_per_zone_wmarks(), of a zone Movable without memory. */
const MOVABLE_MARKS: Watermarks = { min: 32, low: 32, high: 32, promo: 32 };

/** Position of the highest bit, from 1; 0 for 0. */
const fls = (n: number): number => 32 - Math.clz32(n);

/** Linux: calculate_normal_threshold(). @param managed  pages of the zone: so many times 128 MiB */
export function calculateNormalThreshold(managed: number, cpus: number): number {
  return Math.min(2 * fls(cpus) * (1 + fls(Math.floor(managed / 2 ** 15))), 125);
}

/** All zones there can be, by node. SIMPLIFIED: what is present is managed; `high` of a CPU's lists does not move. */
export function zoneinfoOf({ booted: { pages, system, vmscan } }: ProcRooms): ZoneinfoFigures[] {
  const { zones } = pages;
  return zones.machine.nodes.flatMap((_, node) => {
    const own = zones.all.filter(({ nid, managedPages }) => nid === node && managedPages > 0);
    return NAMES.map((name, index): ZoneinfoFigures => {
      const zone = own.find((each) => each.index === index);
      if (zone === undefined) return emptyZone(node, name, index === ZONE_MOVABLE ? MOVABLE_MARKS : NO_MARKS);
      const protection = [...zone.lowmemReserve, zone.lowmemReserve[ZONE_MOVABLE]];
      return {
        ...{ node, name, protection },
        free: zone.nrFreePages,
        boost: zone.watermarkBoost,
        watermarks: boosted(zone),
        spanned: zone.range.spannedPages,
        present: zone.managedPages,
        managed: zone.managedPages,
        populated: {
          perNode: zone === own[0] ? system.vmstat.nodes[node] : null,
          stat: zone.stat,
          pagesets: zones.nodeOfCpu.map((__, cpu) => pagesetOf(pages, zone, cpu)),
          unreclaimable: vmscan.isHopeless(node),
          startPfn: zone.startPfn,
        },
      };
    });
  });
}

function boosted(zone: Zone): Watermarks {
  const marks = ['min', 'low', 'high', 'promo'] as const;
  const [min, low, high, promo] = marks.map((mark) => zone.wmarkPages(mark));
  return { min, low, high, promo };
}

function emptyZone(node: number, name: string, watermarks: Watermarks): ZoneinfoFigures {
  const nothing = { free: 0, boost: 0, spanned: 0, present: 0, managed: 0, populated: null };
  return { node, name, watermarks, protection: NAMES.map(() => 0), ...nothing };
}

function pagesetOf({ zones }: ProcRooms['booted']['pages'], zone: Zone, cpu: number): PagesetFigures {
  const { count, high, batch } = zones.pcp(zone, cpu);
  const statThreshold = calculateNormalThreshold(zone.managedPages, zones.nodeOfCpu.length);
  return { cpu, count, high, batch, highMin: high, highMax: high, statThreshold };
}
