import type { BlockSource } from '../include/mmzone.ts';

export function zoneBatchsize(managedPages: number): number {
  let b = managedPages >> 10;
  if (b > 256) b = 256;
  b = b >> 2;
  if (b < 1) b = 1;
  b = b + (b >> 1);
  let p = 1;
  while (p * 2 <= b) p *= 2;
  return p - 1;
}

/** list[0] is the head. */
export class PerCpuPages {
  private list: number[] = [];
  private zone: BlockSource;
  private batch: number;
  private high: number;

  constructor(zone: BlockSource, batch: number, high: number) {
    this.zone = zone;
    this.batch = batch;
    this.high = high;
  }

  get count(): number {
    return this.list.length;
  }

  alloc(): number | null {
    if (this.list.length === 0) {
      for (let i = 0; i < this.batch; i++) {
        const pfn = this.zone.rmqueue(0);
        if (pfn === null) break;
        this.list.push(pfn);
      }
    }
    const pfn = this.list.shift();
    return pfn === undefined ? null : pfn;
  }

  free(pfn: number): void {
    this.list.unshift(pfn);
    if (this.list.length < this.high) return;
    for (let i = 0; i < this.batch; i++) this.zone.freeOnePage(this.list.pop()!, 0);
  }

  drain(): void {
    while (this.list.length) this.zone.freeOnePage(this.list.shift()!, 0);
  }
}
