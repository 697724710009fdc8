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
import { breaksUnderFailures, type FailureKind, type LawfulMachine, losesFrames } from '../whole_kernel.ts';

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

/** A process that maps, forks and copies, while surplus pages may have to be made. */
class Machine implements LawfulMachine {
  readonly #kernel = Kernel.boot(machine(8192, 1));
  #left = 0;

  constructor() {
    this.#kernel.writeSysctl('vm.nr_hugepages', 2);
    this.#kernel.writeSysctl('vm.nr_overcommit_hugepages', 4);
  }

  play(): void {
    const kernel = this.#kernel;
    const pid = Number(kernel.syscall(1, 'fork'));
    if (pid < 0) return;
    kernel.syscall(pid, 'sigaction', SIGBUS, 'handle');
    for (const [page, flags] of [
      [0, MAP_PRIVATE],
      [3, MAP_SHARED],
    ] as const) {
      const all = flags | MAP_ANONYMOUS | MAP_FIXED | MAP_HUGETLB;
      const addr = kernel.syscall(pid, 'mmap', at(page), 2 * PMD_SIZE, PROT_READ | PROT_WRITE, all, -1, 0);
      if (addr > 0) kernel.store(pid, addr, 1);
      const child = addr > 0 ? Number(kernel.syscall(pid, 'fork')) : -1;
      if (child < 0) continue;
      kernel.store(child, addr, 2);
      kernel.store(pid, addr, 3);
      kernel.syscall(child, 'exit', 0);
      kernel.syscall(pid, 'wait4', child);
    }
    kernel.syscall(pid, 'exit', 0);
    kernel.syscall(1, 'wait4', pid);
  }

  settle(): number {
    this.#kernel.booted.pages.drainAllPages();
    return this.#kernel.booted.pages.nrFreePages;
  }

  failNth(kind: FailureKind, n: number): void {
    this.#left = n;
    this.#kernel.failNext({ shouldFail: (what) => what === kind && this.#left > 0 && --this.#left === 0 });
  }

  hasFailed(): boolean {
    this.#kernel.failNext(null);
    return this.#left === 0;
  }

  validate(): void {
    this.#kernel.validate();
  }
}

describe('whoever uses the pool', () => {
  test('loses nothing', () => {
    expect(losesFrames(new Machine())).toBeNull();
  });

  test('loses nothing whichever request for memory fails', () => {
    const { runs, broken } = breaksUnderFailures(() => new Machine(), 'page', 100);
    expect(broken).toBeNull();
    expect(runs).toBeGreaterThan(10);
  });
});
