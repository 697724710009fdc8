/** What is to be timed: the reference kernel, bundled and loaded into this process as it stands. */
import { COURSE } from '../course.ts';
import { GraderError } from '../errors.ts';
import { compile } from '../stages/compile.ts';
import { sourceTree } from '../tree.ts';

/** Modules of the reference that hold work to be timed. */
export interface TimedModules {
  readonly 'bench/suite': typeof import('../../reference/bench/suite.ts');
  readonly 'bench/million': typeof import('../../reference/bench/million.ts');
}

const MODULES: readonly (keyof TimedModules)[] = ['bench/suite', 'bench/million'];

/** The bundler keeps names of functions by a call for each function made, which would be timed too. */
const KEEPS_NAMES = /^\s*var __name = .*$/m;

export async function loadTimed(): Promise<TimedModules> {
  const files = MODULES.map((path) => `${path}.ts`);
  const compiled = await compile(COURSE.starter, sourceTree(COURSE.reference), files);
  if (compiled.kind === 'refused') throw new GraderError('COMPILE_FAILED', `The reference: ${compiled.says}.`);
  const code = compiled.program.code.replace(KEEPS_NAMES, 'var __name = (target) => target;');
  const load = new Function(`${code}\nreturn subject;`) as () => TimedModules;
  return load();
}
