import type { FreeBlocks, PfnRange } from '../include/mmzone.ts';
import { panic } from '../lib/panic.ts';
import { makeTree, type Tree } from './tree.ts';

export function findBuddyPfn(pfn: number, order: number): number {
  return pfn + 2 ** order - 2 * (pfn & (2 ** order));
}

export function buddyMergeLikely(zone: FreeBlocks, pfn: number, order: number): boolean {
  const quarters = pfn / 2 ** order;
  const pair = Math.floor(quarters / 2);
  const other = pair % 2 === 0 ? pair + 1 : pair - 1;
  return order <= 8 && zone.isFreeBlock(other * 2 ** (order + 1), order + 1);
}

interface Inside {
  readonly counts: number[];
  frames(): number;
  blocks(): number[][];
  isFree(pfn: number, order: number): boolean;
  take(order: number): number | null;
  give(pfn: number, order: number): boolean;
}

function makeBuddies(first: number, end: number, holes: readonly PfnRange[]): Inside {
  const counts = Array.from({ length: 11 }, () => 0);
  const used = new Map<number, number>();
  const trees = new Map<number, Tree>();
  /** Numbers of the trees that have a block of an order: a stack, cleaned when it is looked at. */
  const candidates: number[][] = counts.map(() => []);
  let free = 0;

  const chunk = (pfn: number) => Math.floor(pfn / 1024);
  const treeOf = (pfn: number): Tree => {
    const number = chunk(pfn);
    const known = trees.get(number);
    if (known) return known;
    const made = makeTree((order, by) => {
      counts[order]! += by;
      if (by > 0) candidates[order]!.push(number);
    });
    trees.set(number, made);
    return made;
  };
  const treeWith = (order: number): number | undefined => {
    const list = candidates[order]!;
    while (list.length > 0) {
      const number = list[list.length - 1]!;
      if (trees.get(number)!.has(order)) return number;
      list.pop();
    }
    return undefined;
  };
  const putBack = (pfn: number, order: number) => {
    free += 2 ** order;
    treeOf(pfn).give(pfn % 1024, order);
  };

  for (let pfn = first; pfn < end; pfn++) {
    if (!holes.some((hole) => pfn >= hole.start && pfn < hole.end)) putBack(pfn, 0);
  }

  return {
    counts,
    frames: () => free,
    blocks: () => {
      const lists: number[][] = counts.map(() => []);
      for (const [number, tree] of trees) tree.each((offset, order) => lists[order]!.push(number * 1024 + offset));
      return lists;
    },
    isFree: (pfn, order) =>
      order <= 10 && pfn % 2 ** order === 0 && (trees.get(chunk(pfn))?.isFree(pfn % 1024, order) ?? false),
    take: (order) => {
      for (let from = order; from <= 10; from++) {
        if (counts[from] === 0) continue;
        const number = treeWith(from)!;
        const pfn = number * 1024 + trees.get(number)!.take(order, from);
        used.set(pfn, order);
        free -= 2 ** order;
        return pfn;
      }
      return null;
    },
    give: (pfn, order) => {
      if (used.get(pfn) !== order) return false;
      used.delete(pfn);
      putBack(pfn, order);
      return true;
    },
  };
}

export class Zone {
  private readonly inside: Inside;
  readonly name: string;
  readonly startPfn: number;
  readonly spannedPages: number;
  readonly managedPages: number;

  constructor(name: string, startPfn: number, spannedPages: number, holes: readonly PfnRange[] = []) {
    this.inside = makeBuddies(startPfn, startPfn + spannedPages, holes);
    this.name = name;
    this.startPfn = startPfn;
    this.spannedPages = spannedPages;
    this.managedPages = this.inside.frames();
  }

  get nrFreePages() {
    return this.inside.frames();
  }

  get nrFree() {
    return [...this.inside.counts];
  }

  freeBlocks() {
    return this.inside.blocks();
  }

  isFreeBlock(pfn: number, order: number) {
    return this.inside.isFree(pfn, order);
  }

  rmqueue(order: number) {
    return this.inside.take(order);
  }

  freeOnePage(pfn: number, order: number) {
    if (!this.inside.give(pfn, order)) panic(`mmzone: ${pfn} was not handed out with order ${order}`);
  }
}
