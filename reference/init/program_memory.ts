/** The memory of a process of a booted kernel, for a program that is simulated: malloc, memcheck. */
import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../include/mman.ts';
import type { ProgramMemory } from '../include/program_memory.ts';
import type { Pid } from '../include/types.ts';
import type { Kernel } from './kernel.ts';

const RW = PROT_READ | PROT_WRITE;

/** Whoever has ended touches nothing any more. */
export function programMemory(kernel: Kernel, pid: Pid): ProgramMemory {
  const lives = (): boolean => kernel.rooms.pids.find(pid)?.mm != null;
  return {
    brk: (end) => kernel.syscall(pid, 'brk', end),
    mmap: (bytes) => kernel.syscall(pid, 'mmap', 0, bytes, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
    munmap: (start, bytes) => void kernel.syscall(pid, 'munmap', start, bytes),
    load(addr) {
      const byte = lives() ? kernel.load(pid, addr) : null;
      return typeof byte === 'number' ? byte : null;
    },
    store: (addr, value) => lives() && kernel.store(pid, addr, value) === null,
  };
}
