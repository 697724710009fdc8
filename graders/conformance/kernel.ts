/** The reference kernel, ready to be called: the reference laid over the starter, bundled and loaded into this process. */
import { COURSE } from '../course.ts';
import { GraderError } from '../errors.ts';
import { compile } from '../stages/compile.ts';
import { sourceTree } from '../tree.ts';

/** What of the kernel the recordings are held against. */
export interface Kernel {
  readonly 'arch/block_device': typeof import('../../starter/arch/block_device.ts');
  readonly 'arch/clock': typeof import('../../starter/arch/clock.ts');
  readonly 'arch/cpu_mmu': typeof import('../../reference/arch/cpu_mmu.ts');
  readonly 'arch/memory': typeof import('../../starter/arch/memory.ts');
  readonly 'arch/page_walk': typeof import('../../reference/arch/page_walk.ts');
  readonly 'fs/proc/task_mmu': typeof import('../../reference/fs/proc/task_mmu.ts');
  readonly 'fs/proc/vm_flags': typeof import('../../reference/fs/proc/vm_flags.ts');
  readonly 'include/errno': typeof import('../../starter/include/errno.ts');
  readonly 'include/gfp': typeof import('../../starter/include/gfp.ts');
  readonly 'include/machine': typeof import('../../starter/include/machine.ts');
  readonly 'include/mm_types': typeof import('../../starter/include/mm_types.ts');
  readonly 'include/mman': typeof import('../../starter/include/mman.ts');
  readonly 'include/page_flags': typeof import('../../starter/include/page_flags.ts');
  readonly 'include/pgtable_types': typeof import('../../starter/include/pgtable_types.ts');
  readonly 'mm/address_space': typeof import('../../reference/mm/address_space.ts');
  readonly 'mm/alloc_pages': typeof import('../../reference/mm/alloc_pages.ts');
  readonly 'mm/balance_dirty_pages': typeof import('../../reference/mm/balance_dirty_pages.ts');
  readonly 'mm/exit_mmap': typeof import('../../reference/mm/exit_mmap.ts');
  readonly 'mm/fault': typeof import('../../reference/mm/fault.ts');
  readonly 'mm/filemap': typeof import('../../reference/mm/filemap.ts');
  readonly 'mm/filemap_fault': typeof import('../../reference/mm/filemap_fault.ts');
  readonly 'mm/fork': typeof import('../../reference/mm/fork.ts');
  readonly 'mm/huge_rooms': typeof import('../../reference/mm/huge_rooms.ts');
  readonly 'mm/lruvec': typeof import('../../reference/mm/lruvec.ts');
  readonly 'mm/madvise': typeof import('../../reference/mm/madvise.ts');
  readonly 'mm/mem_map': typeof import('../../starter/mm/mem_map.ts');
  readonly 'mm/mlock': typeof import('../../reference/mm/mlock.ts');
  readonly 'mm/mm_struct': typeof import('../../reference/mm/mm_struct.ts');
  readonly 'mm/mlock_batch': typeof import('../../reference/mm/mlock_batch.ts');
  readonly 'mm/mmap': typeof import('../../reference/mm/mmap.ts');
  readonly 'mm/mmap_base': typeof import('../../reference/mm/mmap_base.ts');
  readonly 'mm/mprotect': typeof import('../../reference/mm/mprotect.ts');
  readonly 'mm/mremap': typeof import('../../reference/mm/mremap.ts');
  readonly 'mm/mseal': typeof import('../../reference/mm/mseal.ts');
  readonly 'mm/msync': typeof import('../../reference/mm/msync.ts');
  readonly 'mm/oom_badness': typeof import('../../reference/mm/oom_badness.ts');
  readonly 'mm/page_io': typeof import('../../reference/mm/page_io.ts');
  readonly 'mm/page_writeback': typeof import('../../reference/mm/page_writeback.ts');
  readonly 'mm/pgdat': typeof import('../../reference/mm/pgdat.ts');
  readonly 'mm/rmap': typeof import('../../reference/mm/rmap.ts');
  readonly 'mm/rmap_file': typeof import('../../reference/mm/rmap_file.ts');
  readonly 'mm/rmap_walk': typeof import('../../reference/mm/rmap_walk.ts');
  readonly 'mm/shmem': typeof import('../../reference/mm/shmem.ts');
  readonly 'mm/shmem_swap': typeof import('../../reference/mm/shmem_swap.ts');
  readonly 'mm/shrinker': typeof import('../../reference/mm/shrinker.ts');
  readonly 'mm/slab_common': typeof import('../../reference/mm/slab_common.ts');
  readonly 'mm/split_folio': typeof import('../../reference/mm/split_folio.ts');
  readonly 'mm/swap': typeof import('../../reference/mm/swap.ts');
  readonly 'mm/swap_fault': typeof import('../../reference/mm/swap_fault.ts');
  readonly 'mm/swap_state': typeof import('../../reference/mm/swap_state.ts');
  readonly 'mm/swapfile': typeof import('../../reference/mm/swapfile.ts');
  readonly 'mm/tlb': typeof import('../../reference/mm/tlb.ts');
  readonly 'mm/try_to_unmap': typeof import('../../reference/mm/try_to_unmap.ts');
  readonly 'mm/util': typeof import('../../reference/mm/util.ts');
  readonly 'mm/validate_huge': typeof import('../../reference/mm/validate_huge.ts');
  readonly 'mm/validate_pages': typeof import('../../reference/mm/validate_pages.ts');
  readonly 'mm/validate_swap': typeof import('../../reference/mm/validate_swap.ts');
  readonly 'mm/vm_stat': typeof import('../../starter/mm/vm_stat.ts');
  readonly 'mm/vma': typeof import('../../reference/mm/vma.ts');
  readonly 'mm/vma_munmap': typeof import('../../reference/mm/vma_munmap.ts');
  readonly 'mm/vmscan': typeof import('../../reference/mm/vmscan.ts');
  readonly 'mm/vmscan_rooms': typeof import('../../reference/mm/vmscan_rooms.ts');
  readonly 'mm/watermark': typeof import('../../reference/mm/watermark.ts');
  readonly 'mm/workingset': typeof import('../../reference/mm/workingset.ts');
}

const MODULES: readonly (keyof Kernel)[] = [
  'arch/block_device',
  'arch/clock',
  'arch/cpu_mmu',
  'arch/memory',
  'arch/page_walk',
  'fs/proc/task_mmu',
  'fs/proc/vm_flags',
  'include/errno',
  'include/gfp',
  'include/machine',
  'include/mm_types',
  'include/mman',
  'include/page_flags',
  'include/pgtable_types',
  'mm/address_space',
  'mm/alloc_pages',
  'mm/balance_dirty_pages',
  'mm/exit_mmap',
  'mm/fault',
  'mm/filemap',
  'mm/filemap_fault',
  'mm/fork',
  'mm/huge_rooms',
  'mm/lruvec',
  'mm/madvise',
  'mm/mem_map',
  'mm/mlock',
  'mm/mm_struct',
  'mm/mlock_batch',
  'mm/mmap',
  'mm/mmap_base',
  'mm/mprotect',
  'mm/mremap',
  'mm/mseal',
  'mm/msync',
  'mm/oom_badness',
  'mm/page_io',
  'mm/page_writeback',
  'mm/pgdat',
  'mm/rmap',
  'mm/rmap_file',
  'mm/rmap_walk',
  'mm/shmem',
  'mm/shmem_swap',
  'mm/shrinker',
  'mm/slab_common',
  'mm/split_folio',
  'mm/swap',
  'mm/swap_fault',
  'mm/swap_state',
  'mm/swapfile',
  'mm/tlb',
  'mm/try_to_unmap',
  'mm/util',
  'mm/validate_huge',
  'mm/validate_pages',
  'mm/validate_swap',
  'mm/vm_stat',
  'mm/vma',
  'mm/vma_munmap',
  'mm/vmscan',
  'mm/vmscan_rooms',
  'mm/watermark',
  'mm/workingset',
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
