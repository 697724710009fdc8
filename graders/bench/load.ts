/** What is to be timed: the reference kernel, bundled and loaded into this process as it stands. */
import { loadReference } from '../reference.ts';

/** Modules of the reference that hold work to be timed. */
export interface TimedModules {
  readonly 'bench/suite': typeof import('../../reference/bench/suite.ts');
  readonly 'bench/million': typeof import('../../reference/bench/million.ts');
}

const MODULES: readonly (keyof TimedModules)[] = ['bench/suite', 'bench/million'];

export const loadTimed = (): Promise<TimedModules> => loadReference<TimedModules>(MODULES);
