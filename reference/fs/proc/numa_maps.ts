/** The text of /proc/PID/numa_maps. Linux: fs/proc/task_mmu.c, show_numa_map(); mm/mempolicy.c, mpol_to_str(). */
import { PG_active, PG_anon, PG_dirty, PG_swapcache, PG_unevictable, PG_writeback } from '../../include/page_flags.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Pfn, UserAddr } from '../../include/types.ts';
import type { MemorySystem } from '../../mm/memory_system.ts';
import type { Mempolicy } from '../../mm/mempolicy.ts';
import type { MmStruct } from '../../mm/mm_struct.ts';
import { walkPageRange } from '../../mm/pagewalk.ts';
import { PTE_DIRTY, PTE_SPECIAL, ptePfn, ptePresent } from '../../mm/pte.ts';
import type { VmArea } from '../../mm/vma.ts';
import { mapOf } from './maps.ts';
import { hex8, listOf } from './seq_file.ts';

/** Pages of one mapping. Linux: struct numa_maps. */
export interface NumaMapFigures {
  readonly start: UserAddr;
  readonly policy: string;
  /** `file=/usr/bin/cat`, `heap`, `stack`; '': none of these. */
  readonly what: string;
  readonly pages: number;
  readonly anon: number;
  readonly dirty: number;
  /** Most page tables that map one of them. */
  readonly mapcountMax: number;
  readonly swapcache: number;
  readonly active: number;
  readonly writeback: number;
  /** By node. */
  readonly onNode: readonly number[];
  /** kB. */
  readonly pageKb: number;
}

export function numaMapShow(map: NumaMapFigures): string {
  const { pages, anon, dirty, mapcountMax, active, onNode } = map;
  const words = [hex8(map.start), map.policy, map.what];
  if (pages > 0) {
    const named = (name: string, count: number, shown = count > 0): string => (shown ? `${name}=${count}` : '');
    words.push(
      named('anon', anon),
      named('dirty', dirty),
      named('mapped', pages, pages !== anon && pages !== dirty),
      named('mapmax', mapcountMax, mapcountMax > 1),
      named('swapcache', map.swapcache),
      named('active', active, active < pages),
      named('writeback', map.writeback),
      ...onNode.map((count, nid) => named(`N${nid}`, count)),
      named('kernelpagesize_kB', map.pageKb),
    );
  }
  return `${words.filter((word) => word !== '').join(' ')}\n`;
}

/** `bind:0-1`. Linux: mpol_to_str(). */
export function policyText(policy: Mempolicy): string {
  switch (policy.kind) {
    case 'default':
    case 'local':
      return policy.kind;
    case 'preferred':
      return `prefer:${policy.nid}`;
    default:
      return `${policy.kind}:${listOf(Array.from({ length: 31 }, (_, n) => n).filter((n) => policy.nodes & (1 << n)))}`;
  }
}

/** @param policy  of the process */
export function numaMapsOf(system: MemorySystem, mm: MmStruct, policy: Mempolicy): string {
  return [...mm.vmas].map((vma) => numaMapShow(numaMapOf(system, mm, vma, policyText(policy)))).join('');
}

function numaMapOf(system: MemorySystem, mm: MmStruct, vma: VmArea, policy: string): NumaMapFigures {
  const { memMap } = system;
  const counts = { pages: 0, anon: 0, dirty: 0, mapcountMax: 0, swapcache: 0, active: 0, writeback: 0 };
  const onNode = system.vmstat.nodes.map(() => 0);
  const count = (pfn: Pfn, isDirty: boolean): void => {
    counts.pages++;
    if (isDirty || memMap.test(pfn, PG_dirty)) counts.dirty++;
    if (memMap.test(pfn, PG_swapcache)) counts.swapcache++;
    if (memMap.test(pfn, PG_active | PG_unevictable)) counts.active++;
    if (memMap.test(pfn, PG_writeback)) counts.writeback++;
    if (memMap.test(pfn, PG_anon)) counts.anon++;
    counts.mapcountMax = Math.max(counts.mapcountMax, memMap.mapcount[pfn]);
    onNode[system.pages.nidOf(pfn)]++;
  };
  walkPageRange(vma.vmMm, vma.vmStart, vma.vmEnd, (words, i) => {
    const low = words[i];
    if (ptePresent(low) && !(low & PTE_SPECIAL)) count(ptePfn(low, words[i + 1]), (low & PTE_DIRTY) !== 0);
  });
  return { start: vma.vmStart, policy, what: whatOf(mm, vma), ...counts, onNode, pageKb: PAGE_SIZE / 1024 };
}

function whatOf(mm: MmStruct, vma: VmArea): string {
  const { name } = mapOf(mm, vma);
  if (vma.vmFile !== null) return `file=${name.replaceAll(' ', '\\040')}`;
  return name === '[heap]' ? 'heap' : name === '[stack]' ? 'stack' : '';
}
