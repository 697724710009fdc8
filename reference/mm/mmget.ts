/** Address spaces that somebody else is walking through: they must stay as they are. Linux: mmget(), mmap_lock. */
import type { MmStruct } from './mm_struct.ts';

const walked = new WeakSet<MmStruct>();

/** Does something with an address space that is not that of the process which runs. */
export function withMm<T>(mm: MmStruct, run: () => T): T {
  const outer = walked.has(mm);
  walked.add(mm);
  const result = run();
  if (!outer) walked.delete(mm);
  return result;
}

/** Whether its pages must not be taken away, nor it end. */
export const isWalked = (mm: MmStruct): boolean => walked.has(mm);
