/**
 * Writers pay for what they make dirty: the more is dirty, the longer they pause, so that the disk keeps up.
 * Linux: mm/page-writeback.c, balance_dirty_pages(), wb_update_write_bandwidth().
 * SIMPLIFIED: one disk, and one writer that gets all of its speed; no pauses too short to be worth it are saved up.
 */
import { NSEC_PER_MSEC, NSEC_PER_SEC } from '../arch/clock.ts';
import { PAGE_SIZE } from '../include/param.ts';
import type { Ticks } from '../include/types.ts';
import {
  DEFAULT_DIRTY_SYSCTLS,
  type DirtyLimits,
  type DirtySysctls,
  domainDirtyLimits,
  posRatio,
} from './dirty_limits.ts';
import type { Writeback } from './page_writeback.ts';

/** The longest pause. Linux: MAX_PAUSE. */
const MAX_PAUSE_NS = 200 * NSEC_PER_MSEC;
/** A writer looks at the limits each time it has dirtied so many pages, or more while it is far from them. */
const MIN_POLL_PAGES = 32;
/** Linux: INIT_BW, 100 MiB/s. */
const INITIAL_PAGES_PER_SECOND = (100 * 2 ** 20) / PAGE_SIZE;
/** The speed is measured anew after this, and smoothed over about the next. Linux: BANDWIDTH_INTERVAL. */
const BANDWIDTH_INTERVAL_MS = 200;
const BANDWIDTH_PERIOD_MS = 4096;

export class DirtyThrottle {
  readonly #writeback: Writeback;
  sysctls: DirtySysctls = DEFAULT_DIRTY_SYSCTLS;
  /** Nanoseconds that writers have paused so far. */
  pausedNs: Ticks = 0;
  #dirtied = 0;
  #pollPages = MIN_POLL_PAGES;
  /** Pages per second: the last measurement smoothed, and that smoothed again. */
  #bandwidth = INITIAL_PAGES_PER_SECOND;
  #avgBandwidth = INITIAL_PAGES_PER_SECOND;
  #measuredAt: Ticks = 0;
  #writtenThen = 0;

  constructor(writeback: Writeback) {
    this.#writeback = writeback;
  }

  /** nr_dirty_threshold, nr_dirty_background_threshold. */
  get limits(): DirtyLimits {
    return domainDirtyLimits(this.dirtyablePages, this.sysctls);
  }

  /** Free pages and pages of files, without what is never given out. Linux: global_dirtyable_memory(). */
  get dirtyablePages(): number {
    const { vmstat, pages } = this.#writeback.cache.rooms;
    const free = vmstat.globalZone('nr_free_pages');
    const usable = free - Math.min(free, totalreservePages(pages.zones.all));
    return usable + vmstat.globalNode('nr_inactive_file') + vmstat.globalNode('nr_active_file') + 1;
  }

  /** The writer has dirtied a page; it may have to pause, which passes the time. Linux: balance_dirty_pages_ratelimited(). */
  pageDirtied(): void {
    if (++this.#dirtied < this.#pollPages) return;
    const dirtied = this.#dirtied;
    this.#dirtied = 0;
    this.#balance(dirtied);
  }

  /** Whether the flusher has something to do. Linux: wb_over_bg_thresh(). */
  get overBackground(): boolean {
    return this.#writeback.cache.rooms.vmstat.globalNode('nr_dirty') > this.limits.background;
  }

  #balance(dirtiedPages: number): void {
    const { flusher, cache } = this.#writeback;
    const { vmstat, clock } = cache.rooms;
    for (;;) {
      const limits = this.limits;
      const dirty = vmstat.globalNode('nr_dirty') + vmstat.globalNode('nr_writeback');
      if (vmstat.globalNode('nr_dirty') > limits.background) flusher?.startBackground();
      if (dirty <= limits.freerun || flusher === null) {
        this.#pollPages = pollInterval(dirty, limits.thresh);
        return;
      }
      this.#measure(clock.now, vmstat.globalNode('nr_written'));
      const pagesPerSecond = Math.floor((this.#avgBandwidth * posRatio(dirty, limits)) / 1024);
      const wanted = pagesPerSecond === 0 ? MAX_PAUSE_NS : Math.floor((dirtiedPages * NSEC_PER_SEC) / pagesPerSecond);
      const pause = Math.min(wanted, MAX_PAUSE_NS);
      this.#pollPages = MIN_POLL_PAGES;
      this.pausedNs += pause;
      clock.ioSleep(pause);
      if (pagesPerSecond > 0) return;
    }
  }

  /** How fast the disk takes pages. Linux: wb_update_write_bandwidth(). */
  #measure(now: Ticks, written: number): void {
    const elapsedMs = Math.floor((now - this.#measuredAt) / NSEC_PER_MSEC);
    if (elapsedMs < BANDWIDTH_INTERVAL_MS) return;
    const fresh = (written - this.#writtenThen) * 1000;
    const old = this.#bandwidth;
    const isLong = elapsedMs > BANDWIDTH_PERIOD_MS;
    const smoothed = (fresh + old * (BANDWIDTH_PERIOD_MS - elapsedMs)) / BANDWIDTH_PERIOD_MS;
    const bandwidth = Math.floor(isLong ? fresh / elapsedMs : smoothed);
    const avg = this.#avgBandwidth;
    if (isLong) this.#avgBandwidth = bandwidth;
    else if (avg > old && old >= bandwidth) this.#avgBandwidth -= Math.floor((avg - old) / 8);
    else if (avg < old && old <= bandwidth) this.#avgBandwidth += Math.floor((old - avg) / 8);
    this.#avgBandwidth = Math.max(this.#avgBandwidth, 1);
    this.#bandwidth = bandwidth;
    this.#measuredAt = now;
    this.#writtenThen = written;
  }
}

/** Far from the limit one may dirty more before looking again. Linux: dirty_poll_interval(). */
function pollInterval(dirty: number, thresh: number): number {
  return thresh > dirty ? 2 ** Math.floor(Math.log2(thresh - dirty) / 2) : 1;
}

interface ReservedZone {
  readonly managedPages: number;
  /** By index of the zone that the request could have used; in pages. */
  readonly lowmemReserve: readonly number[];
  wmarkPages(mark: 'high'): number;
}

/** Pages that are not given to users: reserves for higher zones, and the high watermarks. Linux: calculate_totalreserve_pages(). */
export function totalreservePages(zones: readonly ReservedZone[]): number {
  return zones.reduce((sum, zone) => {
    const reserve = Math.max(0, ...zone.lowmemReserve) + zone.wmarkPages('high');
    return sum + Math.min(reserve, zone.managedPages);
  }, 0);
}
