/**
 * Pages on their way to swap and back. Linux: mm/page_io.c.
 *
 *     swap_writepage   all zeroes? --yes--> noted, nothing is written
 *                            `----no-----> PG_writeback, to the device, then clean
 *     swap_read_folio  noted as zeroes? --> cleared     else from the device, PG_locked until it is there
 */
import { PG_dirty, PG_locked, PG_reclaim, PG_uptodate, PG_writeback } from '../include/page_flags.ts';
import type { Pfn, SwpEntry } from '../include/types.ts';
import type { CacheRooms } from './cache_rooms.ts';
import type { SwapSpace } from './swapfile.ts';
import { swpOffset } from './swapops.ts';

export class SwapIo {
  readonly #rooms: CacheRooms;
  readonly #swap: SwapSpace;

  constructor(rooms: CacheRooms, swap: SwapSpace) {
    this.#rooms = rooms;
    this.#swap = swap;
  }

  /**
   * Starts to write a page to its slot, and unlocks it. A page that cannot be written is dirty again: nothing is lost.
   * Linux: swap_writepage(), end_swap_bio_write().
   * @param pfn  in the swap cache, locked; clean and unlocked then
   */
  writePage(pfn: Pfn): void {
    const { memMap, memory, vmstat } = this.#rooms;
    const entry: SwpEntry = memMap.private[pfn];
    const area = this.#swap.area(entry);
    const slot = swpOffset(entry);
    const zeroes = memory.isZeroFrame(pfn);
    area.zeroes[slot] = Number(zeroes);
    memMap.clear(pfn, PG_locked | PG_dirty);
    if (zeroes) {
      vmstat.events.swpout_zero++;
      memMap.clear(pfn, PG_reclaim);
      return;
    }
    vmstat.events.pswpout++;
    memMap.set(pfn, PG_writeback);
    this.#countWriteback(pfn, 1);
    area.file.device.submit({ kind: 'write', block: slot, frames: [pfn], done: (error) => this.#endWrite(pfn, error) });
  }

  /**
   * Starts to read pages; each is unlocked when it is there, with PG_uptodate unless it could not be read. Slots that
   * follow one another go to the device as one request. Linux: swap_read_folio(), end_swap_bio_read().
   * @param pfns  in the swap cache, locked, not uptodate
   */
  readPages(pfns: readonly Pfn[]): void {
    let run: Pfn[] = [];
    for (const pfn of pfns) {
      if (this.#readZeroes(pfn)) continue;
      const last = run.at(-1);
      if (last !== undefined && this.#entry(pfn) !== this.#entry(last) + 1) {
        this.#read(run);
        run = [];
      }
      run.push(pfn);
    }
    if (run.length > 0) this.#read(run);
  }

  #entry(pfn: Pfn): SwpEntry {
    return this.#rooms.memMap.private[pfn];
  }

  #readZeroes(pfn: Pfn): boolean {
    const { memMap, memory, vmstat } = this.#rooms;
    const entry = this.#entry(pfn);
    if (this.#swap.area(entry).zeroes[swpOffset(entry)] === 0) return false;
    vmstat.events.swpin_zero++;
    memory.clearFrame(pfn);
    memMap.set(pfn, PG_uptodate);
    memMap.clear(pfn, PG_locked);
    return true;
  }

  /** @param run  pages of slots that follow one another in one area */
  #read(run: readonly Pfn[]): void {
    const { memMap, vmstat } = this.#rooms;
    const entry = this.#entry(run[0]);
    vmstat.events.pswpin += run.length;
    const done = (error: number): void => {
      for (const pfn of run) {
        if (error === 0) memMap.set(pfn, PG_uptodate);
        memMap.clear(pfn, PG_locked);
      }
    };
    this.#swap.area(entry).file.device.submit({ kind: 'read', block: swpOffset(entry), frames: run, done });
  }

  #endWrite(pfn: Pfn, error: number): void {
    const { folios, memMap, pages, vmstat } = this.#rooms;
    if (error !== 0) {
      memMap.set(pfn, PG_dirty);
      memMap.clear(pfn, PG_reclaim);
    }
    const reclaim = memMap.testAndClear(pfn, PG_reclaim);
    memMap.clear(pfn, PG_writeback);
    this.#countWriteback(pfn, -1);
    vmstat.nodes[pages.nidOf(pfn)].nr_written++;
    if (reclaim) folios.rotateReclaimable(pfn);
  }

  #countWriteback(pfn: Pfn, change: 1 | -1): void {
    const { pages, vmstat } = this.#rooms;
    const zone = pages.zoneOf(pfn);
    zone.stat.nr_zone_write_pending += change;
    vmstat.nodes[zone.nid].nr_writeback += change;
  }
}
