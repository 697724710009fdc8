/**
 * Where page tables come from: a handful of frames, until the page allocator is built.
 * A frame is handed out full of zeroes and filled with junk when it comes back.
 */
import type { Pfn } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import type { PhysicalMemory } from './memory.ts';

/** What a freed frame is filled with: as an entry, present and with reserved bits. Linux: POISON_FREE. */
const FREED = 0x6b6b_6b6b_6b6b_6b6bn;

export class TableFrames {
  #memory: PhysicalMemory;
  /** Frames to hand out; the last one goes next. */
  #free: Pfn[];
  #live = new Set<Pfn>();

  /** @param pfns  the frames it owns, in the order in which they are handed out */
  constructor(memory: PhysicalMemory, pfns: readonly Pfn[]) {
    this.#memory = memory;
    this.#free = pfns.toReversed();
  }

  /** Tables handed out and not freed. */
  get live(): number {
    return this.#live.size;
  }

  isLive(pfn: Pfn): boolean {
    return this.#live.has(pfn);
  }

  /** @returns a frame full of zeroes, or null when there is none left */
  allocTable(): Pfn | null {
    const pfn = this.#free.pop();
    if (pfn === undefined) return null;
    this.#live.add(pfn);
    this.#memory.fillFrame(pfn, 0n);
    return pfn;
  }

  /** Takes a table back. Panics unless it is live. */
  freeTable(pfn: Pfn): void {
    if (!this.#live.delete(pfn)) panic(`frames: pfn ${pfn} freed, but it is not a table in use`);
    this.#memory.fillFrame(pfn, FREED);
    this.#free.push(pfn);
  }
}
