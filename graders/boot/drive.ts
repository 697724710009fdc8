/** Lets a machine run until a command has ended, or somebody has had enough of it. */
import type { Session } from '../../reference/shell/session.ts';

/** Steps that the commands of a script may take together: what has not ended by then will not. */
export const MOST_STEPS = 2_000_000;

/** Steps between two looks at the clock, and how long a machine computes, in ms, before others are heard: Ctrl-C for example. */
const STEPS = 64;
const BURST_MS = 50;

/** Gives way to whatever else the process has to do. It changes nothing of what the machine does. */
export class Breath {
  #steps = 0;
  #since = performance.now();

  /** Called at each step. @returns whether it is time */
  get isDue(): boolean {
    if (++this.#steps % STEPS !== 0 || performance.now() - this.#since < BURST_MS) return false;
    this.#since = performance.now();
    return true;
  }

  take(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** How commands may be stopped before their end. */
export interface Stop {
  /** Somebody has had enough of them: Ctrl-C. */
  readonly signal?: AbortSignal;
  readonly mostSteps?: number;
}

export type Ending = 'ended' | 'interrupted' | 'too many steps';

/** Runs commands until they have ended. */
export async function runToEnd(
  session: Session,
  text: string,
  { signal, mostSteps = MOST_STEPS }: Stop = {},
): Promise<Ending> {
  session.begin(text);
  const breath = new Breath();
  for (let steps = 1; session.step(); steps++) {
    if (breath.isDue) await breath.take();
    const isInterrupted = signal?.aborted === true;
    if (steps < mostSteps && !isInterrupted) continue;
    session.interrupt();
    while (session.step());
    return isInterrupted ? 'interrupted' : 'too many steps';
  }
  return 'ended';
}

/** Text of a machine is bytes: one each character. */
export const toBytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A text, typed or from a file, as the machine gets it. */
export const fromText = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
