/** The numbers under /proc/sys that take effect when they are written. Linux: mm/, kernel/sysctl.c. */
import { EINVAL } from '../include/errno.ts';
import type { PageSysctls } from '../include/machine.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { KernelRooms } from '../kernel/rooms.ts';
import type { Sysctls } from '../kernel/sysctl.ts';
import type { PageAllocator } from '../mm/alloc_pages.ts';
import { type DirtySysctls, setDirtySysctl } from '../mm/dirty_limits.ts';
import type { Hstate } from '../mm/hugetlb.ts';
import type { ReclaimSysctls } from '../mm/vmscan_rooms.ts';
import type { BootedFiles } from './files.ts';
import type { BootedMemory } from './memory.ts';

const INT_MAX = 2 ** 31 - 1;
/** Linux: MIN_PERCPU_PAGELIST_HIGH_FRACTION. */
const MIN_HIGH_FRACTION = 8;

/** Name, field, least and most. */
type Row<Field> = readonly [name: string, field: Field, min: number, max: number];

const PAGE_ROWS: readonly Row<keyof PageSysctls>[] = [
  ['vm.min_free_kbytes', 'minFreeKbytes', 0, INT_MAX],
  ['vm.watermark_scale_factor', 'watermarkScaleFactor', 1, 3000],
  ['vm.watermark_boost_factor', 'watermarkBoostFactor', 0, INT_MAX],
];

const RECLAIM_ROWS: readonly Row<keyof ReclaimSysctls>[] = [
  ['vm.swappiness', 'swappiness', 0, 200],
  ['vm.zone_reclaim_mode', 'zoneReclaimMode', 0, 7],
  ['vm.min_unmapped_ratio', 'minUnmappedRatio', 0, 100],
  ['vm.min_slab_ratio', 'minSlabRatio', 0, 100],
];

const DIRTY_ROWS: readonly Row<keyof DirtySysctls>[] = [
  ['vm.dirty_ratio', 'dirtyRatio', 0, 100],
  ['vm.dirty_background_ratio', 'dirtyBackgroundRatio', 0, 100],
  ['vm.dirty_bytes', 'dirtyBytes', 2 * PAGE_SIZE, Number.MAX_SAFE_INTEGER],
  ['vm.dirty_background_bytes', 'dirtyBackgroundBytes', 1, Number.MAX_SAFE_INTEGER],
  ['vm.dirty_expire_centisecs', 'dirtyExpireCentisecs', 0, INT_MAX],
  ['vm.dirty_writeback_centisecs', 'dirtyWritebackCentisecs', 0, INT_MAX],
];

export function registerSysctls(
  sysctls: Sysctls,
  booted: BootedMemory,
  files: BootedFiles,
  { policy, sched }: KernelRooms,
): void {
  const { pages, reclaimSysctls, throttle, swapCache } = booted;
  policy.register(sysctls);
  registerAll(
    sysctls,
    PAGE_ROWS,
    (field) => Number(pages.sysctls[field] ?? pages.zones.minFreeKbytes),
    (field, value) => pages.setSysctls({ [field]: value }),
  );
  registerPcp(sysctls, pages);
  registerHugetlb(sysctls, booted.system.huge.hugetlb);
  registerAll(
    sysctls,
    RECLAIM_ROWS,
    (field) => reclaimSysctls[field],
    (field, value) => {
      reclaimSysctls[field] = value;
    },
  );
  registerAll(
    sysctls,
    DIRTY_ROWS,
    (field) => throttle.sysctls[field],
    (field, value) => {
      const wasOff = throttle.sysctls.dirtyWritebackCentisecs === 0;
      throttle.sysctls = setDirtySysctl(throttle.sysctls, field, value);
      // Linux: dirty_writeback_centisecs_handler().
      if (wasOff) files.flusher.wakeupDelayed();
    },
  );
  const pressure: readonly Row<'vfsCachePressure'>[] = [['vm.vfs_cache_pressure', 'vfsCachePressure', 0, INT_MAX]];
  const { superShrinker, dropCaches } = files;
  registerAll(
    sysctls,
    pressure,
    (field) => superShrinker[field],
    (field, value) => {
      superShrinker[field] = value;
    },
  );
  sysctls.register('vm.drop_caches', {
    min: 1,
    max: 4,
    read: () => 0,
    write: (value) => dropCaches.write(value, sched.running?.comm ?? 'swapper', sched.running?.pid ?? 0),
  });
  const pageCluster: readonly Row<'pageCluster'>[] = [['vm.page-cluster', 'pageCluster', 0, 31]];
  registerAll(
    sysctls,
    pageCluster,
    (field) => swapCache[field],
    (field, value) => {
      swapCache[field] = value;
    },
  );
}

/** Pages that CPUs keep. SIMPLIFIED: there is no compaction; vm.compact_memory gives back what CPUs keep, so that it merges. */
function registerPcp(sysctls: Sysctls, pages: PageAllocator): void {
  sysctls.register('vm.percpu_pagelist_high_fraction', {
    min: 0,
    max: INT_MAX,
    read: () => pages.sysctls.percpuPagelistHighFraction,
    write(value) {
      if (value > 0 && value < MIN_HIGH_FRACTION) return -EINVAL;
      pages.setSysctls({ percpuPagelistHighFraction: value });
      return 0;
    },
  });
  sysctls.register('vm.compact_memory', {
    min: 1,
    max: 1,
    read: () => 0,
    write() {
      pages.drainAllPages();
      return 0;
    },
  });
}

/** The pool of huge pages. SIMPLIFIED: `_mempolicy` takes from all nodes too. */
function registerHugetlb(sysctls: Sysctls, hugetlb: Hstate): void {
  const resize = (wanted: number): number => {
    hugetlb.setMaxHugePages(wanted, null);
    return 0;
  };
  const size = { min: 0, max: INT_MAX, read: () => hugetlb.nr, write: resize };
  sysctls.register('vm.nr_hugepages', size);
  sysctls.register('vm.nr_hugepages_mempolicy', size);
  sysctls.register('vm.nr_overcommit_hugepages', {
    min: 0,
    max: INT_MAX,
    read: () => hugetlb.nrOvercommit,
    write(wanted) {
      hugetlb.nrOvercommit = wanted;
      return 0;
    },
  });
}

function registerAll<Field>(
  sysctls: Sysctls,
  rows: readonly Row<Field>[],
  read: (field: Field) => number,
  set: (field: Field, value: number) => void,
): void {
  for (const [name, field, min, max] of rows) {
    sysctls.register(name, {
      min,
      max,
      read: () => read(field),
      write: (value) => {
        set(field, value);
        return 0;
      },
    });
  }
}
