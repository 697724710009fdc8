/**
 * What kind of memory each pageblock is for; kinds are kept apart so that large blocks stay whole.
 * Linux: include/linux/pageblock-flags.h, set_pageblock_migratetype() in mm/page_alloc.c.
 */
import { MIGRATE_PCPTYPES, PAGEBLOCK_NR_PAGES, PAGEBLOCK_ORDER, type PageblockType } from '../include/migratetype.ts';
import { MIGRATE_MOVABLE, MIGRATE_UNMOVABLE } from '../include/mmzone.ts';
import type { Order, Pfn } from '../include/types.ts';

/** Whether free blocks of this kind may merge with those of another such kind. Linux: migratetype_is_mergeable(). */
export function migratetypeIsMergeable(type: PageblockType): boolean {
  return type < MIGRATE_PCPTYPES;
}

export class Pageblocks {
  /** Small machines do not keep kinds apart: all is unmovable. Linux: !page_group_by_mobility_disabled. */
  readonly grouped: boolean;
  /** By pageblock. */
  readonly #types: Uint8Array;

  /** All memory is movable, until somebody else needs it. */
  constructor(nrFrames: number, grouped: boolean) {
    this.grouped = grouped;
    this.#types = new Uint8Array(Math.ceil(nrFrames / PAGEBLOCK_NR_PAGES));
    this.#types.fill(grouped ? MIGRATE_MOVABLE : MIGRATE_UNMOVABLE);
  }

  typeOf(pfn: Pfn): PageblockType {
    return this.#types[pfn >>> PAGEBLOCK_ORDER] as PageblockType;
  }

  set(pfn: Pfn, type: PageblockType): void {
    this.#types[pfn >>> PAGEBLOCK_ORDER] = type;
  }

  /** All pageblocks of a block at least as large. Linux: change_pageblock_range(). */
  setRange(pfn: Pfn, order: Order, type: PageblockType): void {
    for (let at = pfn; at < pfn + (1 << order); at += PAGEBLOCK_NR_PAGES) this.set(at, type);
  }
}
