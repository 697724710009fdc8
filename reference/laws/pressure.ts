/**
 * What must hold while memory runs short, whatever is done: after each kill the machine is sound; time that was lost is never
 * given back, and all lose no more than some do; the same calls give the same.
 */

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

/** Microseconds lost so far. */
export interface LostTime {
  readonly some: number;
  readonly full: number;
}

/** A machine as these laws use it. */
export interface PressedMachine {
  /** Processes do something. */
  act(random: Random): void;
  /** By resource. */
  lostTime(): Readonly<Record<string, LostTime>>;
  /** Processes killed for lack of memory so far. */
  kills(): number;
  /** Panics if anything is not sound. */
  validate(): void;
  /** All that can be seen of it. */
  picture(): string;
}

/** @returns null, or the first law that does not hold */
export function breaksPressureLaws(machine: PressedMachine, random: Random, steps: number): string | null {
  let before = machine.lostTime();
  let kills = machine.kills();
  for (let step = 0; step < steps; step++) {
    machine.act(random);
    if (machine.kills() !== kills) machine.validate();
    kills = machine.kills();
    const now = machine.lostTime();
    for (const [resource, { some, full }] of Object.entries(now)) {
      const was = before[resource] ?? { some: 0, full: 0 };
      const at = `step ${step}: ${resource}`;
      if (some < was.some || full < was.full) return `${at}: ${was.some}/${was.full} us were lost, now ${some}/${full}`;
      if (full > some) return `${at}: all lost ${full} us, some only ${some}`;
    }
    before = now;
  }
  machine.validate();
  return null;
}

/** Plays the same twice. @param boot  a fresh machine @returns null, or what is seen of the two */
export function isNotRepeated(boot: () => PressedMachine, chance: () => Random, steps: number): string | null {
  const pictures = [boot(), boot()].map((machine) => {
    const random = chance();
    for (let step = 0; step < steps; step++) machine.act(random);
    return machine.picture();
  });
  return pictures[0] === pictures[1] ? null : pictures.join('\n---\n');
}
