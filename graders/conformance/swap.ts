/**
 * The swap of the recorded machine, and what its recorder could do to memory: wait, and take out all that can go.
 *
 * The recorder's processes lived in a memory cgroup; reclaim_all is memory.force_empty. The machine had one swap file of
 * 256 MiB, of priority -2, on a virtual disk that says it turns: readahead goes by slots there.
 */
import type { Machine } from './memory.ts';

type ReclaimRooms = import('../../reference/mm/vmscan_rooms.ts').ReclaimRooms;

const MIB = 2 ** 20;
const PAGE = 4096;
/** As a virtual disk on a fast one. */
const DISK = { latencyNs: 50_000, nsPerBlock: 2_000 };

export interface Swap {
  /** Time passes. @param ms  how long */
  settle(ms: number): void;
  /** Everything that can leave memory does. */
  reclaimAll(): void;
  /** Pages are reclaimed until this many are left, at most. */
  limit(pages: number): void;
  /** Panics unless swap and its cache are right. */
  validate(): void;
}

/** Switches swap on. @param mib  size of the swap file */
export function addSwap(machine: Machine, mib: number): Swap {
  const { kernel, system } = machine;
  const below = system.pageCache.rooms;
  const { clock, memory, vmstat, pages } = below;
  const swap = new kernel['mm/swapfile'].SwapSpace(pages);
  const cache = new kernel['mm/swap_state'].SwapCache(below, swap, new kernel['mm/page_io'].SwapIo(below, swap));
  const shmem = new kernel['mm/shmem_swap'].ShmemSwapPath(system.shmem, system.pageCache, cache);
  const workingset = new kernel['mm/workingset'].Workingset(system.lru, swap);
  const rooms: ReclaimRooms = {
    ...{ clock, pages, lru: system.lru, folios: system.folios, workingset, swap: cache, shmem },
    shrinkers: new kernel['mm/shrinker'].Shrinkers(vmstat.events),
    rmap: {
      folioReferenced: (pfn) => kernel['mm/rmap_walk'].folioReferenced(system, pfn),
      tryToUnmap: (pfn) => void kernel['mm/try_to_unmap'].tryToUnmap(system, pfn),
    },
    files: {
      writePage: () => 'activate',
      removeFolio: (pfn) => system.pageCache.removeFolio(pfn),
      wakeupFlushers: () => undefined,
    },
    sysctls: kernel['mm/vmscan_rooms'].DEFAULT_RECLAIM_SYSCTLS,
    pgdats: system.lru.nodes.map((lruvec) => new kernel['mm/pgdat'].PgData(lruvec, pages.zones.all)),
  };
  const vmscan = new kernel['mm/vmscan'].Vmscan(rooms);
  below.refaults = workingset;
  system.shmem.swap = shmem;
  system.swap = cache;
  system.swapFaults = new kernel['mm/swap_fault'].SwapFaultPath(system, cache);
  system.reclaim = vmscan;
  const blocks = (mib * MIB) / PAGE;
  const device = new kernel['arch/block_device'].BlockDevice(clock, memory, { ...DISK, blocks }, vmstat.events);
  swap.swapon({ name: 'swapfile', device, pages: blocks, rotational: true }, null);
  return {
    settle: (ms) => clock.advance(ms * 1e6),
    reclaimAll: () => void vmscan.forceEmpty(),
    limit: () => undefined,
    validate: () => cache.validate(),
  };
}
