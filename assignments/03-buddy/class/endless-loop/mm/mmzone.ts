import type { FreeBlocks, PfnRange } from '../include/mmzone.ts';
import { panic } from '../lib/panic.ts';
import { Bitmap } from './bitmap.ts';

export function findBuddyPfn(pfn: number, order: number): number {
  const size = 2 ** order;
  return (pfn / size) % 2 === 0 ? pfn + size : pfn - size;
}

export function buddyMergeLikely(zone: FreeBlocks, pfn: number, order: number): boolean {
  if (order > 8) return false;
  const pairSize = 2 ** (order + 1);
  const pairStart = pfn - (pfn % pairSize);
  return zone.isFreeBlock(findBuddyPfn(pairStart, order + 1), order + 1);
}

/** Bit b of the bitmap of order o stands for the frames from base + b * 2^o on. */
export class Zone {
  name: string;
  startPfn: number;
  spannedPages: number;
  managedPages = 0;
  nrFreePages = 0;
  nrFree: number[] = new Array(11).fill(0);
  private base: number;
  private free: Bitmap[] = [];
  private held: Bitmap[] = [];

  constructor(name: string, startPfn: number, spannedPages: number, holes: readonly PfnRange[] = []) {
    this.name = name;
    this.startPfn = startPfn;
    this.spannedPages = spannedPages;
    this.base = startPfn - (startPfn % 1024);
    const frames = startPfn + spannedPages - this.base;
    for (let o = 0; o <= 10; o++) {
      const bits = Math.ceil(frames / 2 ** o) + 1;
      this.free.push(new Bitmap(bits));
      this.held.push(new Bitmap(bits));
    }
    const isHole = new Uint8Array(spannedPages);
    for (const { start, end } of holes) isHole.fill(1, start - startPfn, end - startPfn);
    for (let i = 0; i < spannedPages; i++) {
      if (isHole[i]) continue;
      this.managedPages++;
      this.release(startPfn + i, 0);
    }
  }

  private bit(pfn: number, order: number): number {
    return (pfn - this.base) / 2 ** order;
  }

  private set(pfn: number, order: number): void {
    this.free[order]!.add(this.bit(pfn, order));
    this.nrFree[order]!++;
  }

  private clear(pfn: number, order: number): void {
    this.free[order]!.delete(this.bit(pfn, order));
    this.nrFree[order]!--;
  }

  isFreeBlock(pfn: number, order: number): boolean {
    if (pfn < this.startPfn || pfn + 2 ** order > this.startPfn + this.spannedPages) return false;
    if (order > 10 || pfn % 2 ** order !== 0) return false;
    return this.free[order]!.has(this.bit(pfn, order));
  }

  freeBlocks(): number[][] {
    return this.free.map((bitmap, o) => bitmap.all().map((b) => this.base + b * 2 ** o));
  }

  rmqueue(order: number): number | null {
    let o = order;
    while (o <= 10) {
      const b = this.free[o]!.any();
      if (b === -1) continue; // the next order
      const pfn = this.base + b * 2 ** o;
      this.clear(pfn, o);
      while (o > order) {
        o--;
        this.set(pfn + 2 ** o, o);
      }
      this.held[order]!.add(this.bit(pfn, order));
      this.nrFreePages -= 2 ** order;
      return pfn;
    }
    return null;
  }

  freeOnePage(pfn: number, order: number): void {
    const inside = pfn >= this.startPfn && pfn + 2 ** order <= this.startPfn + this.spannedPages;
    if (!inside || pfn % 2 ** order !== 0 || !this.held[order]!.has(this.bit(pfn, order))) {
      panic('zone: bad free');
    }
    this.held[order]!.delete(this.bit(pfn, order));
    this.release(pfn, order);
  }

  private release(pfn: number, order: number): void {
    this.nrFreePages += 2 ** order;
    while (order < 10) {
      const buddy = findBuddyPfn(pfn, order);
      if (!this.isFreeBlock(buddy, order)) break;
      this.clear(buddy, order);
      pfn = Math.min(pfn, buddy);
      order++;
    }
    this.set(pfn, order);
  }
}
