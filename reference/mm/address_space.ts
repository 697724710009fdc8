/**
 * The pages of one file that are in memory, and what is known of those that are not.
 * Linux: struct address_space, include/linux/fs.h; the maps are its one xarray.
 *
 *     index      0     1     2     3     4
 *     pages     [p7]  [p3]   .     .    [p9]      in memory
 *     shadows    .     .    [s]    .     .        was reclaimed: when (workingset.ts)
 *     swapped    .     .     .    [e]    .        shmem: in swap
 *
 * At each index stands one of the three at most.
 */
import type { MappingId } from '../include/fs_types.ts';
import type { Order, Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';

/** Whose pages they are. Linux: struct inode. */
export interface Host {
  /** Bytes. */
  size: number;
  /** The first mapping of the file is made; the last one goes: it must not be forgotten in between. */
  get(): void;
  put(): void;
  /** The last of its pages has left the cache. */
  emptied(): void;
}

/** How a file system moves pages. Linux: struct address_space_operations. */
export interface AddressSpaceOps {
  /**
   * Starts to read pages, one after the other in the file, that are locked; unlocks each when its content is there
   * (PG_uptodate) or could not be had.
   */
  readahead(mapping: AddressSpace, first: number, pfns: readonly Pfn[]): void;
  /** Starts to write pages, one after the other in the file, that are under writeback; ends that for each when done. */
  writePages(mapping: AddressSpace, first: number, pfns: readonly Pfn[]): void;
  /** Sees to it that a page has a place on disk before it is first written to. @returns 0 or -ENOSPC */
  reserve(mapping: AddressSpace, index: number): number;
  /** Gives up the places of pages first .. end-1; none of them is in the cache. */
  release(mapping: AddressSpace, first: number, end: number): void;
  /** Puts on disk what is known of the file besides its pages: size, places. @returns 0 or -EIO. Linux: write_inode() */
  writeInode(mapping: AddressSpace): number;
}

export class AddressSpace {
  readonly id: MappingId;
  readonly host: Host;
  /** null: memory, with no disk behind it (shmem). */
  readonly ops: AddressSpaceOps | null;
  /** By index. */
  readonly pages = new Map<number, Pfn>();
  /** By index: what workingset.ts left there. */
  readonly shadows = new Map<number, number>();
  /** By index: swap entries. Only shmem has any. */
  readonly swapped = new Map<number, number>();
  /** Indexes of the pages with PG_dirty. Linux: PAGECACHE_TAG_DIRTY. */
  readonly dirty = new Set<number>();
  /** Indexes of the pages with PG_writeback. Linux: PAGECACHE_TAG_WRITEBACK. */
  readonly writeback = new Set<number>();
  /** By index of their first page: blocks that the file system keeps as one folio; see folioOrder(). */
  readonly folioOrders = new Map<number, Order>();
  /** Negative errno of a write that failed and that nobody has been told of; 0: none. Linux: wb_err. */
  error = 0;

  constructor(id: MappingId, host: Host, ops: AddressSpaceOps | null) {
    this.id = id;
    this.host = host;
    this.ops = ops;
  }

  /** log2 of the pages of the folio that a page is shown to be in (KPF_THP). SIMPLIFIED: shown only; frames are single. */
  folioOrder(index: number): Order {
    for (let order = 9; order > 0; order--) {
      const first = index - (index % 2 ** order);
      if ((this.folioOrders.get(first) ?? 0) >= order) return order;
    }
    return 0;
  }

  /** Indexes of pages in a range, ascending. @param end  past the last; may be Infinity */
  indexesIn(first: number, end: number): number[] {
    const { pages } = this;
    if (end - first <= pages.size) {
      return Array.from({ length: Math.max(end - first, 0) }, (_, i) => first + i).filter((index) => pages.has(index));
    }
    return [...pages.keys()].filter((index) => index >= first && index < end).sort((a, b) => a - b);
  }
}

/** All address spaces by number. */
export class Mappings {
  /** Index: number; 0 stays empty. */
  readonly #all: (AddressSpace | undefined)[] = [undefined];

  create(host: Host, ops: AddressSpaceOps | null): AddressSpace {
    const mapping = new AddressSpace(this.#all.length, host, ops);
    this.#all.push(mapping);
    return mapping;
  }

  /** Panics when there is none of this number. */
  byId(id: MappingId): AddressSpace {
    return this.#all[id] ?? panic(`address_space: there is no mapping ${id}`);
  }

  /** Forgets one that has no pages left. Its number is not used again. */
  destroy(mapping: AddressSpace): void {
    const { id, pages, swapped } = mapping;
    if (pages.size + swapped.size > 0) panic(`address_space: mapping ${id} goes, but has pages`);
    mapping.shadows.clear();
    this.#all[id] = undefined;
  }

  *[Symbol.iterator](): Generator<AddressSpace> {
    for (const mapping of this.#all) if (mapping !== undefined) yield mapping;
  }
}
