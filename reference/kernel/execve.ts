/** A process begins another program. Linux: fs/exec.c, do_execveat_common(), begin_new_exec(). */
import { ENOENT } from '../include/errno.ts';
import { O_RDONLY } from '../include/fcntl.ts';
import type { ProgramDescription } from '../include/kernel.ts';
import type { UserAddr } from '../include/types.ts';
import { exitMmap } from '../mm/exit_mmap.ts';
import type { RandomBits } from '../mm/mmap_base.ts';
import { execProgram } from './exec.ts';
import type { Process } from './process.ts';
import type { KernelRooms } from './rooms.ts';

/** Where a program begins to run, and its stack. */
export interface Entry {
  readonly entry: UserAddr;
  readonly sp: UserAddr;
}

/** Where stack and mappings, and where the heap, are put by chance: kernel.randomize_va_space. null: always alike. */
export function placeByChance({ random, policy }: KernelRooms): [RandomBits | null, RandomBits | null] {
  const bits: RandomBits = (count) => random.below(2 ** count);
  return [policy.randomizeVaSpace > 0 ? bits : null, policy.randomizeVaSpace > 1 ? bits : null];
}

/**
 * Its address space goes, with all handlers; its number, files and policy stay.
 * @returns where it begins; -ENOENT: no such file; -ENOMEM: it goes on as it was
 * SIMPLIFIED: open files stay open, as none is marked O_CLOEXEC.
 */
export function execve(kernel: KernelRooms, process: Process, program: ProgramDescription): Entry | number {
  const { fs, sched } = kernel;
  const file = program.file === undefined ? null : fs.open(program.file, O_RDONLY);
  if (typeof file === 'number') return file;
  if (file?.inode.disk.kind === 'dir') {
    fs.release(file);
    return -ENOENT;
  }
  const started = execProgram(process.owner, program, file, ...placeByChance(kernel));
  if (file !== null) fs.release(file);
  if (typeof started === 'number') return started;
  const old = process.mm;
  sched.leave(process);
  process.mm = started.mm;
  if (old !== null) exitMmap(old);
  process.comm = program.comm;
  process.handled.clear();
  process.lastSignal = null;
  return { entry: started.entry, sp: started.sp };
}
