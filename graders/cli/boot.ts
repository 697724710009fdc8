/** `osgrade boot`: boots a simulated machine, and gives a shell on it. */
import { readFileSync } from 'node:fs';
import { bootMachine, runScript, type Screen } from '../boot/boot.ts';
import { exportTree } from '../boot/export.ts';
import { prompt } from '../boot/prompt.ts';
import { GraderError } from '../errors.ts';

export interface BootOptions {
  readonly machine: string;
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
  const text = options.command ?? (options.script === undefined ? null : scriptText(options.script));
  const session = await bootMachine(options.machine, screen);
  const ended = (status: number): number => {
    if (options.export !== undefined) exportTree(session, options.export);
    return status;
  };
  if (text !== null) return ended(await runScript(session, text, screen));
  if (options.export !== undefined) return ended(0);
  return await prompt(session, { input: terminal.stdin, output: terminal.stdout });
}

function scriptText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new GraderError('SCRIPT_NOT_FOUND', `The script ${path} cannot be read: ${(cause as Error).message}.`, cause);
  }
}
