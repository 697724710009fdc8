/**
 * The task of each node that reclaims before anybody has to wait. Linux: mm/vmscan.c, kswapd().
 *
 *     free pages of the node's zones
 *     HIGH ------------------------.---- asleep again
 *     LOW  -----.    .-awake------'
 *                \  /  an allocation fails LOW: wakeupKswapd()
 *     MIN  -------\/-------------------- below, tasks reclaim for themselves
 *
 * It runs on the virtual clock: each batch of pages is a timer of its own, the next one is set for when the batch is over.
 * So it makes progress whenever whoever else runs lets time pass, just as on another CPU, and always in the same order.
 */
import type { VirtualClock } from '../arch/clock.ts';
import { ZONE_MOVABLE, type ZoneIndex } from '../include/mmzone.ts';
import type { KswapdState } from '../include/stalls.ts';
import type { Order, Ticks } from '../include/types.ts';
import { balancePgdat } from './balance_pgdat.ts';
import type { PgData } from './pgdat.ts';
import type { ReclaimPause } from './reclaiming.ts';
import { JIFFY_NS, MAX_RECLAIM_RETRIES, pgdatBalanced } from './vmscan_node.ts';
import type { ReclaimRooms } from './vmscan_rooms.ts';

/** A short sleep, to see whether a long one would be too early. Linux: HZ / 10. */
const NAP_NS = 25 * JIFFY_NS;

/** What it does next: works or waits for so long, naps, or sleeps until it is woken. */
type Pause = ReclaimPause | { readonly kind: 'nap' } | { readonly kind: 'sleep' };
/** Given back after a nap or sleep: whether somebody woke it. */
type Run = Generator<Pause, void, 'woken' | 'onTime'>;

export class Kswapd {
  readonly #rooms: ReclaimRooms;
  readonly #pgdat: PgData;
  readonly #run: Run;
  #state: 'asleep' | 'napping' | 'busy' = 'asleep';
  /** A timer of an earlier pause is void. */
  #pauses = 0;

  constructor(rooms: ReclaimRooms, pgdat: PgData) {
    this.#rooms = rooms;
    this.#pgdat = pgdat;
    this.#run = kswapd(rooms, pgdat);
  }

  /** Whether it neither naps nor sleeps. */
  get isBusy(): boolean {
    return this.#state === 'busy';
  }

  /**
   * Says that a request of that order, from that zone or lower ones, has found the node low.
   * Linux: wakeup_kswapd().
   */
  wakeup(order: Order, highestZone: ZoneIndex): void {
    const pgdat = this.#pgdat;
    if (pgdat.zones.length === 0) return;
    if (pgdat.kswapdHighestZone === null || pgdat.kswapdHighestZone < highestZone) {
      pgdat.kswapdHighestZone = highestZone;
    }
    if (pgdat.kswapdOrder < order) pgdat.kswapdOrder = order;
    if (this.isBusy || pgdat.kswapdFailures >= MAX_RECLAIM_RETRIES) return;
    const boosted = pgdat.zonesUpTo(highestZone).some(({ watermarkBoost }) => watermarkBoost > 0);
    if (pgdatBalanced(pgdat, order, highestZone) && !boosted) return;
    this.wake();
  }

  /** Has it run from now on, if it does not. */
  wake(): void {
    if (!this.isBusy) this.#continueAt(this.#rooms.clock, 0, 'woken');
  }

  #continueAt(clock: VirtualClock, ns: Ticks, why: 'woken' | 'onTime'): void {
    const pause = ++this.#pauses;
    if (why === 'woken') this.#state = 'busy';
    clock.schedule(clock.now + ns, () => {
      if (pause === this.#pauses) this.#step(why);
    });
  }

  /** Runs to its next pause. Its own requests for memory may use all reserves. */
  #step(why: 'woken' | 'onTime'): void {
    this.#state = 'busy';
    const { clock, pages } = this.#rooms;
    const next = pages.asMemalloc(() => this.#run.next(why));
    if (next.done) return;
    const pause = next.value;
    clock.stalls?.kswapd(this.#pgdat.nid, stateIn(pause));
    if (pause.kind === 'nap') {
      this.#state = 'napping';
      this.#continueAt(clock, NAP_NS, 'onTime');
    } else if (pause.kind === 'sleep') {
      this.#state = 'asleep';
    } else {
      this.#continueAt(clock, pause.ns, 'onTime');
    }
  }
}

function stateIn({ kind }: Pause): KswapdState {
  if (kind === 'nap' || kind === 'sleep') return 'rests';
  return kind === 'works' ? 'works' : 'waits';
}

/** Linux: kswapd(). */
function* kswapd(rooms: ReclaimRooms, pgdat: PgData): Run {
  let highestZone: ZoneIndex = ZONE_MOVABLE;
  for (;;) {
    const allocOrder = pgdat.kswapdOrder;
    highestZone = pgdat.kswapdHighestZone ?? highestZone;
    pgdat.kswapdOrder = 0;
    pgdat.kswapdHighestZone = null;
    let order: Order = yield* balancePgdat(rooms, pgdat, allocOrder, highestZone);
    // If it gave up on a large block, it sleeps until the next request for one; else it looks for new requests.
    if (order >= allocOrder) {
      order = pgdat.kswapdOrder;
      highestZone = pgdat.kswapdHighestZone ?? highestZone;
    }
    yield* tryToSleep(rooms, pgdat, order, highestZone);
  }
}

/** First a nap; if nobody wakes it, and the node is still balanced, it sleeps. Linux: kswapd_try_to_sleep(). */
function* tryToSleep(
  rooms: ReclaimRooms,
  pgdat: PgData,
  order: Order,
  highestZone: ZoneIndex,
): Generator<Pause, void, 'woken' | 'onTime'> {
  const { events } = rooms.lru.vmstat;
  let why: 'woken' | 'onTime' = 'onTime';
  if (maySleep(pgdat, order, highestZone)) {
    why = yield { kind: 'nap' };
    if (why === 'woken') {
      pgdat.kswapdHighestZone ??= highestZone;
      pgdat.kswapdOrder = Math.max(pgdat.kswapdOrder, order);
    }
  }
  if (why === 'onTime' && maySleep(pgdat, order, highestZone)) yield { kind: 'sleep' };
  else if (why === 'woken') events.kswapd_low_wmark_hit_quickly++;
  else events.kswapd_high_wmark_hit_quickly++;
}

/** Linux: prepare_kswapd_sleep(). */
function maySleep(pgdat: PgData, order: Order, highestZone: ZoneIndex): boolean {
  if (pgdat.kswapdFailures >= MAX_RECLAIM_RETRIES) return true;
  if (!pgdatBalanced(pgdat, order, highestZone)) return false;
  pgdat.dirty = false;
  pgdat.writeback = false;
  pgdat.congested = false;
  return true;
}
