/** Huge pages, as their files read and set them. Linux: mm/hugetlb_sysfs.c, mm/huge_memory.c, mm/khugepaged.c. */
import type { HugetlbSource } from '../../include/hugetlb_report.ts';

/** The pool. */
export interface HugetlbControl extends HugetlbSource {
  nrOvercommit: number;
  /** As many as asked for, or as can be had. @param nid  of one node; null: of the machine */
  setMaxHugePages(wanted: number, nid: number | null): void;
}

export const DEFRAG_WORDS = ['always', 'defer', 'defer+madvise', 'madvise', 'never'] as const;

/** Transparent ones; fields as their files, see transparent_hugepage.ts. */
export interface ThpControl {
  defrag: (typeof DEFRAG_WORDS)[number];
  useZeroPage: 0 | 1;
  shrinkUnderused: 0 | 1;
  readonly khugepaged: KhugepagedControl;
}

export interface KhugepagedControl {
  defrag: 0 | 1;
  pagesToScan: number;
  scanSleepMillisecs: number;
  allocSleepMillisecs: number;
  maxPtesNone: number;
  maxPtesSwap: number;
  maxPtesShared: number;
}

/** What a kernel with huge pages has. */
export interface HugeControl {
  readonly hugetlb: HugetlbControl;
  readonly thp: ThpControl;
}
