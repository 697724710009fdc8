/** Memory as a program itself asks for it and touches it. */
import type { UserAddr } from './types.ts';

export interface ProgramMemory {
  /** @returns the end of the heap, changed or not */
  brk(end: UserAddr): UserAddr;
  /** @returns private zeroes, or a negative errno */
  mmap(bytes: number): UserAddr | number;
  munmap(start: UserAddr, bytes: number): void;
  /** @returns a byte; null: the process has got a signal instead */
  load(addr: UserAddr): number | null;
  /** @returns whether it did not get a signal */
  store(addr: UserAddr, value: number): boolean;
}
