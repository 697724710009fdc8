/** Plays scenarios for tests. */
import type { Kernel } from '../../../reference/init/kernel.ts';
import { Session } from '../../../reference/shell/session.ts';
import { describe as describeMachine } from '../description.ts';
import { fromText, toBytes } from '../drive.ts';
import { readMachine } from '../machine_file.ts';
import { readScript } from '../script_file.ts';

export interface Played {
  readonly session: Session;
  readonly shown: string;
}

/** Lines as somebody types them, those of one command together. */
function commandsOf(session: Session, text: string): string[] {
  const commands: string[] = [];
  let begun = '';
  for (const line of text.split('\n')) {
    begun += `${line}\n`;
    if (session.parse(begun).kind === 'incomplete') continue;
    commands.push(begun);
    begun = '';
  }
  return commands;
}

/**
 * Command after command, as at the prompt.
 * @param look  called after each command, and after each turn of a task
 * @param seed  of chance in the machine; left out: the machine's own
 */
export function play(name: string, look: (kernel: Kernel, when: 'command' | 'turn') => void, seed?: number): Played {
  const { text, machine } = readScript(name);
  const file = readMachine(machine ?? '');
  const { description } = describeMachine({ ...file, seed: seed ?? file.seed });
  let shown = '';
  const show = (some: string): void => {
    shown += toBytes(some).toString('utf8');
  };
  const session = Session.boot(description, {}, { out: show, err: show });
  for (const command of commandsOf(session, fromText(text))) {
    session.begin(command);
    while (session.step()) look(session.kernel, 'turn');
    look(session.kernel, 'command');
  }
  return { session, shown };
}
