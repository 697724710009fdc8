/**
 * What /sys/kernel/mm/transparent_hugepage says, but `enabled`, which decides about address spaces too (MmMachine).
 * Linux: mm/huge_memory.c, mm/khugepaged.c.
 */
import {
  __GFP_DIRECT_RECLAIM,
  __GFP_KSWAPD_RECLAIM,
  __GFP_NORETRY,
  GFP_TRANSHUGE,
  GFP_TRANSHUGE_LIGHT,
} from '../include/gfp.ts';
import { HPAGE_PMD_NR } from '../include/param.ts';

/** How hard a fault tries to get a huge page. */
export const DEFRAG_MODES = ['always', 'defer', 'defer+madvise', 'madvise', 'never'] as const;
export type DefragMode = (typeof DEFRAG_MODES)[number];

/** /sys/kernel/mm/transparent_hugepage/khugepaged. */
export interface KhugepagedSettings {
  /** It may reclaim for the pages it makes. */
  defrag: 0 | 1;
  /** Pages of one round. */
  pagesToScan: number;
  scanSleepMillisecs: number;
  /** After a huge page could not be had. */
  allocSleepMillisecs: number;
  /** Most of 512 entries that may be empty, in swap, or pages of others too. */
  maxPtesNone: number;
  maxPtesSwap: number;
  maxPtesShared: number;
}

export class ThpSettings {
  defrag: DefragMode = 'madvise';
  useZeroPage: 0 | 1 = 1;
  /** Huge pages that are mostly zeroes are split under pressure. */
  shrinkUnderused: 0 | 1 = 1;
  readonly khugepaged: KhugepagedSettings = {
    defrag: 1,
    pagesToScan: HPAGE_PMD_NR * 8,
    scanSleepMillisecs: 10_000,
    allocSleepMillisecs: 60_000,
    maxPtesNone: HPAGE_PMD_NR - 1,
    maxPtesSwap: HPAGE_PMD_NR / 8,
    maxPtesShared: HPAGE_PMD_NR / 2,
  };

  /** @param advised  MADV_HUGEPAGE. @returns gfp flags of a fault. Linux: vma_thp_gfp_mask() */
  faultGfp(advised: boolean): number {
    switch (this.defrag) {
      case 'always':
        return GFP_TRANSHUGE | (advised ? 0 : __GFP_NORETRY);
      case 'defer':
        return GFP_TRANSHUGE_LIGHT | __GFP_KSWAPD_RECLAIM;
      case 'defer+madvise':
        return GFP_TRANSHUGE_LIGHT | (advised ? __GFP_DIRECT_RECLAIM : __GFP_KSWAPD_RECLAIM);
      case 'madvise':
        return GFP_TRANSHUGE_LIGHT | (advised ? __GFP_DIRECT_RECLAIM : 0);
      case 'never':
        return GFP_TRANSHUGE_LIGHT;
    }
  }

  /** Linux: alloc_hugepage_khugepaged_gfpmask(). */
  get khugepagedGfp(): number {
    return this.khugepaged.defrag ? GFP_TRANSHUGE : GFP_TRANSHUGE_LIGHT;
  }
}
