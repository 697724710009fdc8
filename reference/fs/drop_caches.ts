/** /proc/sys/vm/drop_caches: memory that costs nothing to give back is given back. Linux: fs/drop_caches.c. */
import { EINVAL } from '../include/errno.ts';
import { GFP_KERNEL } from '../include/gfp.ts';
import type { Writeback } from '../mm/page_writeback.ts';
import type { Shrinkers } from '../mm/shrinker.ts';
import { invalidateMappingPages } from '../mm/truncate.ts';

export class DropCaches {
  readonly #writeback: Writeback;
  readonly #shrinkers: Shrinkers;
  readonly #log: (line: string) => void;
  #silent = false;

  /** @param log  a line of the kernel log */
  constructor(writeback: Writeback, shrinkers: Shrinkers, log: (line: string) => void) {
    this.#writeback = writeback;
    this.#shrinkers = shrinkers;
    this.#log = log;
  }

  /**
   * @param value  1: clean pages of files that nobody maps; 2: names, inodes; 3: both; 4: says nothing from now on
   * @param comm  who asks, and its pid
   * @returns 0 or -EINVAL
   */
  write(value: number, comm: string, pid: number): number {
    if (!(Number.isInteger(value) && value >= 1 && value <= 4)) return -EINVAL;
    const { vmstat } = this.#writeback.cache.rooms;
    if (value & 1) {
      for (const mapping of [...this.#writeback.cache.mappings]) invalidateMappingPages(this.#writeback, mapping);
      vmstat.events.drop_pagecache++;
    }
    if (value & 2) {
      this.#shrinkers.dropSlab(vmstat.nodes.length, GFP_KERNEL);
      vmstat.events.drop_slab++;
    }
    if (!this.#silent) this.#log(`${comm} (${pid}): drop_caches: ${value}`);
    this.#silent ||= (value & 4) !== 0;
    return 0;
  }
}
