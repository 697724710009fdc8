/** `osgrade boot`: boots a simulated machine, and gives a shell on it. */
import { bootMachine, runScript, type Screen } from '../boot/boot.ts';
import { exportTree } from '../boot/export.ts';
import { prompt } from '../boot/prompt.ts';
import { readScript } from '../boot/script_file.ts';
import { GraderError } from '../errors.ts';

/** If neither the command line nor the script names one. */
const MACHINE = 'laptop';

export interface BootOptions {
  readonly machine?: string;
  readonly script?: string;
  readonly command?: string;
  readonly export?: string;
}

/**
 * @param terminal  who sits at it, when there is neither a script nor a command
 * @returns the exit status of the shell
 */
export async function bootCommand(options: BootOptions, screen: Screen, terminal: NodeJS.Process): Promise<number> {
  if (options.script !== undefined && options.command !== undefined) {
    throw new GraderError('USAGE', 'Give --script or -c, not both.');
  }
  const script = options.script === undefined ? null : readScript(options.script);
  const text = options.command ?? script?.text ?? null;
  const session = await bootMachine(options.machine ?? script?.machine ?? MACHINE, screen);
  const ended = (status: number): number => {
    if (options.export !== undefined) exportTree(session, options.export);
    return status;
  };
  if (text !== null) {
    const stop = new AbortController();
    terminal.once('SIGINT', () => stop.abort());
    return ended(await runScript(session, text, screen, { signal: stop.signal }));
  }
  if (options.export !== undefined) return ended(0);
  return await prompt(session, { input: terminal.stdin, output: terminal.stdout });
}
