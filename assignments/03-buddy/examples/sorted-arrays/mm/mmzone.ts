import type { FreeBlocks, PfnRange } from '../include/mmzone.ts';
import { panic } from '../lib/panic.ts';

export function findBuddyPfn(pfn: number, order: number): number {
  return pfn ^ (1 << order);
}

export function buddyMergeLikely(zone: FreeBlocks, pfn: number, order: number): boolean {
  if (order >= 9) return false;
  const pair = Math.min(pfn, findBuddyPfn(pfn, order));
  return zone.isFreeBlock(findBuddyPfn(pair, order + 1), order + 1);
}

export class Zone {
  name: string;
  startPfn: number;
  spannedPages: number;
  managedPages = 0;
  private lists: number[][] = [];
  private used = new Map<number, number>();

  constructor(name: string, startPfn: number, spannedPages: number, holes: readonly PfnRange[] = []) {
    this.name = name;
    this.startPfn = startPfn;
    this.spannedPages = spannedPages;
    for (let order = 0; order <= 10; order++) this.lists.push([]);
    for (let pfn = startPfn; pfn < startPfn + spannedPages; pfn++) {
      if (holes.some((h) => h.start <= pfn && pfn < h.end)) continue;
      this.managedPages++;
      this.insert(pfn, 0);
    }
  }

  get nrFreePages(): number {
    let sum = 0;
    for (let order = 0; order <= 10; order++) sum += this.lists[order]!.length * 2 ** order;
    return sum;
  }

  get nrFree(): number[] {
    return this.lists.map((list) => list.length);
  }

  freeBlocks(): number[][] {
    return this.lists.map((list) => [...list]);
  }

  isFreeBlock(pfn: number, order: number): boolean {
    return order <= 10 && this.lists[order]!.includes(pfn);
  }

  rmqueue(order: number): number | null {
    let from = order;
    while (from <= 10 && this.lists[from]!.length === 0) from++;
    if (from > 10) return null;
    const pfn = this.lists[from]!.shift()!;
    while (from > order) {
      from--;
      this.put(pfn + 2 ** from, from);
    }
    this.used.set(pfn, order);
    return pfn;
  }

  freeOnePage(pfn: number, order: number): void {
    if (this.used.get(pfn) !== order) panic('free of a block that is not in use');
    this.used.delete(pfn);
    this.insert(pfn, order);
  }

  private insert(pfn: number, order: number): void {
    while (order < 10) {
      const buddy = findBuddyPfn(pfn, order);
      const at = this.lists[order]!.indexOf(buddy);
      if (at < 0) break;
      this.lists[order]!.splice(at, 1);
      pfn = pfn & buddy;
      order++;
    }
    this.put(pfn, order);
  }

  private put(pfn: number, order: number): void {
    const list = this.lists[order]!;
    let at = list.findIndex((other) => other > pfn);
    if (at < 0) at = list.length;
    list.splice(at, 0, pfn);
  }
}
