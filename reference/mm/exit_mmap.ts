/** The end of an address space. Linux: mm/mmap.c, exit_mmap(); kernel/fork.c, __mmput(). */
import { VM_ACCOUNT } from '../include/mm_types.ts';
import type { MmStruct } from './mm_struct.ts';
import { vmaPages } from './vma.ts';
import { completeMunmapVmas } from './vma_munmap.ts';

/** All mappings go, with their pages, their tables and their promises; sealed ones too. Nobody may use it any more. */
export function exitMmap(mm: MmStruct): void {
  const { mlockBatch, huge } = mm.owner.system;
  mlockBatch.drain();
  const vmas = [...mm.vmas];
  const accounted = vmas.reduce((pages, vma) => (vma.vmFlags & VM_ACCOUNT ? pages + vmaPages(vma) : pages), 0);
  completeMunmapVmas(mm, { vmas, pages: 0, accounted });
  mm.owner.commit.vmUnacctMemory(accounted);
  // What was unlocked just now waits, and would not be free. Linux: free_pages_and_swap_cache().
  mlockBatch.drain();
  huge.zero.put(mm.pages);
  mm.pages.destroy();
}
