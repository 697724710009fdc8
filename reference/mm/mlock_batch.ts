/**
 * Pages that are to be locked or unlocked wait in a batch, each held by a reference, until there are enough.
 * Linux: struct mlock_fbatch, mm/mlock.c, mlock_folio_batch(); lru_add_drain().
 *
 * It shows: a page that waits here is held once more, so a write to it copies where it could have been reused.
 * SIMPLIFIED: one batch, not one for each CPU; the other batches of mm/swap.c are not kept (lruvec.ts).
 */
import type { Pfn } from '../include/types.ts';
import type { Lruvecs } from './lruvec.ts';
import { mlockFolio, mlockNewFolio, munlockFolio } from './mlock_folio.ts';
import type { Folios } from './swap.ts';

/** Pages that wait at most. Linux: PAGEVEC_SIZE. */
const BATCH_SIZE = 31;

type Change = (lru: Lruvecs, pfn: Pfn) => void;

export class MlockBatch {
  readonly #lru: Lruvecs;
  readonly #folios: Folios;
  #waiting: { readonly pfn: Pfn; readonly change: Change }[] = [];

  constructor(lru: Lruvecs, folios: Folios) {
    this.#lru = lru;
    this.#folios = folios;
  }

  /** A locked mapping maps a page. */
  mlock(pfn: Pfn): void {
    this.#add(pfn, mlockFolio);
  }

  /** The same for a new page, which comes to the LRU with it. */
  mlockNew(pfn: Pfn): void {
    this.#add(pfn, mlockNewFolio);
  }

  /** A locked mapping maps a page no longer. */
  munlock(pfn: Pfn): void {
    this.#add(pfn, munlockFolio);
  }

  /** All that waits is done. Linux: mlock_drain_local(). */
  drain(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const { pfn, change } of waiting) {
      change(this.#lru, pfn);
      this.#folios.put(pfn);
    }
  }

  #add(pfn: Pfn, change: Change): void {
    this.#folios.get(pfn);
    this.#waiting.push({ pfn, change });
    if (this.#waiting.length >= BATCH_SIZE) this.drain();
  }
}
