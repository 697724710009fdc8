import { SIGBUS, SIGSEGV } from '../../include/kernel.ts';
import {
  MADV_DONTNEED,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_HUGETLB,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_READ,
  PROT_WRITE,
} from '../../include/mman.ts';
import { PMD_SIZE } from '../../include/param.ts';
import { Kernel } from '../../init/kernel.ts';
import { machine } from '../../init/tests/machines.ts';
import { Xorshift } from '../../lib/xorshift.ts';
import { type HugetlbKind, type HugetlbMachine, hugetlbKeepsPromises } from '../hugetlb.ts';

const ARENA = 2 ** 40;
const FLAGS: Record<HugetlbKind, number> = {
  private: MAP_PRIVATE,
  shared: MAP_SHARED,
  noReserve: MAP_PRIVATE | MAP_NORESERVE,
};

const at = (page: number): number => ARENA + page * PMD_SIZE;

function hugetlbMachine(): HugetlbMachine {
  const kernel = Kernel.boot(machine(12288, 1));
  const { hugetlb } = kernel.booted.system.huge;
  for (const signal of [SIGSEGV, SIGBUS] as const) kernel.syscall(1, 'sigaction', signal, 'handle');
  kernel.writeSysctl('vm.nr_hugepages', 8);
  return {
    firstPid: 1,
    map(pid, page, pages, kind) {
      const flags = FLAGS[kind] | MAP_ANONYMOUS | MAP_FIXED | MAP_HUGETLB;
      return Number(kernel.syscall(pid, 'mmap', at(page), pages * PMD_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0)) > 0;
    },
    unmap: (pid, page, pages) => void kernel.syscall(pid, 'munmap', at(page), pages * PMD_SIZE),
    dontneed: (pid, page, pages) => void kernel.syscall(pid, 'madvise', at(page), pages * PMD_SIZE, MADV_DONTNEED),
    fork: (pid) => Number(kernel.syscall(pid, 'fork')),
    exit(pid) {
      kernel.syscall(pid, 'exit', 0);
      kernel.syscall(1, 'wait4', pid);
    },
    store: (pid, page, value) => kernel.store(pid, at(page) + 123, value) === null,
    load(pid, page) {
      const found = kernel.load(pid, at(page) + 123);
      return typeof found === 'number' ? found : null;
    },
    resize: (pages) => void kernel.writeSysctl('vm.nr_hugepages', pages),
    overcommit: (pages) => void kernel.writeSysctl('vm.nr_overcommit_hugepages', pages),
    report: () => hugetlb.report(null),
    validate: () => kernel.validate(),
  };
}

describe('the pool of huge pages keeps what it promises', () => {
  test.each([1, 2, 3, 4])('life %i', (seed) => {
    const chance = new Xorshift(seed);
    expect(hugetlbKeepsPromises(hugetlbMachine(), (below) => chance.below(below), 300)).toBeNull();
  });
});
