/**
 * Somebody wants to be told when too much time is lost. Linux: kernel/sched/psi.c, psi_trigger_create(), update_triggers().
 *
 *     echo "some 150000 1000000" > /proc/pressure/memory      150 ms lost in any second; then poll()
 *
 *     window before     this window
 *     |  prevGrowth |   growth  .  remaining |      growth so far + the same part of prevGrowth as remains
 */
import { EBUSY, EINVAL } from '../include/errno.ts';
import type { Ticks } from '../include/types.ts';

const NSEC_PER_USEC = 1000;
const USEC_PER_SEC = 1_000_000;
const WINDOW_MAX_US = 10 * USEC_PER_SEC;
/** Who may not ask for more gets windows that the averages are made for. */
const UNPRIVILEGED_STEP_US = 2 * USEC_PER_SEC;
/** What of a line is looked at. */
const LINE_BYTES = 32;

/** What a trigger waits for. */
export interface TriggerRequest {
  readonly kind: 'some' | 'full';
  readonly thresholdNs: Ticks;
  readonly windowNs: Ticks;
}

const isUint32 = (value: number): boolean => value <= 2 ** 32 - 1;

/**
 * @param text  as it is written, with the byte behind it (the end of the line, or 0) that is not looked at
 * @param privileged  CAP_SYS_RESOURCE
 * @returns what is asked for; -EINVAL
 */
export function parseTrigger(text: string, privileged: boolean): TriggerRequest | number {
  const line = text.slice(0, LINE_BYTES).slice(0, -1);
  const match = /^(some|full)\s*(\d+)\s*(\d+)/.exec(line);
  if (match === null) return -EINVAL;
  const [, kind, threshold, window] = match;
  const thresholdUs = Number(threshold);
  const windowUs = Number(window);
  if (!isUint32(thresholdUs) || !isUint32(windowUs)) return -EINVAL;
  if (windowUs === 0 || windowUs > WINDOW_MAX_US) return -EINVAL;
  if (!privileged && windowUs % UNPRIVILEGED_STEP_US !== 0) return -EINVAL;
  if (thresholdUs === 0 || thresholdUs > windowUs) return -EINVAL;
  return {
    kind: kind === 'full' ? 'full' : 'some',
    thresholdNs: thresholdUs * NSEC_PER_USEC,
    windowNs: windowUs * NSEC_PER_USEC,
  };
}

/** One that has been set. */
export class PsiTrigger {
  readonly request: TriggerRequest;
  /** Which total it looks at. */
  readonly state: number;
  /** Looked at often; else when the averages are made. */
  readonly privileged: boolean;
  /** It has come, and nobody has asked yet. */
  #event = false;
  /** The threshold has been passed, but the last event is too young for another one. */
  #pending = false;
  #lastEvent: Ticks = 0;
  #windowStart: Ticks;
  #startValue: number;
  #prevGrowth = 0;
  /** The total when it was last looked at. */
  #seen: number;

  constructor(request: TriggerRequest, state: number, privileged: boolean, now: Ticks, total: number) {
    this.request = request;
    this.state = state;
    this.privileged = privileged;
    this.#windowStart = now;
    this.#startValue = total;
    this.#seen = total;
  }

  /** A new start: nothing is known of the time before. Linux: init_rtpoll_triggers(). */
  reset(now: Ticks, total: number): void {
    this.#resetWindow(now, total, 0);
    this.#seen = total;
  }

  /** The total as it is now; an event comes if it has grown too much. Linux: update_triggers(). */
  update(now: Ticks, total: number): void {
    const { thresholdNs, windowNs } = this.request;
    const isNew = total !== this.#seen;
    if (!isNew && !this.#pending) return;
    this.#seen = total;
    if (isNew && this.#growth(now, total) >= thresholdNs) this.#pending = true;
    // Linux begins to count at boot.
    if (!this.#pending || now < this.#lastEvent + windowNs) return;
    this.#event = true;
    this.#lastEvent = now;
    this.#pending = false;
  }

  /** poll(2): whether an event has come since it was last asked (POLLPRI). Linux: psi_trigger_poll(). */
  poll(): boolean {
    const had = this.#event;
    this.#event = false;
    return had;
  }

  /** Linux: window_update(). @returns ns in the window that ends now */
  #growth(now: Ticks, total: number): number {
    const { windowNs } = this.request;
    const elapsed = now - this.#windowStart;
    const growth = total - this.#startValue;
    if (elapsed > windowNs) {
      this.#resetWindow(now, total, growth);
      return growth;
    }
    return growth + Math.floor((this.#prevGrowth * (windowNs - elapsed)) / windowNs);
  }

  #resetWindow(now: Ticks, total: number, growth: number): void {
    this.#windowStart = now;
    this.#startValue = total;
    this.#prevGrowth = growth;
  }
}

/** An open file of /proc/pressure: it takes one trigger. Linux: psi_write(), psi_fop_poll(), psi_fop_release(). */
export class PressureFile {
  readonly #set: (request: TriggerRequest) => PsiTrigger;
  readonly #drop: (trigger: PsiTrigger) => void;
  readonly #catchUp: () => void;
  readonly #privileged: boolean;
  #trigger: PsiTrigger | null = null;

  constructor(rooms: PressureFileRooms, privileged: boolean) {
    this.#set = rooms.set;
    this.#drop = rooms.drop;
    this.#catchUp = rooms.catchUp;
    this.#privileged = privileged;
  }

  /** @returns bytes taken; -EINVAL: no trigger; -EBUSY: there is one already */
  write(text: string): number {
    if (text.length === 0) return -EINVAL;
    if (this.#trigger !== null) return -EBUSY;
    const request = parseTrigger(text, this.#privileged);
    if (typeof request === 'number') return request;
    this.#trigger = this.#set(request);
    return text.length;
  }

  /** @returns pri: the event has come, once; err: there is no trigger; none: not yet */
  poll(): 'pri' | 'err' | 'none' {
    if (this.#trigger === null) return 'err';
    this.#catchUp();
    return this.#trigger.poll() ? 'pri' : 'none';
  }

  close(): void {
    if (this.#trigger !== null) this.#drop(this.#trigger);
    this.#trigger = null;
  }
}

/** What an open file needs of those who measure. */
export interface PressureFileRooms {
  readonly set: (request: TriggerRequest) => PsiTrigger;
  readonly drop: (trigger: PsiTrigger) => void;
  readonly catchUp: () => void;
}
