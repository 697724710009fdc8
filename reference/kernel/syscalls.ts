/** All system calls by name. Linux: arch/x86/entry/syscalls/syscall_64.tbl. */
import type { Caller } from './syscalls/caller.ts';
import { FILE_CALLS } from './syscalls/files.ts';
import { MEMORY_CALLS } from './syscalls/memory.ts';
import { NUMA_CALLS } from './syscalls/numa.ts';
import { PROCESS_CALLS } from './syscalls/process.ts';
import { SWAP_CALLS } from './syscalls/swap.ts';
import { SYSTEM_WIDE_CALLS } from './syscalls/system.ts';

const CALLS = {
  ...MEMORY_CALLS,
  ...PROCESS_CALLS,
  ...FILE_CALLS,
  ...SWAP_CALLS,
  ...NUMA_CALLS,
  ...SYSTEM_WIDE_CALLS,
} as const;

export type SystemCall = keyof typeof CALLS;

/** What a call takes besides its caller, and what it gives. */
export type SystemCallArgs<Name extends SystemCall> = (typeof CALLS)[Name] extends (
  caller: Caller,
  ...args: infer Args
) => unknown
  ? Args
  : never;
export type SystemCallResult<Name extends SystemCall> = ReturnType<(typeof CALLS)[Name]>;

export const SYSTEM_CALLS: {
  readonly [Name in SystemCall]: (caller: Caller, ...args: SystemCallArgs<Name>) => SystemCallResult<Name>;
} = CALLS;
