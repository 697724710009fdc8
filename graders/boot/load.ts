/** The reference kernel with its shell. */
import { loadReference } from '../reference.ts';

export interface ShellModules {
  readonly 'shell/session': typeof import('../../reference/shell/session.ts');
}

let shell: Promise<ShellModules> | null = null;

/** Loaded once: machines share nothing but the code. */
export function loadShell(): Promise<ShellModules> {
  shell ??= loadReference<ShellModules>(['shell/session']);
  return shell;
}
