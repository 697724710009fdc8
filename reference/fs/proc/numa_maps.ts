/** The text of /proc/PID/numa_maps. Linux: fs/proc/task_mmu.c, show_numa_map(); mm/mempolicy.c, mpol_to_str(). */
import { VM_HUGETLB } from '../../include/mm_types.ts';
import { PG_active, PG_anon, PG_dirty, PG_swapcache, PG_unevictable, PG_writeback } from '../../include/page_flags.ts';
import { HPAGE_PMD_NR, PAGE_SIZE, PMD_SIZE } from '../../include/param.ts';
import type { Pfn, UserAddr } from '../../include/types.ts';
import type { MemorySystem } from '../../mm/memory_system.ts';
import type { Mempolicy } from '../../mm/mempolicy.ts';
import type { MmStruct } from '../../mm/mm_struct.ts';
import { type HugeVisit, type PteVisit, walkPageRange } from '../../mm/pagewalk.ts';
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
  /** Its pages are those of hugetlb. */
  readonly huge: boolean;
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
  const words = [hex8(map.start), map.policy, map.what, map.huge ? 'huge' : ''];
  if (pages > 0) {
    const named = (name: string, count: number, shown = count > 0): string => (shown ? `${name}=${count}` : '');
    words.push(
      named('anon', anon),
      named('dirty', dirty),
      named('mapped', pages, pages !== anon && pages !== dirty),
      named('mapmax', mapcountMax, mapcountMax > 1),
      named('swapcache', map.swapcache),
      named('active', active, active < pages && !map.huge),
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

/** @param policy  of the process: of mappings without one of their own */
export function numaMapsOf(system: MemorySystem, mm: MmStruct, policy: Mempolicy): string {
  return [...mm.vmas]
    .map((vma) => numaMapShow(numaMapOf(system, mm, vma, policyText(vma.vmPolicy ?? policy))))
    .join('');
}

function numaMapOf(system: MemorySystem, mm: MmStruct, vma: VmArea, policy: string): NumaMapFigures {
  const { memMap } = system;
  const counts = { pages: 0, anon: 0, dirty: 0, mapcountMax: 0, swapcache: 0, active: 0, writeback: 0 };
  const onNode = system.vmstat.nodes.map(() => 0);
  const count = (part: Pfn, isDirty: boolean, mapcount: number, pages: number): void => {
    const pfn = memMap.compoundHead(part);
    counts.pages += pages;
    if (isDirty || memMap.test(pfn, PG_dirty)) counts.dirty += pages;
    if (memMap.test(pfn, PG_swapcache)) counts.swapcache += pages;
    if (memMap.test(pfn, PG_active | PG_unevictable)) counts.active += pages;
    if (memMap.test(pfn, PG_writeback)) counts.writeback += pages;
    if (memMap.test(pfn, PG_anon)) counts.anon += pages;
    counts.mapcountMax = Math.max(counts.mapcountMax, mapcount);
    onNode[system.pages.nidOf(pfn)] += pages;
  };
  const countOne: PteVisit = (words, i) => {
    const low = words[i];
    if (!ptePresent(low) || low & PTE_SPECIAL) return;
    const pfn = ptePfn(low, words[i + 1]);
    count(pfn, (low & PTE_DIRTY) !== 0, system.huge.folios.pageMapcount(pfn), 1);
  };
  const isHugetlb = (vma.vmFlags & VM_HUGETLB) !== 0;
  // Pages of hugetlb count as what they are; other huge pages as small ones.
  const countHuge: HugeVisit = (pmd, i) => {
    if (pmd[i] & PTE_SPECIAL) return;
    const head = ptePfn(pmd[i], pmd[i + 1]);
    const mapcount = isHugetlb ? memMap.mapcount[head] : system.huge.folios.pageMapcount(head);
    count(head, (pmd[i] & PTE_DIRTY) !== 0, mapcount, isHugetlb ? 1 : HPAGE_PMD_NR);
  };
  walkPageRange(vma.vmMm, vma.vmStart, vma.vmEnd, countOne, countHuge);
  const pageKb = (isHugetlb ? PMD_SIZE : PAGE_SIZE) / 1024;
  return { start: vma.vmStart, policy, what: whatOf(mm, vma), huge: isHugetlb, ...counts, onNode, pageKb };
}

function whatOf(mm: MmStruct, vma: VmArea): string {
  const { name } = mapOf(mm, vma);
  if (vma.vmFile !== null) return `file=${name.replaceAll(' ', '\\040')}`;
  return name === '[heap]' ? 'heap' : name === '[stack]' ? 'stack' : '';
}
