/** Boots a machine, and runs a script in its shell or hands it to whoever sits at the terminal. */
import type { Session } from '../../reference/shell/session.ts';
import { describe } from './description.ts';
import { fromText, runToEnd, toBytes } from './drive.ts';
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
  return modules['shell/session'].Session.boot(description, bytes, {
    out: (text) => screen.out(toBytes(text)),
    err: (text) => screen.err(toBytes(text)),
  });
}

/** @returns the exit status of the script */
export async function runScript(session: Session, text: string, screen: Screen): Promise<number> {
  const ended = await runToEnd(session, fromText(text));
  if (ended) return session.status;
  screen.err(toBytes('osgrade: the commands did not come to an end, and were stopped.\n'));
  return 124;
}
