/**
 * Huge pages of anonymous memory that may be mapped in parts: who maps them, and how. Linux: struct folio (_entire_mapcount,
 * _nr_pages_mapped, _large_mapcount, _mm_ids), include/linux/rmap.h; mm/huge_memory.c, deferred_split_folio().
 *
 *     parent   PMD ------------------.        entire 1, PTEs 511: one frame is mapped by its PMD alone
 *     child    PTE PTE  .  PTE ... --+--> [ 512 frames ]
 *
 * MemMap.mapcount counts the PTEs of each frame. Two address spaces are known by name, so that one that maps the folio
 * alone may write to it; a third makes it shared, until one of the two has all mappings again.
 */
import type { Pfn } from '../include/types.ts';
import type { VmEvents } from '../include/vm_items.ts';
import { panic } from '../lib/panic.ts';
import type { MemMap } from './mem_map.ts';

/** One address space that maps a folio. */
interface MmSlot {
  /** MmContext.ctxId; 0: nobody. */
  mm: number;
  mapcount: number;
}

export interface LargeFolio {
  /** PMD entries that map the whole. */
  entire: number;
  /** Frames that PTEs map. */
  nrPagesMapped: number;
  /** All entries, of either kind. */
  mapcount: number;
  readonly slots: readonly [MmSlot, MmSlot];
  /** Perhaps more than one address space maps it. Linux: FOLIO_MM_IDS_SHARED_BITNUM. */
  mappedShared: boolean;
  /** A part of it is no longer mapped: it waits to be split. */
  partiallyMapped: boolean;
}

export class LargeFolios {
  readonly #memMap: MemMap;
  readonly #events: VmEvents;
  /** Those that are mapped, by first frame. */
  readonly #mapped = new Map<Pfn, LargeFolio>();
  /** Those that are worth splitting, the oldest first. Linux: struct deferred_split. */
  readonly deferred = new Set<Pfn>();

  constructor(memMap: MemMap, events: VmEvents) {
    this.#memMap = memMap;
    this.#events = events;
  }

  /** @param head  its first frame; null: nobody maps it */
  find(head: Pfn): LargeFolio | null {
    return this.#mapped.get(head) ?? null;
  }

  /** Of one that is mapped. */
  of(head: Pfn): LargeFolio {
    return this.#mapped.get(head) ?? panic(`huge_folio: pfn ${head} is not the first of a folio that is mapped`);
  }

  /** All that are mapped, by first frame. */
  get mapped(): ReadonlyMap<Pfn, LargeFolio> {
    return this.#mapped;
  }

  /** How many entries map one frame, those of the whole folio included. Linux: folio_precise_page_mapcount(). */
  pageMapcount(pfn: Pfn): number {
    return this.#memMap.mapcount[pfn] + (this.find(this.#memMap.compoundHead(pfn))?.entire ?? 0);
  }

  /** More entries of an address space. Linux: folio_add_large_mapcount(). */
  addMapcount(head: Pfn, count: number, mm: number): LargeFolio {
    const folio = this.#mapped.get(head) ?? newLargeFolio();
    this.#mapped.set(head, folio);
    const [first, second] = folio.slots;
    const slot = slotOf(folio, mm) ?? (first.mm === 0 ? first : second.mm === 0 ? second : null);
    if (slot !== null) {
      slot.mm = mm;
      slot.mapcount += count;
    }
    folio.mapcount += count;
    if (slot === null || slot.mapcount !== folio.mapcount) folio.mappedShared = true;
    return folio;
  }

  /** Fewer. Linux: folio_sub_large_mapcount(). */
  subMapcount(head: Pfn, count: number, mm: number): LargeFolio {
    const folio = this.of(head);
    const slot = slotOf(folio, mm);
    folio.mapcount -= count;
    if (folio.mapcount < 0) panic(`huge_folio: pfn ${head} is unmapped once too often`);
    if (slot !== null) {
      slot.mapcount -= count;
      if (slot.mapcount > 0) return folio;
      slot.mm = 0;
      slot.mapcount = 0;
    }
    if (folio.slots.some(({ mapcount }) => mapcount === folio.mapcount)) folio.mappedShared = false;
    return folio;
  }

  /** It was unmapped in parts, as far as it is: now it waits, or nobody maps it any more. Linux: deferred_split_folio() */
  settle(head: Pfn): void {
    const folio = this.of(head);
    if (folio.mapcount === 0) {
      this.forget(head);
    } else if (
      !folio.partiallyMapped &&
      folio.entire === 0 &&
      folio.nrPagesMapped < 1 << this.#memMap.compoundOrder(head)
    ) {
      folio.partiallyMapped = true;
      this.deferred.add(head);
      this.#events.thp_deferred_split_page++;
    }
  }

  /** It is no folio any more, or not mapped. */
  forget(head: Pfn): void {
    this.#mapped.delete(head);
    this.deferred.delete(head);
  }
}

function newLargeFolio(): LargeFolio {
  const slots = [
    { mm: 0, mapcount: 0 },
    { mm: 0, mapcount: 0 },
  ] as const;
  return { entire: 0, nrPagesMapped: 0, mapcount: 0, slots, mappedShared: false, partiallyMapped: false };
}

const slotOf = ({ slots }: LargeFolio, mm: number): MmSlot | null => slots.find((slot) => slot.mm === mm) ?? null;
