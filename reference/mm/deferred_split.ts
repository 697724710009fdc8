/**
 * Under pressure, huge pages that are used in part only are split, so that what nobody maps is free.
 * Linux: mm/huge_memory.c, deferred_split_scan().
 *
 *     partially mapped    since a part of it was unmapped: in the order in which that happened
 *     underused           more of its pages are full of zeroes than khugepaged would have let be empty
 */
import { PG_mlocked } from '../include/page_flags.ts';
import { HPAGE_PMD_NR } from '../include/param.ts';
import type { Pfn } from '../include/types.ts';
import type { MemorySystem } from './memory_system.ts';
import { DEFAULT_SEEKS, SHRINK_BATCH, type ShrinkControl, type Shrinker } from './shrinker.ts';
import { splitFolio } from './split_folio.ts';

export class DeferredSplit implements Shrinker {
  readonly name = 'thp-deferred_split';
  readonly seeks = DEFAULT_SEEKS;
  readonly batch = SHRINK_BATCH;
  readonly numaAware = true;
  readonly #system: MemorySystem;

  constructor(system: MemorySystem) {
    this.#system = system;
  }

  countObjects(nid: number): number {
    return this.#candidates(nid).length;
  }

  scanObjects({ nid, nrToScan }: ShrinkControl): number | null {
    const { vmstat, huge } = this.#system;
    let split = 0;
    for (const head of this.#candidates(nid).slice(0, nrToScan)) {
      const isPartial = huge.folios.deferred.has(head);
      if (!isPartial && !this.#isUnderused(head)) continue;
      if (splitFolio(this.#system, head) === null) continue;
      if (!isPartial) vmstat.events.thp_underused_split_page++;
      split++;
    }
    return split === 0 && this.#candidates(nid).length === 0 ? null : split;
  }

  #candidates(nid: number): Pfn[] {
    const { huge, pages } = this.#system;
    const { deferred, mapped } = huge.folios;
    const heads = this.#looksForUnderused() ? new Set([...deferred, ...mapped.keys()]) : deferred;
    return [...heads].filter((head) => pages.nidOf(head) === nid);
  }

  /** With 511 no page could have too few. */
  #looksForUnderused(): boolean {
    const { shrinkUnderused, khugepaged } = this.#system.huge.thp;
    return shrinkUnderused === 1 && khugepaged.maxPtesNone < HPAGE_PMD_NR - 1;
  }

  /** Linux: thp_underused(). */
  #isUnderused(head: Pfn): boolean {
    const { memMap, memory, huge } = this.#system;
    if (memMap.test(head, PG_mlocked)) return false;
    let zeroes = 0;
    for (let pfn = head; pfn < head + HPAGE_PMD_NR; pfn++) if (memory.isZeroFrame(pfn)) zeroes++;
    return zeroes > huge.thp.khugepaged.maxPtesNone;
  }
}
