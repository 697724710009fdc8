/** The text of /proc/meminfo. Linux: fs/proc/meminfo.c; mm/show_mem.c, si_mem_available(). */
import { PAGE_SIZE, PMD_SIZE } from '../../include/param.ts';
import type { NodeStat } from '../../include/vm_items.ts';
import { totalreservePages } from '../../mm/balance_dirty_pages.ts';
import { vmCommitLimit } from '../../mm/util.ts';
import type { ProcRooms } from './proc_rooms.ts';
import { countLine, kbLine, pagesToKb } from './seq_file.ts';

/** Bytes that vmalloc may map: 32 TiB less one page group, in kB. Linux: VMALLOC_TOTAL. */
const VMALLOC_TOTAL_KB = 34359738367;
/** In kB. */
const PMD_KB = PMD_SIZE / 1024;
const PUD_KB = 512 * PMD_KB;

/** In kB, in this order; HugePages_ are pages. */
export type Meminfo = ReadonlyMap<string, number>;

export function meminfoShow(values: Meminfo): string {
  const lines = [...values].map(([name, value]) =>
    name.startsWith('HugePages_') ? countLine(name, value) : kbLine(name, value),
  );
  return lines.join('');
}

/** SIMPLIFIED: block devices have no cache of their own (Buffers), and the kernel's own memory is not counted. */
export function meminfoOf(machine: ProcRooms): Meminfo {
  const { system, pages, swapCache } = machine.booted;
  const { vmstat } = system;
  const node = (item: keyof NodeStat): number => pagesToKb(vmstat.globalNode(item));
  const swap = swapCache.swap.siSwapinfo();
  const huge = system.huge.hugetlb.report(null);
  const rows: [string, number][] = [
    ['MemTotal', pagesToKb(pages.totalPages)],
    ['MemFree', pagesToKb(pages.nrFreePages)],
    ['MemAvailable', pagesToKb(memAvailable(machine))],
    ['Buffers', 0],
    ['Cached', node('nr_file_pages') - node('nr_swapcached')],
    ['SwapCached', node('nr_swapcached')],
    ...lruRows(node),
    ['Mlocked', pagesToKb(vmstat.globalZone('nr_mlock'))],
    ['SwapTotal', pagesToKb(swap.total)],
    ['SwapFree', pagesToKb(swap.free)],
    ['Zswap', 0],
    ['Zswapped', 0],
    ['Dirty', node('nr_dirty')],
    ['Writeback', node('nr_writeback')],
    ['AnonPages', node('nr_anon_pages')],
    ['Mapped', node('nr_mapped')],
    ['Shmem', node('nr_shmem')],
    ['KReclaimable', node('nr_slab_reclaimable') + node('nr_kernel_misc_reclaimable')],
    ['Slab', node('nr_slab_reclaimable') + node('nr_slab_unreclaimable')],
    ['SReclaimable', node('nr_slab_reclaimable')],
    ['SUnreclaim', node('nr_slab_unreclaimable')],
    ['KernelStack', vmstat.globalNode('nr_kernel_stack')],
    ['PageTables', node('nr_page_table_pages')],
    ['SecPageTables', node('nr_sec_page_table_pages')],
    ['NFS_Unstable', 0],
    ['Bounce', 0],
    ['WritebackTmp', 0],
    ['CommitLimit', pagesToKb(vmCommitLimit(machine.rooms.policy))],
    ['Committed_AS', pagesToKb(machine.rooms.commit.committedAs)],
    ['VmallocTotal', VMALLOC_TOTAL_KB],
    ['VmallocUsed', 0],
    ['VmallocChunk', 0],
    ['Percpu', 0],
    ['AnonHugePages', vmstat.globalNode('nr_anon_transparent_hugepages') * PMD_KB],
    ['ShmemHugePages', vmstat.globalNode('nr_shmem_hugepages') * PMD_KB],
    ['ShmemPmdMapped', vmstat.globalNode('nr_shmem_pmdmapped') * PMD_KB],
    ['FileHugePages', vmstat.globalNode('nr_file_hugepages') * PMD_KB],
    ['FilePmdMapped', vmstat.globalNode('nr_file_pmdmapped') * PMD_KB],
    ['Balloon', 0],
    ['HugePages_Total', huge.total],
    ['HugePages_Free', huge.free],
    ['HugePages_Rsvd', huge.rsvd],
    ['HugePages_Surp', huge.surp],
    ['Hugepagesize', PMD_KB],
    ['Hugetlb', huge.total * PMD_KB],
    ...directMapRows(machine),
  ];
  return new Map(rows);
}

/** Active ... Unevictable, of the machine or of a node. @param kb  what is counted of it, in kB */
export function lruRows(node: (item: keyof NodeStat) => number): [string, number][] {
  return [
    ['Active', node('nr_active_anon') + node('nr_active_file')],
    ['Inactive', node('nr_inactive_anon') + node('nr_inactive_file')],
    ['Active(anon)', node('nr_active_anon')],
    ['Inactive(anon)', node('nr_inactive_anon')],
    ['Active(file)', node('nr_active_file')],
    ['Inactive(file)', node('nr_inactive_file')],
    ['Unevictable', node('nr_unevictable')],
  ];
}

/**
 * Pages that a new program could have without swapping: what is free, and what of caches may go; half of a cache, or what
 * the low watermarks ask for, is thought to be needed. Linux: si_mem_available().
 */
export function memAvailable({ booted: { pages, system } }: ProcRooms): number {
  const { vmstat } = system;
  const zones = pages.zones.all;
  const low = zones.reduce((sum, zone) => sum + zone.wmarkPages('low'), 0);
  const spared = (cache: number): number => cache - Math.min(Math.floor(cache / 2), low);
  const pagecache = vmstat.globalNode('nr_active_file') + vmstat.globalNode('nr_inactive_file');
  const slab = vmstat.globalNode('nr_slab_reclaimable') + vmstat.globalNode('nr_kernel_misc_reclaimable');
  return Math.max(pages.nrFreePages - totalreservePages(zones) + spared(pagecache) + spared(slab), 0);
}

/** All memory in the largest pages that fit. Linux: arch_report_meminfo(). */
function directMapRows({ booted: { pages } }: ProcRooms): [string, number][] {
  const kb = { small: 0, large: 0, huge: 0 };
  for (const { range } of pages.zones.all) {
    let from = range.startPfn;
    const ends = [...range.holes.map(({ start }) => start), range.startPfn + range.spannedPages];
    for (const [i, end] of ends.entries()) {
      addDirectMap(kb, (from * PAGE_SIZE) / 1024, (end * PAGE_SIZE) / 1024);
      from = range.holes[i]?.end ?? end;
    }
  }
  return [
    ['DirectMap4k', kb.small],
    ['DirectMap2M', kb.large],
    ['DirectMap1G', kb.huge],
  ];
}

function addDirectMap(kb: { small: number; large: number; huge: number }, start: number, end: number): void {
  const within = (size: number): [number, number] => {
    const first = Math.ceil(start / size) * size;
    return [first, Math.max(Math.floor(end / size) * size, first)];
  };
  const [largeStart, largeEnd] = within(PMD_KB);
  const [hugeStart, hugeEnd] = within(PUD_KB);
  const huge = hugeEnd - hugeStart;
  const large = Math.max(largeEnd, largeStart) - largeStart;
  kb.huge += huge;
  kb.large += large - huge;
  kb.small += end - start - large;
}
