/** What a program gets here: more than the contract, namely files that can be made and removed, too. */
import type { Running, ToolContext } from '../include/tool.ts';
import type { Kernel } from '../init/kernel.ts';
import type { MachineFiles } from './files.ts';

export interface ShellContext extends ToolContext<Kernel> {
  readonly files: MachineFiles;
  /** Runs a line as `sh -c` does. @returns its exit status */
  run(line: string): Running;
}

/** Every Tool<Kernel> is one. */
export type ShellTool = (context: ShellContext) => number | Running;
