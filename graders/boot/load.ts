/** The reference kernel with its shell. */
import { loadReference } from '../reference.ts';

export interface ShellModules {
  readonly 'shell/session': typeof import('../../reference/shell/session.ts');
}

export const loadShell = (): Promise<ShellModules> => loadReference<ShellModules>(['shell/session']);
