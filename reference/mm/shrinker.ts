/**
 * Caches of objects that give some of them up when memory is short: directory entries, inodes. Linux: mm/shrinker.c.
 *
 *     priority 12 .. 0    a 4096th .. all of the objects that could go, times 4 / seeks, in batches
 *
 * What is too little for a batch is deferred, and added the next time.
 */
import type { VmEvents } from '../include/vm_items.ts';

/** What it costs to make an object again, unless its cache says otherwise. */
export const DEFAULT_SEEKS = 2;
/** Objects of one call, unless the cache says otherwise. */
export const SHRINK_BATCH = 128;

/** Linux: struct shrink_control. */
export interface ShrinkControl {
  readonly nid: number;
  /** What the one who asks may wait for. */
  readonly gfp: number;
  readonly nrToScan: number;
}

export interface Shrinker {
  readonly name: string;
  /** See DEFAULT_SEEKS; 0: half of the objects go each time, whatever the priority. */
  readonly seeks: number;
  /** See SHRINK_BATCH. */
  readonly batch: number;
  /** Each node is counted apart; else all objects count for node 0. Linux: SHRINKER_NUMA_AWARE. */
  readonly numaAware: boolean;
  /** Objects that could go. */
  countObjects(nid: number): number;
  /** Looks at so many objects. @returns how many it gave up; null: not now. Linux: scan_objects(), SHRINK_STOP */
  scanObjects(control: ShrinkControl): number | null;
}

export class Shrinkers {
  readonly #events: VmEvents;
  /** In order of registration; for each, by node: objects that were deferred. */
  readonly #all = new Map<Shrinker, number[]>();

  constructor(events: VmEvents) {
    this.#events = events;
  }

  register(shrinker: Shrinker): void {
    this.#all.set(shrinker, []);
  }

  unregister(shrinker: Shrinker): void {
    this.#all.delete(shrinker);
  }

  /** Has each cache shrink on behalf of a node. Linux: shrink_slab(). @returns objects given up */
  shrinkSlab(nid: number, gfp: number, priority: number): number {
    let freed = 0;
    for (const [shrinker, deferred] of this.#all) {
      const at = shrinker.numaAware ? nid : 0;
      freed += this.#doShrinkSlab(shrinker, deferred, at, gfp, priority);
    }
    return freed;
  }

  /** All that can go, for /proc/sys/vm/drop_caches: again and again while it is worth it. Linux: drop_slab(). */
  dropSlab(nrNodes: number, gfp: number): void {
    for (let shift = 0; ; shift++) {
      let freed = 0;
      for (let nid = 0; nid < nrNodes; nid++) freed += this.shrinkSlab(nid, gfp, 0);
      if (freed / 2 ** shift < 2) return;
    }
  }

  /** Linux: do_shrink_slab(). */
  #doShrinkSlab(shrinker: Shrinker, deferred: number[], nid: number, gfp: number, priority: number): number {
    const freeable = shrinker.countObjects(nid);
    if (freeable === 0) return 0;
    const before = deferred[nid] ?? 0;
    const delta = shrinkDelta(freeable, priority, shrinker.seeks);
    let left = Math.min(Math.floor(before / 2 ** priority) + delta, 2 * freeable);
    let freed = 0;
    let scanned = 0;
    while (left >= shrinker.batch || left >= freeable) {
      const nrToScan = Math.min(shrinker.batch, left);
      const got = shrinker.scanObjects({ nid, gfp, nrToScan });
      if (got === null) break;
      freed += got;
      this.#events.slabs_scanned += nrToScan;
      left -= nrToScan;
      scanned += nrToScan;
    }
    deferred[nid] = Math.min(Math.max(before + delta - scanned, 0), 2 * freeable);
    return freed;
  }
}

/** Objects to look at. @param freeable  objects that could go @param priority  12: gently .. 0: all */
export function shrinkDelta(freeable: number, priority: number, seeks: number): number {
  if (seeks === 0) return Math.floor(freeable / 2);
  return Math.floor((Math.floor(freeable / 2 ** priority) * 4) / seeks);
}
