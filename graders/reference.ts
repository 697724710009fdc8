/** The reference kernel, bundled and loaded into this process as it stands: for ourselves, never for students' code. */
import { COURSE } from './course.ts';
import { GraderError } from './errors.ts';
import { compile } from './stages/compile.ts';
import { sourceTree } from './tree.ts';

/** The bundler keeps names of functions by a call for each function made, which costs time. */
const KEEPS_NAMES = /^\s*var __name = .*$/m;

/**
 * @template Modules  exports by path, without `.ts`
 * @throws GraderError COMPILE_FAILED
 */
export async function loadReference<Modules>(paths: readonly (keyof Modules & string)[]): Promise<Modules> {
  const files = paths.map((path) => `${path}.ts`);
  const compiled = await compile(COURSE.starter, sourceTree(COURSE.reference), files);
  if (compiled.kind === 'refused') throw new GraderError('COMPILE_FAILED', `The reference: ${compiled.says}.`);
  const code = compiled.program.code.replace(KEEPS_NAMES, 'var __name = (target) => target;');
  const load = new Function(`${code}\nreturn subject;`) as () => Modules;
  return load();
}
