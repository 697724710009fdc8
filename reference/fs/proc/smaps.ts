/** The texts of /proc/PID/smaps and smaps_rollup. Linux: fs/proc/task_mmu.c, show_smap(), show_smaps_rollup(). */
import { VM_HUGETLB } from '../../include/mm_types.ts';
import { PAGE_SIZE, PMD_SIZE } from '../../include/param.ts';
import { thpVmaAllowable, thpVmaSuitable } from '../../mm/huge_memory.ts';
import type { MemorySystem } from '../../mm/memory_system.ts';
import type { MmStruct } from '../../mm/mm_struct.ts';
import type { VmArea } from '../../mm/vma.ts';
import { type MapFigures, mapOf, mapShow } from './maps.ts';
import { countLine, kbLine } from './seq_file.ts';
import { noSmaps, smapAdd, smapGatherStats, smapsToKb } from './task_mmu.ts';
import { showVmFlags } from './vm_flags.ts';

/** All lines that count pages, in kB, in their order; what is not counted is 0. Linux: __show_smap(). */
const SMAP_LINES = [
  'Rss',
  'Pss',
  'Pss_Dirty',
  'Pss_Anon',
  'Pss_File',
  'Pss_Shmem',
  'Shared_Clean',
  'Shared_Dirty',
  'Private_Clean',
  'Private_Dirty',
  'Referenced',
  'Anonymous',
  'KSM',
  'LazyFree',
  'AnonHugePages',
  'ShmemPmdMapped',
  'FilePmdMapped',
  'Shared_Hugetlb',
  'Private_Hugetlb',
  'Swap',
  'SwapPss',
  'Locked',
] as const;
const ROLLUP_ONLY: readonly string[] = ['Pss_Anon', 'Pss_File', 'Pss_Shmem'];

/** In kB, by name; what is missing is 0. */
export type SmapFigures = Readonly<Partial<Record<string, number>>>;

export interface SmapEntry {
  readonly map: MapFigures;
  /** kB of a page: 4, or 2048 of hugetlb. */
  readonly pageKb: number;
  readonly figures: SmapFigures;
  readonly thpEligible: boolean;
  /** `rd wr mr mw me ac`. */
  readonly flags: string;
}

export function smapShow({ map, pageKb, figures, thpEligible, flags }: SmapEntry): string {
  const lines = SMAP_LINES.filter((name) => !ROLLUP_ONLY.includes(name));
  return [
    mapShow(map),
    kbLine('Size', (map.end - map.start) / 1024),
    kbLine('KernelPageSize', pageKb),
    kbLine('MMUPageSize', pageKb),
    ...lines.map((name) => kbLine(name, figures[name] ?? 0)),
    countLine('THPeligible', thpEligible ? 1 : 0),
    `VmFlags: ${flags === '' ? '' : `${flags} `}\n`,
  ].join('');
}

/** @param map  from the first mapping to the last */
export function rollupShow(map: MapFigures, figures: SmapFigures): string {
  return mapShow(map) + SMAP_LINES.map((name) => kbLine(name, figures[name] ?? 0)).join('');
}

/** Linux: thp_vma_allowable_orders() with TVA_SMAPS. */
function isThpEligible(mm: MmStruct, vma: VmArea): boolean {
  return thpVmaAllowable(mm, vma) && thpVmaSuitable(vma, vma.vmEnd - PMD_SIZE);
}

export function smapsOf(system: MemorySystem, mm: MmStruct): string {
  const entries = [...mm.vmas].map((vma) => {
    const figures: SmapFigures = smapGatherStats(system, vma);
    const map = mapOf(mm, vma);
    const flags = showVmFlags(vma.vmFlags);
    const pageKb = (vma.vmFlags & VM_HUGETLB ? PMD_SIZE : PAGE_SIZE) / 1024;
    return smapShow({ map, pageKb, figures, thpEligible: isThpEligible(mm, vma), flags });
  });
  return entries.join('');
}

export function smapsRollupOf(system: MemorySystem, mm: MmStruct): string {
  const sums = noSmaps();
  const vmas = [...mm.vmas];
  for (const vma of vmas) smapAdd(system, sums, vma);
  const span = { start: vmas[0]?.vmStart ?? 0, end: vmas.at(-1)?.vmEnd ?? 0 };
  const map = { ...span, perms: '---p', offset: 0, dev: '00:00', ino: 0, name: '[rollup]' };
  return rollupShow(map, smapsToKb(sums));
}
