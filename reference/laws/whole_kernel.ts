/**
 * What the whole kernel must obey, told by a scenario: something that processes do, from a machine at rest to a machine at
 * rest again.
 *
 * 1. Nothing is lost: after the second time as much is free as after the first. (The first may fill caches.)
 * 2. Whatever fails is undone: for every n the n-th allocation of a page, or of an object, the n-th slot of swap, the n-th
 *    read or write of a disk fails once; the scenario must cope, the machine stay sound, and no frame be lost.
 */

/** A machine as these laws use it. */
export interface LawfulMachine {
  /** Plays the scenario once. Errors of system calls and signals are its own business; a panic is not. */
  play(): void;
  /** All processes but the first end, all I/O, caches are given up. @returns free frames */
  settle(): number;
  /** From now on the n-th request of a kind fails, once; others do not. null: none */
  failNth(kind: FailureKind, n: number): void;
  /** Whether the n-th has come. Nothing fails any more after this is asked. */
  hasFailed(): boolean;
  /** Panics if anything is not sound. */
  validate(): void;
}

export const FAILURE_KINDS = ['page', 'slab', 'swap', 'read', 'write'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** @returns null, or how much is free after the first time and after the second */
export function losesFrames(machine: LawfulMachine): string | null {
  machine.play();
  const first = machine.settle();
  machine.validate();
  machine.play();
  const second = machine.settle();
  machine.validate();
  return first === second ? null : `${first} frames are free after the first time, ${second} after the second`;
}

/** What came of failing every n-th request of a kind. */
export interface Injected {
  /** How many requests there are: one run for each. */
  readonly runs: number;
  /** null: the law holds. */
  readonly broken: string | null;
}

/**
 * @param boot  a fresh machine
 * @param most  runs at most
 */
export function breaksUnderFailures(boot: () => LawfulMachine, kind: FailureKind, most: number): Injected {
  const machine = boot();
  machine.play();
  const free = machine.settle();
  for (let n = 1; n <= most; n++) {
    machine.failNth(kind, n);
    machine.play();
    const came = machine.hasFailed();
    const left = machine.settle();
    machine.validate();
    if (left !== free) return { runs: n, broken: `${kind} ${n} fails: ${free - left} frames are lost` };
    if (!came) return { runs: n - 1, broken: null };
  }
  return { runs: most, broken: null };
}
