/**
 * Pages that are to be moved because a locked mapping has come or gone wait in a batch, each held by a reference, until there are enough.
 * Linux: struct mlock_fbatch, mm/mlock.c, mlock_folio_batch(); lru_add_drain().
 *
 * It shows: a page that waits here is held once more, so a write to it copies where it could have been reused. A write
 * that copies a page so new that it would not be on the LRU yet looks for such references: then nothing waits any more.
 * SIMPLIFIED: one batch, not one for each CPU. Of the batches of mm/swap.c only this is kept: which anonymous pages would
 * be in that for new pages. (They are on the LRU at once: lruvec.ts.)
 */
import type { Pfn } from '../include/types.ts';
import type { Lruvecs } from './lruvec.ts';
import { lruMlock, mlockFolio, munlockFolio } from './mlock_folio.ts';
import type { Folios } from './swap.ts';

/** Pages that wait at most. Linux: PAGEVEC_SIZE. */
const BATCH_SIZE = 31;

type Change = (lru: Lruvecs, pfn: Pfn) => void;

/** A new page comes to the LRU: which list, PG_mlocked says. Linux: __mlock_new_folio(). */
const lruMlockNew: Change = (lru, pfn) => lru.addFolio(pfn);

export class MlockBatch {
  readonly #lru: Lruvecs;
  readonly #folios: Folios;
  /** The last anonymous pages that came to the LRU. Linux: lru_add of struct cpu_fbatches. */
  readonly #added = new Int32Array(BATCH_SIZE);
  #nrAdded = 0;
  #waiting: { readonly pfn: Pfn; readonly change: Change }[] = [];

  constructor(lru: Lruvecs, folios: Folios) {
    this.#lru = lru;
    this.#folios = folios;
  }

  /** A locked mapping maps a page: it is PG_mlocked at once. */
  mlock(pfn: Pfn): void {
    mlockFolio(this.#lru, pfn);
    this.#add(pfn, lruMlock);
  }

  /** The same for a new page, which comes to the LRU with it. */
  mlockNew(pfn: Pfn): void {
    mlockFolio(this.#lru, pfn);
    this.#add(pfn, lruMlockNew);
  }

  /** A locked mapping maps a page no longer. */
  munlock(pfn: Pfn): void {
    this.#add(pfn, munlockFolio);
  }

  /** A new anonymous page goes to the LRU. Linux: folio_add_lru(). */
  addFolio(pfn: Pfn): void {
    this.#lru.addFolio(pfn);
    this.#added[this.#nrAdded++] = pfn;
    if (this.#nrAdded === BATCH_SIZE || this.#isLarge(pfn)) this.#nrAdded = 0;
  }

  /** Whether Linux would not have it on the LRU yet. */
  isNew(pfn: Pfn): boolean {
    for (let i = 0; i < this.#nrAdded; i++) if (this.#added[i] === pfn) return true;
    return false;
  }

  /** All that waits is done. Linux: lru_add_drain(). */
  drain(): void {
    this.#nrAdded = 0;
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
    if (this.#waiting.length >= BATCH_SIZE || this.#isLarge(pfn)) this.drain();
  }

  /** Large folios wait for nobody, and those before them neither. */
  #isLarge(pfn: Pfn): boolean {
    return this.#lru.memMap.compoundOrder(pfn) > 0;
  }
}
