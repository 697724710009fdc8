/** The machine as it is before boot: what memory there is, and where. */
import { type PfnRange, ZONE_NORMAL, type ZoneIndex } from './mmzone.ts';
import type { Pfn } from './types.ts';

/** One zone of a node. */
export interface ZoneRange {
  readonly zone: ZoneIndex;
  readonly startPfn: Pfn;
  /** Frames from the first to the last, holes included; 0: the zone is empty. */
  readonly spannedPages: number;
  /** Frames without memory, or never handed out: not empty, ascending, disjoint, inside the zone. */
  readonly holes: readonly PfnRange[];
}

export interface NodeDescription {
  /** Numbers of its CPUs; none: memory only. */
  readonly cpus: readonly number[];
  /** Ascending by zone index, at most one for each; zones of the machine are disjoint. */
  readonly zones: readonly ZoneRange[];
  /** By node: 10 to itself, 20 to a neighbour. Linux: node_distance(). */
  readonly distances: readonly number[];
}

/** What /proc/sys/vm says about the page allocator. */
export interface PageSysctls {
  /** kB; null: from the size of memory. */
  readonly minFreeKbytes: number | null;
  /** Step between watermarks, in 1/10000 of a zone; 1 to 3000. */
  readonly watermarkScaleFactor: number;
  /** How far watermarks may be raised when pageblocks get mixed, in 1/10000 of HIGH; 0: not at all. */
  readonly watermarkBoostFactor: number;
  /** By zone index. */
  readonly lowmemReserveRatio: readonly number[];
  /** Part of a zone that its CPUs may keep in lists of their own: 1/n; 0: from the LOW watermark. */
  readonly percpuPagelistHighFraction: number;
}

export interface MemoryDescription {
  readonly nodes: readonly NodeDescription[];
  readonly sysctls: PageSysctls;
  /** Whether CPUs keep lists of free pages of their own. */
  readonly perCpuPages: 'on' | 'off';
  /** Whether transparent huge pages raise min_free_kbytes. */
  readonly thp: 'on' | 'off';
}

/** What Linux starts with. */
export const DEFAULT_PAGE_SYSCTLS: PageSysctls = {
  minFreeKbytes: null,
  watermarkScaleFactor: 10,
  watermarkBoostFactor: 15000,
  lowmemReserveRatio: [256, 256, 32, 0],
  percpuPagelistHighFraction: 0,
};

/** The least machine, for tests: one node, CPU 0, and frames 0 .. frames-1 in zone Normal. */
export function smallMachine(frames: number): MemoryDescription {
  return {
    nodes: [
      {
        cpus: [0],
        zones: [{ zone: ZONE_NORMAL, startPfn: 0, spannedPages: frames, holes: [] }],
        distances: [10],
      },
    ],
    sysctls: DEFAULT_PAGE_SYSCTLS,
    perCpuPages: 'on',
    thp: 'off',
  };
}
