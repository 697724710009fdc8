/** Machines for tests. */
import type { MemoryDescription, NodeDescription, ZoneRange } from '../../include/machine.ts';
import { DEFAULT_PAGE_SYSCTLS, smallMachine } from '../../include/machine.ts';
import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PageAllocator } from '../alloc_pages.ts';
import { MemMap } from '../mem_map.ts';
import { VmStat } from '../vm_stat.ts';
import type { Zone } from '../zone.ts';

/** All frames of it are free, in no CPU's lists. */
export function boot(machine: MemoryDescription): PageAllocator {
  const ends = machine.nodes.flatMap(({ zones }) => zones.map(({ startPfn, spannedPages }) => startPfn + spannedPages));
  return new PageAllocator(machine, new MemMap(Math.max(...ends)), new VmStat(machine.nodes.length));
}

/** One zone, which may be used up to the last page. */
export function bootAll(frames: number, perCpuPages: 'on' | 'off'): PageAllocator {
  return boot({ ...smallMachine(frames), sysctls: { ...DEFAULT_PAGE_SYSCTLS, minFreeKbytes: 0 }, perCpuPages });
}

export function normalZone(startPfn: number, spannedPages: number): ZoneRange {
  return { zone: ZONE_NORMAL, startPfn, spannedPages, holes: [] };
}

/** Nodes of one zone Normal each, one after the other, node n with CPU n. */
export function numaNodes(frames: number, distances: readonly (readonly number[])[]): NodeDescription[] {
  return distances.map((row, nid) => ({ cpus: [nid], zones: [normalZone(nid * frames, frames)], distances: row }));
}

/** The only zone with memory. */
export function onlyZone(pages: PageAllocator): Zone {
  const [zone] = pages.zones.all;
  return zone;
}

/** By order: first frames of its free blocks, as they will be handed out. */
export function picture(zone: Zone): Record<number, number[]> {
  const blocks: Record<number, number[]> = {};
  for (let order = 0; order <= 10; order++) {
    const found = ([0, 1, 2, 3, 4] as const).flatMap((type) => [...zone.areas.list(order, type)]);
    if (found.length > 0) blocks[order] = found;
  }
  return blocks;
}

/** A linear congruential generator: the same numbers on every run. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
