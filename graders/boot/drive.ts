/** Lets a machine run until a command has ended, or somebody has had enough of it. */
import type { Session } from '../../reference/shell/session.ts';

/** Steps that the commands of a script may take together: what has not ended by then will not. */
export const MOST_STEPS = 2_000_000;

/** Steps between two looks at what the system has to say, a Ctrl-C for example. */
export const BURST = 2_000;

export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** @returns whether it has ended; false: it was stopped, for it took too many steps */
export async function runToEnd(session: Session, text: string, mostSteps = MOST_STEPS): Promise<boolean> {
  session.begin(text);
  for (let steps = 1; session.step(); steps++) {
    if (steps % BURST === 0) await breathe();
    if (steps < mostSteps) continue;
    session.interrupt();
    while (session.step());
    return false;
  }
  return true;
}

/** Text of a machine is bytes: one each character. */
export const toBytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A text, typed or from a file, as the machine gets it. */
export const fromText = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
