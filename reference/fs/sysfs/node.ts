/** /sys/devices/system/node: each node's memory, distances and CPUs. Linux: drivers/base/node.c. */
import { PMD_SIZE } from '../../include/param.ts';
import type { NodeStat } from '../../include/vm_items.ts';
import { attribute, type PseudoDir, type PseudoNode, pseudoDir } from '../proc/generic.ts';
import { lruRows } from '../proc/meminfo.ts';
import { numastatShow } from '../proc/numastat.ts';
import type { ProcRooms } from '../proc/proc_rooms.ts';
import { listOf, maskOf, pagesToKb } from '../proc/seq_file.ts';
import { nodeVmstatShow } from '../proc/vmstat.ts';
import { hugepagesDir } from './hugepages.ts';

const PMD_KB = PMD_SIZE / 1024;

/** In kB, in this order; HugePages_ are pages. */
export type NodeMeminfo = ReadonlyMap<string, number>;

/** Linux: node_read_meminfo(). */
export function nodeMeminfoShow(nid: number, values: NodeMeminfo): string {
  const lines = [...values].map(([name, value]) => {
    const label = `Node ${nid} ${`${name}:`.padEnd(16)}`;
    if (name.startsWith('HugePages_')) return `${label}${String(value).padStart(6)}\n`;
    return `${label}${String(value).padStart(8)} kB\n`;
  });
  return lines.join('');
}

export function nodeMeminfoOf(machine: ProcRooms, nid: number): NodeMeminfo {
  const { pages, system } = machine.booted;
  const stat = system.vmstat.nodes[nid];
  const node = (item: keyof NodeStat): number => pagesToKb(stat[item]);
  const zones = pages.zones.all.filter((zone) => zone.nid === nid);
  const total = pagesToKb(zones.reduce((sum, { managedPages }) => sum + managedPages, 0));
  const free = pagesToKb(zones.reduce((sum, { nrFreePages }) => sum + nrFreePages, 0));
  const mlocked = pagesToKb(zones.reduce((sum, zone) => sum + zone.stat.nr_mlock, 0));
  const huge = system.huge.hugetlb.report(nid);
  return new Map([
    ['MemTotal', total],
    ['MemFree', free],
    ['MemUsed', total - free],
    ['SwapCached', node('nr_swapcached')],
    ...lruRows(node),
    ['Mlocked', mlocked],
    ['Dirty', node('nr_dirty')],
    ['Writeback', node('nr_writeback')],
    ['FilePages', node('nr_file_pages')],
    ['Mapped', node('nr_mapped')],
    ['AnonPages', node('nr_anon_pages')],
    ['Shmem', node('nr_shmem')],
    ['KernelStack', stat.nr_kernel_stack],
    ['PageTables', node('nr_page_table_pages')],
    ['SecPageTables', node('nr_sec_page_table_pages')],
    ['NFS_Unstable', 0],
    ['Bounce', 0],
    ['WritebackTmp', 0],
    ['KReclaimable', node('nr_slab_reclaimable') + node('nr_kernel_misc_reclaimable')],
    ['Slab', node('nr_slab_reclaimable') + node('nr_slab_unreclaimable')],
    ['SReclaimable', node('nr_slab_reclaimable')],
    ['SUnreclaim', node('nr_slab_unreclaimable')],
    ['AnonHugePages', stat.nr_anon_transparent_hugepages * PMD_KB],
    ['ShmemHugePages', stat.nr_shmem_hugepages * PMD_KB],
    ['ShmemPmdMapped', stat.nr_shmem_pmdmapped * PMD_KB],
    ['FileHugePages', stat.nr_file_hugepages * PMD_KB],
    ['FilePmdMapped', stat.nr_file_pmdmapped * PMD_KB],
    ['HugePages_Total', huge.total],
    ['HugePages_Free', huge.free],
    ['HugePages_Surp', huge.surp],
  ]);
}

const listFile = (members: readonly number[]): PseudoNode => attribute(() => `${listOf(members)}\n`);

export function nodeDir(machine: ProcRooms): PseudoDir {
  const { zones } = machine.booted.pages;
  const { nodes } = zones.machine;
  const all = nodes.map((_, nid) => nid);
  const withMemory = all.filter((nid) => zones.all.some((zone) => zone.nid === nid && zone.managedPages > 0));
  const withCpus = all.filter((nid) => nodes[nid].cpus.length > 0);
  const each = all.map((nid): [string, PseudoNode] => [`node${nid}`, oneNode(machine, nid)]);
  return pseudoDir({
    has_cpu: listFile(withCpus),
    has_generic_initiator: listFile([]),
    has_memory: listFile(withMemory),
    has_normal_memory: listFile(withMemory),
    online: listFile(all),
    possible: listFile(all),
    ...Object.fromEntries(each),
  });
}

function oneNode(machine: ProcRooms, nid: number): PseudoDir {
  const { pages, system } = machine.booted;
  const { cpus, distances } = pages.zones.machine.nodes[nid];
  return pseudoDir({
    cpulist: listFile(cpus),
    cpumap: attribute(() => `${maskOf(cpus, machine.rooms.sched.nrCpus)}\n`),
    distance: attribute(() => `${distances.join(' ')}\n`),
    hugepages: hugepagesDir(machine, nid),
    meminfo: attribute(() => nodeMeminfoShow(nid, nodeMeminfoOf(machine, nid))),
    numastat: attribute(() => numastatShow(system.vmstat.zones[nid])),
    vmstat: attribute(() => nodeVmstatShow(machine, nid)),
  });
}
