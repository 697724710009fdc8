/** Limits of the sealed realm. Work is counted, never timed: the same code meets the same limit on every machine. */

/** Calls and jumps between two looks at the work limit. Fixed by the interpreter (QuickJS, JS_INTERRUPT_COUNTER_INIT). */
export const TICK = 10_000;

/**
 * Stack of the interpreter, in bytes: some 10,000 plain frames of student code, the same number everywhere. It must be
 * used up before the stack of the thread it runs on is, or the engine below dies instead of the code above: see
 * docs/architecture.md for how the pair was chosen.
 */
export const STACK_BYTES = 2 * 2 ** 20;

/** Stack of the thread that runs the interpreter, in MiB. */
export const THREAD_STACK_MIB = 128;

/** Memory that the interpreter begins with, in bytes: fixed when it was compiled. */
export const INITIAL_BYTES = 16 * 2 ** 20;

/**
 * What a value may be at most to cross the membrane; how much of an error's text is kept, in characters; and how many big
 * integers of one call cross without being spelled out.
 */
export const CROSSING = { depth: 64, nodes: 200_000, string: 2 ** 20, message: 2_000, bigs: 4 } as const;

/** What one submission may use. */
export interface Limits {
  /** Calls and jumps for one test. */
  readonly work: number;
  /** What memory may grow by, beyond what the interpreter begins with. */
  readonly heapBytes: number;
}
