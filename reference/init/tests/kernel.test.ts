import { EPERM } from '../../include/errno.ts';
import { SEGV_ACCERR, SEGV_MAPERR, SIGSEGV } from '../../include/kernel.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_EXEC, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { Kernel } from '../kernel.ts';
import { machine } from './machines.ts';

const RW = PROT_READ | PROT_WRITE;
const PRIVATE = MAP_PRIVATE | MAP_ANONYMOUS;

/** @returns the start of fresh anonymous pages of process 1 */
function fresh(kernel: Kernel, pages: number, prot = RW, flags = PRIVATE): number {
  return Number(kernel.syscall(1, 'mmap', 0, pages * PAGE_SIZE, prot, flags, -1, 0));
}

describe('a machine that has booted', () => {
  test('has a first process with stack, heap, program and vdso, in whole', () => {
    const kernel = Kernel.boot(machine(2048));
    const { mm } = kernel.rooms.pids.find(1) ?? {};
    expect(mm?.vmas.size).toBe(6);
    kernel.validate();
  });

  test('is the same for the same seed, and another for another', () => {
    const bases = [1, 1, 2].map((seed) => fresh(Kernel.boot(machine(2048, 1, { seed })), 1));
    expect(bases[0]).toBe(bases[1]);
    expect(bases[0]).not.toBe(bases[2]);
  });

  test('puts nothing by chance without ASLR', () => {
    const kernel = Kernel.boot(machine(2048, 1, { sysctls: { 'kernel.randomize_va_space': 0 } }));
    // Eight pages for vvar and vdso lie above.
    expect(fresh(kernel, 1)).toBe(0x7ffff7fff000 - 9 * PAGE_SIZE);
  });
});

describe('load and store', () => {
  test('fresh memory is zero, and keeps what is written', () => {
    const kernel = Kernel.boot(machine(2048));
    const addr = fresh(kernel, 2);
    expect(kernel.load(1, addr + 5)).toBe(0);
    expect(kernel.store(1, addr + 5, 42)).toBeNull();
    expect([kernel.load(1, addr + 5), kernel.load(1, addr + 6), kernel.load(1, addr + PAGE_SIZE)]).toEqual([42, 0, 0]);
    kernel.validate();
  });

  test('a signal without a handler ends the process; the parent is told', () => {
    const kernel = Kernel.boot(machine(2048));
    const child = Number(kernel.syscall(1, 'fork'));
    expect(kernel.load(child, 4096)).toEqual({ signo: SIGSEGV, code: SEGV_MAPERR, addr: 4096 });
    kernel.validate();
    expect(kernel.rooms.pids.find(child)).toBeNull();
  });

  test('with a handler it goes on', () => {
    const kernel = Kernel.boot(machine(2048));
    kernel.syscall(1, 'sigaction', SIGSEGV, 'handle');
    const addr = fresh(kernel, 1, PROT_READ);
    expect(kernel.store(1, addr, 1)).toEqual({ signo: SIGSEGV, code: SEGV_ACCERR, addr });
    expect(kernel.fetch(1, addr)).toEqual({ signo: SIGSEGV, code: SEGV_ACCERR, addr });
    expect(kernel.load(1, addr)).toBe(0);
    const code = fresh(kernel, 1, PROT_READ | PROT_EXEC);
    expect(kernel.fetch(1, code)).toBe(0);
  });

  test('rights that mprotect takes are gone on every CPU', () => {
    const kernel = Kernel.boot(machine(2048));
    kernel.syscall(1, 'sigaction', SIGSEGV, 'handle');
    const addr = fresh(kernel, 1);
    kernel.store(1, addr, 7);
    kernel.syscall(1, 'sched_setaffinity', 0, [1]);
    kernel.store(1, addr, 8);
    kernel.syscall(1, 'mprotect', addr, PAGE_SIZE, PROT_READ);
    expect(kernel.store(1, addr, 9)).toEqual({ signo: SIGSEGV, code: SEGV_ACCERR, addr });
    kernel.syscall(1, 'sched_setaffinity', 0, [0]);
    expect(kernel.store(1, addr, 9)).toEqual({ signo: SIGSEGV, code: SEGV_ACCERR, addr });
    expect(kernel.load(1, addr)).toBe(8);
    kernel.validate();
  });
});

describe('fork', () => {
  test('private memory parts with the first write of either, shared memory stays one', () => {
    const kernel = Kernel.boot(machine(4096));
    const own = fresh(kernel, 1);
    const shared = fresh(kernel, 1, RW, MAP_SHARED | MAP_ANONYMOUS);
    kernel.store(1, own, 1);
    kernel.store(1, shared, 1);
    const child = Number(kernel.syscall(1, 'fork'));
    kernel.store(child, own, 2);
    kernel.store(child, shared, 2);
    expect([kernel.load(1, own), kernel.load(child, own)]).toEqual([1, 2]);
    expect([kernel.load(1, shared), kernel.load(child, shared)]).toEqual([2, 2]);
    kernel.store(1, own, 3);
    expect(kernel.load(child, own)).toBe(2);
    kernel.validate();
  });

  test('the first process may not end', () => {
    expect(Kernel.boot(machine(2048)).syscall(1, 'exit', 0)).toBe(-EPERM);
  });

  test('a child that has ended leaves its number until the parent asks', () => {
    const kernel = Kernel.boot(machine(4096));
    const parent = Number(kernel.syscall(1, 'fork'));
    const child = Number(kernel.syscall(parent, 'fork'));
    expect(kernel.syscall(parent, 'wait4', -1)).toBeNull();
    kernel.syscall(child, 'exit', 3);
    kernel.validate();
    expect(kernel.syscall(parent, 'wait4', child)).toEqual({ pid: child, exitCode: 3, signal: null });
    expect(kernel.rooms.pids.size).toBe(2);
  });
});
