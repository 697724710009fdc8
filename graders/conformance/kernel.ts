/** The reference kernel, ready to be called: the reference laid over the starter, bundled and loaded into this process. */
import { COURSE } from '../course.ts';
import { GraderError } from '../errors.ts';
import { compile } from '../stages/compile.ts';
import { sourceTree } from '../tree.ts';

/** What of the kernel the recordings are held against. */
export interface Kernel {
  readonly 'include/errno': typeof import('../../starter/include/errno.ts');
  readonly 'include/mm_types': typeof import('../../starter/include/mm_types.ts');
  readonly 'include/mman': typeof import('../../starter/include/mman.ts');
  readonly 'fs/proc/vm_flags': typeof import('../../reference/fs/proc/vm_flags.ts');
  readonly 'mm/fault': typeof import('../../reference/mm/fault.ts');
  readonly 'mm/fork': typeof import('../../reference/mm/fork.ts');
  readonly 'mm/madvise': typeof import('../../reference/mm/madvise.ts');
  readonly 'mm/mlock': typeof import('../../reference/mm/mlock.ts');
  readonly 'mm/mm_struct': typeof import('../../reference/mm/mm_struct.ts');
  readonly 'mm/mmap': typeof import('../../reference/mm/mmap.ts');
  readonly 'mm/mmap_base': typeof import('../../reference/mm/mmap_base.ts');
  readonly 'mm/mprotect': typeof import('../../reference/mm/mprotect.ts');
  readonly 'mm/mremap': typeof import('../../reference/mm/mremap.ts');
  readonly 'mm/mseal': typeof import('../../reference/mm/mseal.ts');
  readonly 'mm/slab_common': typeof import('../../reference/mm/slab_common.ts');
  readonly 'mm/util': typeof import('../../reference/mm/util.ts');
  readonly 'mm/vma': typeof import('../../reference/mm/vma.ts');
  readonly 'mm/vma_munmap': typeof import('../../reference/mm/vma_munmap.ts');
  readonly 'mm/watermark': typeof import('../../reference/mm/watermark.ts');
}

const MODULES: readonly (keyof Kernel)[] = [
  'include/errno',
  'include/mm_types',
  'include/mman',
  'fs/proc/vm_flags',
  'mm/fault',
  'mm/fork',
  'mm/madvise',
  'mm/mlock',
  'mm/mm_struct',
  'mm/mmap',
  'mm/mmap_base',
  'mm/mprotect',
  'mm/mremap',
  'mm/mseal',
  'mm/slab_common',
  'mm/util',
  'mm/vma',
  'mm/vma_munmap',
  'mm/watermark',
];

export async function loadKernel(): Promise<Kernel> {
  const compiled = await compile(
    COURSE.starter,
    sourceTree(COURSE.reference),
    MODULES.map((path) => `${path}.ts`),
  );
  if (compiled.kind === 'refused') throw new GraderError('COMPILE_FAILED', `The reference: ${compiled.says}.`);
  const load = new Function(`${compiled.program.code}\nreturn subject;`) as () => Kernel;
  return load();
}
