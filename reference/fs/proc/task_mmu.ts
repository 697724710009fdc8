/**
 * What /proc/PID/smaps and /proc/PID/pagemap know of the pages of a mapping. Linux: fs/proc/task_mmu.c.
 *
 * A page that several entries map counts in Pss by its share: in 1/4096 of a byte, and rounded down at the end only.
 */
import { VM_LOCKED, VM_SHARED, VM_WRITE } from '../../include/mm_types.ts';
import { PG_anon, PG_dirty, PG_referenced, PG_swapbacked } from '../../include/page_flags.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Pfn } from '../../include/types.ts';
import type { MemorySystem } from '../../mm/memory_system.ts';
import { walkPageRange } from '../../mm/pagewalk.ts';
import { PTE_ACCESSED, PTE_DIRTY, PTE_SPECIAL, pteIndex, pteIsGuard, ptePfn, ptePresent } from '../../mm/pte.ts';
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
  walkPageRange(vma.vmMm, vma.vmStart, vma.vmEnd, (words, i) => {
    const low = words[i];
    const high = words[i + 1];
    if (ptePresent(low)) {
      if (!(low & PTE_SPECIAL)) smapsAccount(system, sums, low, ptePfn(low, high));
    } else if (!pteIsGuard(low, high)) {
      const users = system.swap?.swap.swapCount(pteToSwpEntry(low, high)) ?? 1;
      sums.Swap += PAGE_SIZE;
      sums.SwapPss += share(users);
    }
  });
  sums.Swap += shmemSwapUsage(system, vma);
  if (vma.vmFlags & VM_LOCKED) sums.Locked += sums.Pss - pssBefore;
}

const share = (users: number): number => Math.floor(PSS_PER_PAGE / Math.max(users, 1));

/** Linux: smaps_account(). */
function smapsAccount({ memMap }: MemorySystem, sums: SmapsSums, low: number, pfn: Pfn): void {
  const flags = memMap.flags[pfn];
  const mapcount = memMap.mapcount[pfn];
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
  walkPageRange(vma.vmMm, vma.vmStart, vma.vmEnd, (words, i, addr) => {
    const page = (addr - vma.vmStart) / PAGE_SIZE;
    const low = words[i];
    const high = words[i + 1];
    if (ptePresent(low)) entries.push(presentEntry(system, page, low, ptePfn(low, high)));
    else if (pteIsGuard(low, high)) entries.push({ ...plain, page, kind: 'guard', id: 0 });
    else entries.push({ ...plain, page, kind: 'swap', id: pteToSwpEntry(low, high) });
  });
  return entries;
}

function presentEntry({ memMap, pageCache }: MemorySystem, page: number, low: number, id: Pfn): PagemapEntry {
  const kind = 'present';
  if (low & PTE_SPECIAL) return { page, kind, id, exclusive: false, file: false, zero: true, large: false };
  const file = !memMap.test(id, PG_anon);
  const large = file && pageCache.mappingOf(id).folioOrder(memMap.index[id]) > 0;
  return { page, kind, id, exclusive: memMap.mapcount[id] === 1, file, zero: false, large };
}
