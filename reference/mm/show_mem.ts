/** What is left of memory, line by line, as the kernel logs it when there is none. Linux: mm/show_mem.c, __show_mem(). */
import { MIGRATE_TYPES, type PageblockType } from '../include/migratetype.ts';
import { NR_PAGE_ORDERS, PAGE_SHIFT } from '../include/param.ts';
import type { NodeStat } from '../include/vm_items.ts';
import type { PageAllocator } from './alloc_pages.ts';
import type { Zone } from './zone.ts';

/** Free slots and all slots of swap. */
export interface SwapCounts {
  readonly nrSwapPages: number;
  readonly totalSwapPages: number;
}

/** By kind: unmovable, movable, reclaimable, kept for those who cannot wait, taken out of use. */
const TYPE_LETTERS = 'UMEHI';

const K = (pages: number): number => pages << (PAGE_SHIFT - 10);

export function showMem(pages: PageAllocator, swap: SwapCounts, hopeless: (nid: number) => boolean): string[] {
  const { vmstat, zones } = pages;
  const populated = zones.all.filter(({ managedPages }) => managedPages > 0);
  const nodes = vmstat.nodes.map((stat, nid) => nodeLine(nid, stat, hopeless(nid) ? 'yes' : 'no'));
  return [
    'Mem-Info:',
    ...globalLines(pages),
    ...nodes,
    ...populated.flatMap((zone) => [zoneLine(pages, zone), `lowmem_reserve[]: ${zone.lowmemReserve.join(' ')}`]),
    ...populated.map(freeLine),
    `${vmstat.globalNode('nr_file_pages')} total pagecache pages`,
    `${vmstat.globalNode('nr_swapcached')} pages in swap cache`,
    `Free swap  = ${K(swap.nrSwapPages)}kB`,
    `Total swap = ${K(swap.totalSwapPages)}kB`,
    `${pages.totalPages} pages RAM`,
    `${populated.reduce((sum, { name, managedPages }) => sum + (name === 'Movable' ? managedPages : 0), 0)} pages HighMem/MovableOnly`,
    '0 pages reserved',
    '0 pages hwpoisoned',
  ];
}

function globalLines({ vmstat, zones, nrFreePages }: PageAllocator): string[] {
  const n = (item: keyof NodeStat): number => vmstat.globalNode(item);
  return [
    `active_anon:${n('nr_active_anon')} inactive_anon:${n('nr_inactive_anon')} isolated_anon:${n('nr_isolated_anon')}`,
    ` active_file:${n('nr_active_file')} inactive_file:${n('nr_inactive_file')} isolated_file:${n('nr_isolated_file')}`,
    ` unevictable:${n('nr_unevictable')} dirty:${n('nr_dirty')} writeback:${n('nr_writeback')}`,
    ` slab_reclaimable:${n('nr_slab_reclaimable')} slab_unreclaimable:${n('nr_slab_unreclaimable')}`,
    ` mapped:${n('nr_mapped')} shmem:${n('nr_shmem')} pagetables:${n('nr_page_table_pages')}`,
    ` sec_pagetables:${n('nr_sec_page_table_pages')} bounce:0`,
    ` kernel_misc_reclaimable:${n('nr_kernel_misc_reclaimable')}`,
    ` free:${nrFreePages} free_pcp:${zones.nrPcpPages} free_cma:0`,
  ];
}

function nodeLine(nid: number, stat: NodeStat, unreclaimable: 'yes' | 'no'): string {
  const k = (item: keyof NodeStat): string => `${K(stat[item])}kB`;
  return [
    `Node ${nid} active_anon:${k('nr_active_anon')} inactive_anon:${k('nr_inactive_anon')}`,
    `active_file:${k('nr_active_file')} inactive_file:${k('nr_inactive_file')} unevictable:${k('nr_unevictable')}`,
    `isolated(anon):${k('nr_isolated_anon')} isolated(file):${k('nr_isolated_file')} mapped:${k('nr_mapped')}`,
    `dirty:${k('nr_dirty')} writeback:${k('nr_writeback')} shmem:${k('nr_shmem')} shmem_thp:${k('nr_shmem_hugepages')}`,
    `shmem_pmdmapped:${k('nr_shmem_pmdmapped')} anon_thp:${k('nr_anon_transparent_hugepages')} writeback_tmp:0kB`,
    `kernel_stack:${stat.nr_kernel_stack}kB pagetables:${k('nr_page_table_pages')}`,
    `sec_pagetables:${k('nr_sec_page_table_pages')} all_unreclaimable? ${unreclaimable}`,
  ].join(' ');
}

function zoneLine({ zones, cpu }: PageAllocator, zone: Zone): string {
  const { stat, watermarkBoost, managedPages } = zone;
  const pcps = zones.nodeOfCpu.map((_, each) => zones.pcp(zone, each).count);
  const inPcps = pcps.reduce((sum, count) => sum + count, 0);
  return [
    `Node ${zone.nid} ${zone.name} free:${K(zone.nrFreePages)}kB boost:${K(watermarkBoost)}kB`,
    `min:${K(zone.wmarkPages('min'))}kB low:${K(zone.wmarkPages('low'))}kB high:${K(zone.wmarkPages('high'))}kB`,
    `reserved_highatomic:${K(zone.nrReservedHighatomic)}KB active_anon:${K(stat.nr_zone_active_anon)}kB`,
    `inactive_anon:${K(stat.nr_zone_inactive_anon)}kB active_file:${K(stat.nr_zone_active_file)}kB`,
    `inactive_file:${K(stat.nr_zone_inactive_file)}kB unevictable:${K(stat.nr_zone_unevictable)}kB`,
    `writepending:${K(stat.nr_zone_write_pending)}kB present:${K(managedPages)}kB managed:${K(managedPages)}kB`,
    `mlocked:${K(stat.nr_mlock)}kB bounce:0kB free_pcp:${K(inPcps)}kB local_pcp:${K(pcps[cpu] ?? 0)}kB free_cma:0kB`,
  ].join(' ');
}

/** `Node 0 Normal: 3*4kB (UM) 0*8kB ... = 12kB` */
function freeLine({ nid, name, areas }: Zone): string {
  let total = 0;
  const orders = Array.from({ length: NR_PAGE_ORDERS }, (_, order) => {
    const blocks = areas.nrFree[order];
    total += blocks << order;
    const types = Array.from({ length: MIGRATE_TYPES }, (_t, type) => type as PageblockType);
    const letters = types.filter((type) => areas.list(order, type).size > 0).map((type) => TYPE_LETTERS[type]);
    return `${blocks}*${K(1 << order)}kB ${letters.length > 0 ? `(${letters.join('')}) ` : ''}`;
  });
  return `Node ${nid} ${name}: ${orders.join('')}= ${K(total)}kB`;
}
