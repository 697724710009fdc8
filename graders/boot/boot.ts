/** Boots a machine, and runs a script in its shell or hands it to whoever sits at the terminal. */
import type { Session } from '../../reference/shell/session.ts';
import { GraderError } from '../errors.ts';
import { describe } from './description.ts';
import { fromText, runToEnd, type Stop, toBytes } from './drive.ts';
import { loadShell } from './load.ts';
import { readMachine } from './machine_file.ts';

export interface Screen {
  out(bytes: Buffer): void;
  err(bytes: Buffer): void;
}

/** @param machine  a name, or the path of a file. @throws GraderError MACHINE_INVALID */
export async function bootMachine(machine: string, screen: Screen): Promise<Session> {
  const { description, texts } = describe(readMachine(machine));
  const modules = await loadShell();
  const bytes = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, fromText(text)]));
  const terminal = {
    out: (text: string) => screen.out(toBytes(text)),
    err: (text: string) => screen.err(toBytes(text)),
  };
  try {
    return modules['shell/session'].Session.boot(description, bytes, terminal);
  } catch (cause) {
    // The class is the bundle's own: its name is what can be looked at.
    if (!(cause instanceof Error) || cause.name !== 'KernelPanic') throw cause;
    throw new GraderError('MACHINE_INVALID', `The machine "${machine}" does not boot: ${cause.message}.`, cause);
  }
}

/** @returns the exit status of the script */
export async function runScript(session: Session, text: string, screen: Screen, stop: Stop = {}): Promise<number> {
  const ending = await runToEnd(session, fromText(text), stop);
  if (ending !== 'too many steps') return session.status;
  screen.err(toBytes('osgrade: the commands did not come to an end, and were stopped.\n'));
  return 124;
}
