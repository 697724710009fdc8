/**
 * A doubly linked list of frames, in the arrays of all frames: every move is a few words, however long the list.
 * Linux: struct list_head, include/linux/list.h.
 *
 *     first -> page -> page -> page <- last       each page is in one list at most
 */
import type { Pfn } from '../include/types.ts';

/** Where neighbours are kept: by frame + 1, the neighbour + 1; 0: none. */
export interface ListLinks {
  readonly next: Int32Array;
  readonly prev: Int32Array;
}

export class PageList {
  readonly #links: ListLinks;
  #first = 0;
  #last = 0;
  #size = 0;

  constructor(links: ListLinks) {
    this.#links = links;
  }

  get size(): number {
    return this.#size;
  }

  /** The page at the head, or null. */
  get first(): Pfn | null {
    return this.#first === 0 ? null : this.#first - 1;
  }

  /** The page at the tail, or null. */
  get last(): Pfn | null {
    return this.#last === 0 ? null : this.#last - 1;
  }

  /** The page that comes before this one, nearer to the head, or null. */
  before(pfn: Pfn): Pfn | null {
    const at = this.#links.prev[pfn + 1];
    return at === 0 ? null : at - 1;
  }

  /** Puts a page at the head. It must be in no list. */
  addHead(pfn: Pfn): void {
    const { next, prev } = this.#links;
    const at = pfn + 1;
    next[at] = this.#first;
    prev[at] = 0;
    if (this.#first === 0) this.#last = at;
    else prev[this.#first] = at;
    this.#first = at;
    this.#size++;
  }

  /** Puts a page at the tail. It must be in no list. */
  addTail(pfn: Pfn): void {
    const { next, prev } = this.#links;
    const at = pfn + 1;
    prev[at] = this.#last;
    next[at] = 0;
    if (this.#last === 0) this.#first = at;
    else next[this.#last] = at;
    this.#last = at;
    this.#size++;
  }

  /** Takes a page out. It must be in this list. */
  remove(pfn: Pfn): void {
    const { next, prev } = this.#links;
    const at = pfn + 1;
    const before = prev[at];
    const after = next[at];
    if (before === 0) this.#first = after;
    else next[before] = after;
    if (after === 0) this.#last = before;
    else prev[after] = before;
    next[at] = 0;
    prev[at] = 0;
    this.#size--;
  }

  /** Head first. For tests, pictures and checks. */
  *[Symbol.iterator](): Generator<Pfn> {
    for (let at = this.#first; at !== 0; at = this.#links.next[at]) yield at - 1;
  }
}
