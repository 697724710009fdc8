/** A machine of 32-bit addresses: page tables of PAE, 3 GiB for each process. */
import { ENOMEM } from '../../include/errno.ts';
import { SEGV_ACCERR, SEGV_MAPERR, SIGSEGV } from '../../include/kernel.ts';
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { Kernel } from '../kernel.ts';
import { machine } from './machines.ts';

const RW = PROT_READ | PROT_WRITE;
const GIB = 2 ** 30;
const ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS;

const boot = (seed = 1): Kernel => Kernel.boot(machine(4096, 2, { paging: 'PAE', seed }));

/** Maps pages, at a place or anywhere. */
function map(kernel: Kernel, pages: number, addr = 0): number {
  const flags = addr === 0 ? ANONYMOUS : ANONYMOUS | MAP_FIXED;
  return Number(kernel.syscall(1, 'mmap', addr, pages * PAGE_SIZE, RW, flags, -1, 0));
}

describe('a process of 32 bits', () => {
  test('has everything below 3 GiB, whatever chance says', () => {
    for (const seed of [1, 2, 3]) {
      const kernel = boot(seed);
      const ends = [...(kernel.rooms.pids.find(1)?.mm?.vmas ?? [])].map(({ vmEnd }) => vmEnd);
      expect(ends.length).toBeGreaterThan(4);
      expect(Math.max(...ends)).toBeLessThanOrEqual(3 * GIB);
      expect(Math.max(...ends)).toBeGreaterThan(3 * GIB - 9 * 2 ** 20);
      kernel.validate();
    }
  });

  test('maps, faults, and unmaps in each of its GiB; PTE tables go with the mappings', () => {
    const kernel = boot();
    const pages = kernel.rooms.pids.find(1)?.mm?.pages;
    expect(pages?.pgtablesBytes).toBe(0);
    for (const addr of [GIB - PAGE_SIZE, 2 * GIB - PAGE_SIZE]) {
      expect(map(kernel, 2, addr)).toBe(addr);
      kernel.store(1, addr, 7);
      kernel.store(1, addr + PAGE_SIZE, 8);
      expect([kernel.load(1, addr), kernel.load(1, addr + PAGE_SIZE)]).toEqual([7, 8]);
      kernel.validate();
    }
    for (const addr of [GIB - PAGE_SIZE, 2 * GIB - PAGE_SIZE]) kernel.syscall(1, 'munmap', addr, 2 * PAGE_SIZE);
    // In the first and the third GiB other mappings lie, that may need the PMD tables.
    expect(pages?.pgtablesBytes).toBe(2 * PAGE_SIZE);
    kernel.validate();
  });

  test('finds nothing beyond 3 GiB, and can map nothing there', () => {
    const kernel = boot();
    kernel.syscall(1, 'sigaction', SIGSEGV, 'handle');
    expect(kernel.load(1, 3 * GIB)).toEqual({ signo: SIGSEGV, code: SEGV_MAPERR, addr: 3 * GIB });
    expect(map(kernel, 1, 3 * GIB)).toBe(-ENOMEM);
    expect(map(kernel, (3 * GIB) / PAGE_SIZE)).toBe(-ENOMEM);
  });

  test('obeys rights, NX too', () => {
    const kernel = boot();
    kernel.syscall(1, 'sigaction', SIGSEGV, 'handle');
    const addr = map(kernel, 1);
    kernel.store(1, addr, 1);
    expect(kernel.fetch(1, addr)).toEqual({ signo: SIGSEGV, code: SEGV_ACCERR, addr });
    kernel.syscall(1, 'mprotect', addr, PAGE_SIZE, PROT_READ);
    expect(kernel.store(1, addr, 2)).toEqual({ signo: SIGSEGV, code: SEGV_ACCERR, addr });
    expect(kernel.load(1, addr)).toBe(1);
  });

  test('forks, writes apart, and ends; no frame is lost', () => {
    const kernel = boot();
    const addr = map(kernel, 600);
    for (let page = 0; page < 600; page++) kernel.store(1, addr + page * PAGE_SIZE, 1 + (page % 200));
    const round = (): number => {
      const child = Number(kernel.syscall(1, 'fork'));
      kernel.store(child, addr, 99);
      expect([kernel.load(1, addr), kernel.load(child, addr)]).toEqual([1, 99]);
      kernel.validate();
      kernel.syscall(child, 'exit', 0);
      kernel.syscall(1, 'wait4', child);
      kernel.booted.pages.drainAllPages();
      return kernel.booted.pages.nrFreePages;
    };
    expect(round()).toBe(round());
    kernel.validate();
  });
});
