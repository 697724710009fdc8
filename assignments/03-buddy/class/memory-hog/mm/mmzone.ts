import { MAX_PAGE_ORDER, NR_PAGE_ORDERS } from '../include/param.ts';
import { KernelPanic } from '../lib/panic.ts';

type Range = { readonly start: number; readonly end: number };

export const findBuddyPfn = (pfn: number, order: number): number => pfn ^ (2 ** order);

export const buddyMergeLikely = (
  zone: { isFreeBlock(pfn: number, order: number): boolean },
  pfn: number,
  order: number,
): boolean => {
  if (order + 1 >= MAX_PAGE_ORDER) return false;
  const up = order + 1;
  const parent = Math.min(pfn, findBuddyPfn(pfn, order));
  return zone.isFreeBlock(findBuddyPfn(parent, up), up);
};

export class Zone {
  readonly #free: Set<number>[] = [];
  readonly #used = new Map<number, number>();
  /** A place for every frame there could be. */
  readonly #all: Float64Array;
  readonly name: string;
  readonly startPfn: number;
  readonly spannedPages: number;
  readonly managedPages: number;

  constructor(name: string, startPfn: number, spannedPages: number, holes: readonly Range[] = []) {
    for (let i = 0; i < NR_PAGE_ORDERS; i++) this.#free.push(new Set());
    this.name = name;
    this.startPfn = startPfn;
    this.spannedPages = spannedPages;
    this.#all = new Float64Array(2 ** 31);
    let managed = 0;
    let nextHole = 0;
    for (let pfn = startPfn; pfn < startPfn + spannedPages; pfn++) {
      const hole = holes[nextHole];
      if (hole !== undefined && pfn === hole.start) {
        pfn = hole.end - 1;
        nextHole++;
        continue;
      }
      this.#putBack(pfn, 0);
      managed++;
    }
    this.managedPages = managed;
  }

  get nrFree(): number[] {
    return this.#free.map((set) => set.size);
  }

  get nrFreePages(): number {
    return this.nrFree.reduce((sum, blocks, order) => sum + (blocks << order), 0);
  }

  freeBlocks(): number[][] {
    return this.#free.map((set) => Array.from(set));
  }

  isFreeBlock(pfn: number, order: number): boolean {
    return this.#free[order]?.has(pfn) ?? false;
  }

  rmqueue(order: number): number | null {
    const set = this.#free[order];
    if (set === undefined) return null;
    const pfn = set.size > 0 ? this.#any(set) : this.#half(order);
    if (pfn !== null) this.#used.set(pfn, order);
    return pfn;
  }

  /** Splits a block one order up, recursively. */
  #half(order: number): number | null {
    const above = this.#free[order + 1];
    if (above === undefined) return null;
    const pfn = above.size > 0 ? this.#any(above) : this.#half(order + 1);
    if (pfn === null) return null;
    this.#free[order]?.add(pfn + 2 ** order);
    return pfn;
  }

  #any(set: Set<number>): number {
    for (const pfn of set) {
      set.delete(pfn);
      return pfn;
    }
    throw new Error('empty set');
  }

  freeOnePage(pfn: number, order: number): void {
    if (this.#used.get(pfn) !== order) throw new KernelPanic(`${this.name}: ${pfn} (${order}) is not in use`);
    this.#used.delete(pfn);
    this.#putBack(pfn, order);
  }

  #putBack(pfn: number, order: number): void {
    const buddy = findBuddyPfn(pfn, order);
    if (order < MAX_PAGE_ORDER && this.#free[order]?.delete(buddy)) this.#putBack(Math.min(pfn, buddy), order + 1);
    else this.#free[order]?.add(pfn);
  }
}
