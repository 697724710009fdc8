import type { BlockSource } from '../include/mmzone.ts';

export const zoneBatchsize = (managed: number): number => {
  const quarter = Math.max(1, Math.floor(Math.min(256, Math.floor(managed / 1024)) / 4));
  const wanted = quarter + Math.floor(quarter / 2);
  return 2 ** (31 - Math.clz32(wanted)) - 1;
};

interface Link {
  pfn: number;
  next: Link | null;
  prev: Link | null;
}

/** A doubly linked list. */
export class PerCpuPages {
  #head: Link | null = null;
  #tail: Link | null = null;
  #count = 0;
  readonly #zone: BlockSource;
  readonly #batch: number;
  readonly #high: number;

  constructor(zone: BlockSource, batch: number, high: number) {
    this.#zone = zone;
    this.#batch = batch;
    this.#high = high;
  }

  get count(): number {
    return this.#count;
  }

  alloc(): number | null {
    if (!this.#head) this.#refill();
    if (!this.#head) return null;
    const { pfn, next } = this.#head;
    this.#head = next;
    if (next) next.prev = null;
    else this.#tail = null;
    this.#count--;
    return pfn;
  }

  free(pfn: number): void {
    const link: Link = { pfn, next: this.#head, prev: null };
    if (this.#head) this.#head.prev = link;
    else this.#tail = link;
    this.#head = link;
    this.#count++;
    if (this.#count >= this.#high) for (let i = 0; i < this.#batch; i++) this.#returnLast();
  }

  drain(): void {
    while (this.#tail) this.#returnLast();
  }

  #refill(): void {
    for (let i = 0; i < this.#batch; i++) {
      const pfn = this.#zone.rmqueue(0);
      if (pfn === null) return;
      const link: Link = { pfn, next: null, prev: this.#tail };
      if (this.#tail) this.#tail.next = link;
      else this.#head = link;
      this.#tail = link;
      this.#count++;
    }
  }

  #returnLast(): void {
    const last = this.#tail;
    if (!last) return;
    this.#tail = last.prev;
    if (last.prev) last.prev.next = null;
    else this.#head = null;
    this.#count--;
    this.#zone.freeOnePage(last.pfn, 0);
  }
}
