/** Slab allocators for tests. */
import { PhysicalMemory } from '../../arch/memory.ts';
import { DEFAULT_PAGE_SYSCTLS, type MemoryDescription } from '../../include/machine.ts';
import { type CacheDescription, DEFAULT_SLAB_CONFIG, type SlabConfig } from '../../include/slab.ts';
import { panic } from '../../lib/panic.ts';
import { Slub } from '../slub.ts';
import type { KmemCache } from '../slub_cache.ts';
import { boot, normalZone } from './machines.ts';

/** One node of so many CPUs, frames 1 .. frames. */
export function slabMachine(cpus: number, frames: number): MemoryDescription {
  return {
    nodes: [{ cpus: Array.from({ length: cpus }, (_, cpu) => cpu), zones: [normalZone(1, frames)], distances: [10] }],
    sysctls: { ...DEFAULT_PAGE_SYSCTLS, minFreeKbytes: 0 },
    perCpuPages: 'on',
    thp: 'off',
  };
}

export function bootSlub(machine: MemoryDescription, config: Partial<SlabConfig> = {}): Slub {
  const pages = boot(machine);
  const memory = new PhysicalMemory(pages.memMap.nrFrames);
  return new Slub(memory, pages, { ...DEFAULT_SLAB_CONFIG, ...config });
}

/** A cache without anything special. */
export function makeCache(slub: Slub, size: number, more: Partial<CacheDescription> = {}): KmemCache {
  const made = slub.kmemCacheCreate({ name: `test-${size}`, size, align: 0, flags: 0, ctor: null, ...more });
  return made ?? panic(`test: no cache of ${size} bytes`);
}

/** Runs as another CPU. */
export function onCpu<T>(slub: Slub, cpu: number, run: () => T): T {
  const { pages } = slub.rooms;
  const before = pages.cpu;
  pages.cpu = cpu;
  try {
    return run();
  } finally {
    pages.cpu = before;
  }
}
