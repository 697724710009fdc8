/**
 * Whoever writes dirty pages while nobody waits for it. Linux: fs/fs-writeback.c. Textbook: the flusher, update daemon.
 *
 *     background   too much is dirty: the oldest files first, until it is little enough
 *     periodic     each dirty_writeback_centisecs: what has been dirty for dirty_expire_centisecs
 *     sync         everything, and waits
 */
import { NSEC_PER_SEC } from '../arch/clock.ts';
import type { AddressSpace } from '../mm/address_space.ts';
import type { DirtyThrottle } from '../mm/balance_dirty_pages.ts';
import type { Flusher, Writeback } from '../mm/page_writeback.ts';

const NSEC_PER_CENTISEC = NSEC_PER_SEC / 100;
/** Pages of one file before it is the next one's turn. Linux: MAX_WRITEBACK_PAGES. */
const MAX_WRITEBACK_PAGES = 1024;

export class WbFlusher implements Flusher {
  readonly #writeback: Writeback;
  readonly #throttle: DirtyThrottle;
  #armed = false;

  constructor(writeback: Writeback, throttle: DirtyThrottle) {
    this.#writeback = writeback;
    this.#throttle = throttle;
  }

  /** Something is dirty: looks after it later. Linux: wb_wakeup_delayed(). */
  wakeupDelayed(): void {
    const { dirtyWritebackCentisecs } = this.#throttle.sysctls;
    if (this.#armed || dirtyWritebackCentisecs === 0) return;
    this.#armed = true;
    const { clock } = this.#writeback;
    clock.schedule(clock.now + dirtyWritebackCentisecs * NSEC_PER_CENTISEC, () => this.#periodic());
  }

  /** Linux: wb_writeback() for background. */
  startBackground(): void {
    while (this.#throttle.overBackground) {
      const started = this.#writeSome([...this.#writeback.dirtyMappings.keys()]);
      if (started === 0) return;
    }
  }

  /** Linux: sync(2). */
  sync(): void {
    for (const mapping of [...this.#writeback.cache.mappings]) {
      if (mapping.ops === null) continue;
      this.#writeback.writePages(mapping, 0, Infinity, 'sync');
    }
    for (const mapping of [...this.#writeback.cache.mappings]) {
      this.#writeback.waitWriteback(mapping, 0, Infinity);
      mapping.ops?.writeInode(mapping);
    }
  }

  /** Linux: wb_check_old_data_flush(), wb_check_background_flush(). */
  #periodic(): void {
    this.#armed = false;
    const { clock, dirtyMappings } = this.#writeback;
    const expired = clock.now - this.#throttle.sysctls.dirtyExpireCentisecs * NSEC_PER_CENTISEC;
    for (const [mapping, since] of [...dirtyMappings]) {
      if (since <= expired) this.#writeback.writePages(mapping, 0, Infinity, 'none');
    }
    this.startBackground();
    if (dirtyMappings.size > 0) this.wakeupDelayed();
  }

  /** A turn for each file, while too much is dirty. @returns pages that were started */
  #writeSome(mappings: readonly AddressSpace[]): number {
    let started = 0;
    for (const mapping of mappings) {
      if (!this.#throttle.overBackground) break;
      started += this.#writeback.writePages(mapping, 0, Infinity, 'none', MAX_WRITEBACK_PAGES);
    }
    return started;
  }
}
