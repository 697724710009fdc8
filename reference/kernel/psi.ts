/**
 * Pressure stall information: how much time is lost because memory, a disk or a CPU is short. Linux: kernel/sched/psi.c.
 *
 *     task states, by CPU      io some: one waits for a disk        full: and nobody runs
 *       waits for a disk       memory some: one waits for memory    full: and nobody runs but those that reclaim
 *       waits for memory       cpu some: more want to run than can
 *       runs
 *          `-> time in each state, by CPU -> every 2 s: weighted by how long each CPU had something to do -> averages
 *
 * The workers that sum up are not timers of the clock: whatever they would have done by now is done when somebody looks.
 * SIMPLIFIED: the whole machine only, no cgroups, no time lost to interrupts. A CPU that had something to do for less than a
 * tick is looked at again next time; Linux takes that for nothing, so that whoever looks often sees less.
 */
import type { VirtualClock } from '../arch/clock.ts';
import { NO_PRESSURE, type PressureLine, type PressureSource, type PsiResource } from '../include/psi.ts';
import type { Ticks } from '../include/types.ts';
import { panic } from '../lib/panic.ts';
import { type Averages, calcAvgs } from './psi_avgs.ts';
import { PressureFile, PsiTrigger, type TriggerRequest } from './psi_trigger.ts';

/** What a task does, bits joined with `|`. */
export const TSK_IOWAIT = 1 << 0;
export const TSK_MEMSTALL = 1 << 1;
export const TSK_RUNNING = 1 << 2;
/** Both. */
export const TSK_MEMSTALL_RUNNING = 1 << 3;
const TASK_BITS = [TSK_IOWAIT, TSK_MEMSTALL, TSK_RUNNING, TSK_MEMSTALL_RUNNING] as const;

/** States of a CPU: of each resource some and full; then whether it has something to do. */
const FIRST_STATE: Readonly<Record<PsiResource, number>> = { io: 0, memory: 2, cpu: 4 };
const PSI_NONIDLE = 6;
const NR_STATES = 7;

const JIFFY_NS = 4_000_000;
/** From one average to the next: two seconds and a tick. Linux: PSI_FREQ. */
const PSI_FREQ_JIFFIES = 501;
export const PSI_PERIOD_NS = PSI_FREQ_JIFFIES * JIFFY_NS;
/** How often triggers are looked at in the smallest window. */
const UPDATES_PER_WINDOW = 10;

/** Who sums up: those who make averages, and those who look at triggers; each from where he stopped. */
type Aggregator = 'avgs' | 'poll';

const zeroes = (): number[] => Array.from({ length: NR_STATES }, () => 0);

/** One CPU. Linux: struct psi_group_cpu. */
class PsiCpu {
  /** By TASK_BITS. */
  readonly tasks = [0, 0, 0, 0];
  /** Bit n: state n. */
  mask = 0;
  since: Ticks = 0;
  /** ns in each state. */
  readonly times = zeroes();
  /** How much of it each has summed up. */
  readonly seen: Record<Aggregator, number[]> = { avgs: zeroes(), poll: zeroes() };
}

/** Linux: test_states(). SIMPLIFIED: of several that run on a CPU, one that reclaims is the one that has it. */
function testStates([iowait, memstall, running, memstallRunning]: readonly number[]): number {
  let mask = 0;
  if (iowait > 0) mask |= running === 0 ? 0b11 : 0b01;
  if (memstall > 0) mask |= running === memstallRunning || memstallRunning > 0 ? 0b1100 : 0b0100;
  if (running > 1) mask |= 0b010000;
  return iowait + memstall + running > 0 ? mask | (1 << PSI_NONIDLE) : mask;
}

/** The jiffy that is so many after the one that runs. */
const afterJiffies = (now: Ticks, jiffies: number): Ticks => (Math.floor(now / JIFFY_NS) + jiffies) * JIFFY_NS;

export class PsiGroup implements PressureSource {
  readonly #clock: VirtualClock;
  readonly #cpus: readonly PsiCpu[];
  /** ns, by state. */
  readonly #total: Readonly<Record<Aggregator, number[]>> = { avgs: zeroes(), poll: zeroes() };
  /** What of the totals is in the averages. */
  readonly #averaged = zeroes();
  readonly #avgs: readonly Averages[] = Array.from({ length: NR_STATES }, () => [0, 0, 0]);
  #lastUpdate: Ticks;
  #nextUpdate: Ticks;
  /** When the workers are due; Infinity: not before something changes. */
  #avgsDue: Ticks = Infinity;
  #pollDue: Ticks = Infinity;
  readonly #triggers = new Set<PsiTrigger>();
  #pollUntil: Ticks = 0;
  #nextPoll: Ticks = Infinity;

  constructor(clock: VirtualClock, nrCpus: number) {
    this.#clock = clock;
    this.#cpus = Array.from({ length: nrCpus }, () => new PsiCpu());
    this.#lastUpdate = clock.now;
    this.#nextUpdate = clock.now + PSI_PERIOD_NS;
  }

  /**
   * A task of a CPU begins and ends to do something. Linux: psi_group_change().
   * @param clear, set  TSK_ bits
   */
  taskChange(cpu: number, clear: number, set: number): void {
    const { now } = this.#clock;
    this.#catchUp(now);
    const group = this.#cpus[cpu];
    recordTimes(group, now);
    for (let i = 0; i < TASK_BITS.length; i++) {
      if (clear & TASK_BITS[i] && group.tasks[i]-- === 0)
        panic(`psi: CPU ${cpu} has no task that could leave state ${i}`);
      if (set & TASK_BITS[i]) group.tasks[i]++;
    }
    group.mask = testStates(group.tasks);
    if (group.mask & this.#polledStates && this.#pollDue === Infinity) this.#pollDue = afterJiffies(now, 1);
    if (this.#avgsDue === Infinity) this.#avgsDue = afterJiffies(now, PSI_FREQ_JIFFIES);
  }

  /** What /proc/pressure shows now. Linux: psi_show(). */
  pressure(resource: PsiResource): { some: PressureLine; full: PressureLine } {
    const { now } = this.#clock;
    this.#catchUp(now);
    this.#collect('avgs', now);
    if (now >= this.#nextUpdate) this.#updateAverages(now);
    const state = FIRST_STATE[resource];
    // Of the whole machine it would say nothing.
    const full = resource === 'cpu' ? NO_PRESSURE.full : this.#line(state + 1);
    return { some: this.#line(state), full };
  }

  /** Opens a file of /proc/pressure. @param privileged  CAP_SYS_RESOURCE */
  open(resource: PsiResource, privileged: boolean): PressureFile {
    const rooms = {
      set: (request: TriggerRequest) => this.#addTrigger(resource, request, privileged),
      drop: (trigger: PsiTrigger) => void this.#triggers.delete(trigger),
      catchUp: () => this.#catchUp(this.#clock.now),
    };
    return new PressureFile(rooms, privileged);
  }

  /** Panics unless there are tasks for each state, and totals that can be. */
  validate(): void {
    for (const [cpu, { tasks, mask, since }] of this.#cpus.entries()) {
      const [, memstall, running, memstallRunning] = tasks;
      if (memstallRunning > Math.min(memstall, running)) panic(`psi: CPU ${cpu}: more reclaim than wait or run`);
      if (mask !== testStates(tasks)) panic(`psi: CPU ${cpu} is not in the state its tasks are in`);
      if (since > this.#clock.now) panic(`psi: CPU ${cpu} is in its state since a time to come`);
    }
    const { avgs } = this.#total;
    for (const state of [0, 2]) if (avgs[state + 1] > avgs[state]) panic('psi: more is lost by all than by some');
  }

  #line(state: number): PressureLine {
    const [avg10, avg60, avg300] = this.#avgs[state];
    return { avg10, avg60, avg300, total: Math.floor(this.#total.avgs[state] / 1000) };
  }

  /** Does what the workers would have done until now. */
  #catchUp(now: Ticks): void {
    for (;;) {
      const due = Math.min(this.#avgsDue, this.#pollDue);
      if (due > now) return;
      if (due === this.#avgsDue) this.#avgsWork(due);
      else this.#pollWork(due);
    }
  }

  /** Linux: psi_avgs_work(). */
  #avgsWork(now: Ticks): void {
    const changed = this.#collect('avgs', now);
    if (now >= this.#nextUpdate) {
      for (const trigger of this.#triggers) {
        if (!trigger.privileged) trigger.update(now, this.#total.avgs[trigger.state]);
      }
      this.#updateAverages(now);
    }
    const busy = (changed & (1 << PSI_NONIDLE)) !== 0;
    this.#avgsDue = busy ? afterJiffies(now, Math.floor((this.#nextUpdate - now) / JIFFY_NS) + 1) : Infinity;
  }

  /** Linux: psi_rtpoll_work(). */
  #pollWork(now: Ticks): void {
    const changed = this.#collect('poll', now);
    const period = this.#pollPeriod;
    if (changed & this.#polledStates) {
      if (now > this.#pollUntil) this.#enterPolling(now);
      this.#pollUntil = now + period * UPDATES_PER_WINDOW;
    }
    if (now > this.#pollUntil) {
      this.#nextPoll = Infinity;
      this.#pollDue = Infinity;
      return;
    }
    if (now >= this.#nextPoll) {
      for (const trigger of this.#triggers) {
        if (trigger.privileged) trigger.update(now, this.#total.poll[trigger.state]);
      }
      this.#nextPoll = now + period;
    }
    this.#pollDue = afterJiffies(now, Math.floor((this.#nextPoll - now) / JIFFY_NS) + 1);
  }

  /** Linux: init_rtpoll_triggers(). */
  #enterPolling(now: Ticks): void {
    for (const trigger of this.#triggers) {
      if (trigger.privileged) trigger.reset(now, this.#total.poll[trigger.state]);
    }
    this.#nextPoll = now + this.#pollPeriod;
  }

  /** Bits of states that triggers look at often. */
  get #polledStates(): number {
    let states = 0;
    for (const { privileged, state } of this.#triggers) if (privileged) states |= 1 << state;
    return states;
  }

  get #pollPeriod(): Ticks {
    let period = Infinity;
    for (const { privileged, request } of this.#triggers) {
      if (privileged) period = Math.min(period, Math.floor(request.windowNs / UPDATES_PER_WINDOW));
    }
    return period;
  }

  #addTrigger(resource: PsiResource, request: TriggerRequest, privileged: boolean): PsiTrigger {
    const { now } = this.#clock;
    const aggregator = privileged ? 'poll' : 'avgs';
    this.#catchUp(now);
    this.#collect(aggregator, now);
    const state = FIRST_STATE[resource] + (request.kind === 'full' ? 1 : 0);
    const trigger = new PsiTrigger(request, state, privileged, now, this.#total[aggregator][state]);
    this.#triggers.add(trigger);
    return trigger;
  }

  /** Linux: collect_percpu_times(). @returns bits of the states in which time has passed */
  #collect(aggregator: Aggregator, now: Ticks): number {
    const sums = zeroes();
    let weights = 0;
    let changed = 0;
    for (const group of this.#cpus) {
      const times = recentTimes(group, aggregator, now);
      const weight = Math.floor(times[PSI_NONIDLE] / JIFFY_NS);
      if (weight === 0) continue;
      weights += weight;
      group.seen[aggregator] = group.seen[aggregator].map((seen, state) => seen + times[state]);
      for (let state = 0; state < NR_STATES; state++) {
        sums[state] += times[state] * weight;
        if (times[state] > 0) changed |= 1 << state;
      }
    }
    const total = this.#total[aggregator];
    for (let state = 0; state < PSI_NONIDLE; state++) total[state] += Math.floor(sums[state] / Math.max(weights, 1));
    return changed;
  }

  /** Linux: update_averages(). */
  #updateAverages(now: Ticks): void {
    const expires = this.#nextUpdate;
    const missed = Math.floor((now - expires) / PSI_PERIOD_NS);
    this.#nextUpdate = expires + (1 + missed) * PSI_PERIOD_NS;
    const period = now - (this.#lastUpdate + missed * PSI_PERIOD_NS);
    this.#lastUpdate = now;
    for (let state = 0; state < PSI_NONIDLE; state++) {
      const sample = Math.min(this.#total.avgs[state] - this.#averaged[state], period);
      this.#averaged[state] += sample;
      calcAvgs(this.#avgs[state], missed, sample, period);
    }
  }
}

/** Linux: record_times(). */
function recordTimes(group: PsiCpu, now: Ticks): void {
  for (let state = 0; state < NR_STATES; state++)
    if (group.mask & (1 << state)) group.times[state] += now - group.since;
  group.since = now;
}

/** Time in each state since this aggregator last asked. Linux: get_recent_times(). */
function recentTimes(group: PsiCpu, aggregator: Aggregator, now: Ticks): number[] {
  const seen = group.seen[aggregator];
  return group.times.map((before, state) => {
    const time = group.mask & (1 << state) ? before + now - group.since : before;
    return time - seen[state];
  });
}
