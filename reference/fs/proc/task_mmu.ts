/**
 * What /proc/PID/smaps and /proc/PID/pagemap know of the pages of a mapping. Linux: fs/proc/task_mmu.c.
 *
 * A page that several entries map counts in Pss by its share: in 1/4096 of a byte, and rounded down at the end only.
 */
import { VM_HUGETLB, VM_LOCKED, VM_SHARED, VM_WRITE } from '../../include/mm_types.ts';
import { PG_anon, PG_dirty, PG_referenced, PG_swapbacked } from '../../include/page_flags.ts';
import { HPAGE_PMD_NR, PAGE_SIZE, PMD_SIZE } from '../../include/param.ts';
import type { Pfn } from '../../include/types.ts';
import type { MemorySystem } from '../../mm/memory_system.ts';
import { type HugeVisit, type PteVisit, walkPageRange } from '../../mm/pagewalk.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_SPECIAL, pteIndex, pteIsGuard, ptePfn, ptePresent } from '../../mm/pte.ts';
import { PG_LARGE } from '../../mm/rmap_folio.ts';
import { pteToSwpEntry } from '../../mm/swapops.ts';
import { type VmArea, vmaPages } from '../../mm/vma.ts';

/** log2 of the parts of a byte that Pss is counted in. */
const PSS_SHIFT = 12;
const PSS_PER_PAGE = PAGE_SIZE * 2 ** PSS_SHIFT;
const PSS_PER_KB = 1024 * 2 ** PSS_SHIFT;

/** The lines of smaps that count pages, in kB, in their order. Linux: struct mem_size_stats. */
export const SMAPS_FIELDS = [
  'Rss',
  'Pss',
  'Pss_Dirty',
  'Shared_Clean',
  'Shared_Dirty',
  'Private_Clean',
  'Private_Dirty',
  'Referenced',
  'Anonymous',
  'LazyFree',
  'AnonHugePages',
  'Shared_Hugetlb',
  'Private_Hugetlb',
  'Swap',
  'SwapPss',
  'Locked',
] as const;
export type Smaps = Record<(typeof SMAPS_FIELDS)[number], number>;

/** What smaps_rollup shows besides, in parts of a byte. */
export const ROLLUP_FIELDS = ['Pss_Anon', 'Pss_File', 'Pss_Shmem'] as const;

/** In bytes; Pss and the like in parts of a byte. Linux: struct mem_size_stats. */
export type SmapsSums = Record<(typeof SMAPS_FIELDS)[number] | (typeof ROLLUP_FIELDS)[number], number>;

export function noSmaps(): SmapsSums {
  return Object.fromEntries([...SMAPS_FIELDS, ...ROLLUP_FIELDS].map((field) => [field, 0])) as SmapsSums;
}

/** Fields that are counted in parts of a byte. */
const PARTS: readonly string[] = ['Pss', 'Pss_Dirty', ...ROLLUP_FIELDS, 'SwapPss', 'Locked'];

/** In kB, rounded down. */
export function smapsToKb(sums: SmapsSums): SmapsSums {
  const rounded = noSmaps();
  for (const field of [...SMAPS_FIELDS, ...ROLLUP_FIELDS]) {
    rounded[field] = Math.floor(sums[field] / (PARTS.includes(field) ? PSS_PER_KB : 1024));
  }
  return rounded;
}

/** In kB. */
export function smapGatherStats(system: MemorySystem, vma: VmArea): Smaps {
  const sums = noSmaps();
  smapAdd(system, sums, vma);
  const rounded = smapsToKb(sums);
  return Object.fromEntries(SMAPS_FIELDS.map((field) => [field, rounded[field]])) as Smaps;
}

/** Adds what one mapping has. Linux: smap_gather_stats(). */
export function smapAdd(system: MemorySystem, sums: SmapsSums, vma: VmArea): void {
  const pssBefore = sums.Pss;
  const addPage: PteVisit = (words, i) => {
    const low = words[i];
    const high = words[i + 1];
    if (ptePresent(low)) {
      if (!(low & PTE_SPECIAL)) smapsAccount(system, sums, low, ptePfn(low, high));
    } else if (!pteIsGuard(low, high)) {
      const users = system.swap?.swap.swapCount(pteToSwpEntry(low, high)) ?? 1;
      sums.Swap += PAGE_SIZE;
      sums.SwapPss += share(users);
    }
  };
  const addHuge: HugeVisit = (pmd, i) => {
    if (vma.vmFlags & VM_HUGETLB) smapsHugetlb(system, sums, ptePfn(pmd[i], pmd[i + 1]));
    else if (!(pmd[i] & PTE_SPECIAL)) smapsHuge(system, sums, pmd[i], ptePfn(pmd[i], pmd[i + 1]));
  };
  walkPageRange(vma.vmMm, vma.vmStart, vma.vmEnd, addPage, addHuge);
  sums.Swap += shmemSwapUsage(system, vma);
  if (vma.vmFlags & VM_LOCKED) sums.Locked += sums.Pss - pssBefore;
}

const share = (users: number): number => Math.floor(PSS_PER_PAGE / Math.max(users, 1));

/** Linux: smaps_account(). */
function smapsAccount({ memMap, huge }: MemorySystem, sums: SmapsSums, low: number, pfn: Pfn): void {
  const flags = memMap.flags[pfn] | memMap.flags[memMap.compoundHead(pfn)];
  const mapcount = flags & PG_LARGE ? huge.folios.pageMapcount(pfn) : memMap.mapcount[pfn];
  const dirty = (low & PTE_DIRTY) !== 0 || (flags & PG_dirty) !== 0;
  const pss = share(mapcount);
  if (flags & PG_anon) {
    sums.Anonymous += PAGE_SIZE;
    if (!(flags & PG_swapbacked) && !dirty) sums.LazyFree += PAGE_SIZE;
  }
  sums.Rss += PAGE_SIZE;
  sums.Pss += pss;
  sums[flags & PG_anon ? 'Pss_Anon' : flags & PG_swapbacked ? 'Pss_Shmem' : 'Pss_File'] += pss;
  if (low & PTE_ACCESSED || flags & PG_referenced) sums.Referenced += PAGE_SIZE;
  if (dirty) sums.Pss_Dirty += pss;
  if (mapcount < 2) sums[dirty ? 'Private_Dirty' : 'Private_Clean'] += PAGE_SIZE;
  else sums[dirty ? 'Shared_Dirty' : 'Shared_Clean'] += PAGE_SIZE;
}

/** Linux: smaps_pmd_entry(). */
function smapsHuge(system: MemorySystem, sums: SmapsSums, low: number, head: Pfn): void {
  sums.AnonHugePages += PMD_SIZE;
  for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) smapsAccount(system, sums, low, pfn);
}

/** Linux: smaps_hugetlb_range(). */
function smapsHugetlb({ memMap }: MemorySystem, sums: SmapsSums, head: Pfn): void {
  sums[memMap.mapcount[head] > 1 ? 'Shared_Hugetlb' : 'Private_Hugetlb'] += PMD_SIZE;
}

/**
 * Bytes of the mapped part of a file in memory that are in swap, whoever put them there; not where private copies may
 * stand instead. Linux: shmem_partial_swap_usage().
 */
function shmemSwapUsage({ pageCache }: MemorySystem, vma: VmArea): number {
  if (vma.vmFile?.mapping === undefined) return 0;
  const { swapped } = pageCache.mappings.byId(vma.vmFile.mapping);
  let pages = 0;
  for (const index of swapped.keys()) {
    const inVma = index - vma.vmPgoff;
    if (inVma < 0 || inVma >= vmaPages(vma)) continue;
    if (vma.vmFlags & VM_SHARED || !(vma.vmFlags & VM_WRITE) || isHole(vma, inVma)) pages++;
  }
  return pages * PAGE_SIZE;
}

function isHole(vma: VmArea, page: number): boolean {
  const addr = vma.vmStart + page * PAGE_SIZE;
  const words = vma.vmMm.pteTable(addr);
  return words === null || (words[pteIndex(addr)] | words[pteIndex(addr) + 1]) === 0;
}

/** What pagemap says of one page of a mapping; pages of which it says nothing are left out. */
export interface PagemapEntry {
  /** From the start of the mapping. */
  readonly page: number;
  readonly kind: 'present' | 'swap' | 'guard';
  /** present: the frame; swap: the entry; guard: 0. */
  readonly id: number;
  /** It alone maps the page. */
  readonly exclusive: boolean;
  /** Of a file, or of shared memory. */
  readonly file: boolean;
  /** The page of zeroes. */
  readonly zero: boolean;
  /** In a folio of more pages. /proc/kpageflags: KPF_THP. */
  readonly large: boolean;
}

/** Linux: pte_to_pagemap_entry(). */
export function pagemap(system: MemorySystem, vma: VmArea): PagemapEntry[] {
  const entries: PagemapEntry[] = [];
  const plain = { exclusive: false, file: false, zero: false, large: false };
  const one: PteVisit = (words, i, addr) => {
    const page = (addr - vma.vmStart) / PAGE_SIZE;
    const low = words[i];
    const high = words[i + 1];
    if (ptePresent(low)) entries.push(presentEntry(system, page, low, ptePfn(low, high)));
    else if (pteIsGuard(low, high)) entries.push({ ...plain, page, kind: 'guard', id: 0 });
    else entries.push({ ...plain, page, kind: 'swap', id: pteToSwpEntry(low, high) });
  };
  const huge: HugeVisit = (pmd, i, addr) => {
    const first = (addr - vma.vmStart) / PAGE_SIZE;
    const head = ptePfn(pmd[i], pmd[i + 1]);
    for (let at = 0; at < HPAGE_PMD_NR; at++) entries.push(hugeEntry(system, vma, first + at, pmd[i], head + at));
  };
  walkPageRange(vma.vmMm, vma.vmStart, vma.vmEnd, one, huge);
  return entries;
}

/** One page of a huge page, of which the first frame says whether it is exclusive. Linux: pagemap_pmd_range(), pagemap_hugetlb_range(). */
function hugeEntry(system: MemorySystem, vma: VmArea, page: number, low: number, id: Pfn): PagemapEntry {
  const { memMap, huge } = system;
  const kind = 'present';
  if (low & PTE_SPECIAL) return { page, kind, id, exclusive: false, file: true, zero: true, large: true };
  const head = memMap.compoundHead(id);
  const file = !memMap.test(head, PG_anon);
  if (vma.vmFlags & VM_HUGETLB) {
    return { page, kind, id, exclusive: memMap.mapcount[head] === 1, file, zero: false, large: false };
  }
  return { page, kind, id, exclusive: huge.folios.pageMapcount(head) === 1, file, zero: false, large: true };
}

function presentEntry({ memMap, pageCache, huge }: MemorySystem, page: number, low: number, id: Pfn): PagemapEntry {
  const kind = 'present';
  if (low & PTE_SPECIAL) return { page, kind, id, exclusive: false, file: false, zero: true, large: false };
  const file = !memMap.test(id, PG_anon);
  const large = file ? pageCache.mappingOf(id).folioOrder(memMap.index[id]) > 0 : memMap.test(id, PG_LARGE);
  return { page, kind, id, exclusive: huge.folios.pageMapcount(id) === 1, file, zero: false, large };
}
