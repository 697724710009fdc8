/** What the text files show of the pool of huge pages. Linux: include/linux/hugetlb.h, struct hstate. */

/** Huge pages of 2 MiB, of the machine or of one node. */
export interface HugetlbReport {
  readonly total: number;
  readonly free: number;
  /** Promised, but not yet used; of a node always 0. */
  readonly rsvd: number;
  /** Beyond what was asked for. */
  readonly surp: number;
}

export const NO_HUGETLB: HugetlbReport = { total: 0, free: 0, rsvd: 0, surp: 0 };

/** Whoever keeps the pool. */
export interface HugetlbSource {
  /** @param nid  of one node; null: of the machine */
  report(nid: number | null): HugetlbReport;
}
