/** The reference kernel with its shell, bundled and loaded into this process as it stands. */
import { COURSE } from '../course.ts';
import { GraderError } from '../errors.ts';
import { compile } from '../stages/compile.ts';
import { sourceTree } from '../tree.ts';

export interface ShellModules {
  readonly 'shell/session': typeof import('../../reference/shell/session.ts');
}

/** The bundler keeps names of functions by a call for each function made, which costs time. */
const KEEPS_NAMES = /^\s*var __name = .*$/m;

export async function loadShell(): Promise<ShellModules> {
  const compiled = await compile(COURSE.starter, sourceTree(COURSE.reference), ['shell/session.ts']);
  if (compiled.kind === 'refused') throw new GraderError('COMPILE_FAILED', `The reference: ${compiled.says}.`);
  const code = compiled.program.code.replace(KEEPS_NAMES, 'var __name = (target) => target;');
  const load = new Function(`${code}\nreturn subject;`) as () => ShellModules;
  return load();
}
