import { SIGBUS, SIGSEGV } from '../../include/kernel.ts';
import {
  MADV_COLD,
  MADV_COLLAPSE,
  MADV_DONTNEED,
  MADV_HUGEPAGE,
  MADV_NOHUGEPAGE,
  MADV_PAGEOUT,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PROT_READ,
  PROT_WRITE,
} from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { Kernel } from '../../init/kernel.ts';
import { machine } from '../../init/tests/machines.ts';
import { Xorshift } from '../../lib/xorshift.ts';
import { type Advice, type HugeMachine, hugePagesKeepContent } from '../huge_pages.ts';

const ARENA = 2 ** 40;
const RW = PROT_READ | PROT_WRITE;
const ADVICE: Record<Advice, number> = {
  hugepage: MADV_HUGEPAGE,
  nohugepage: MADV_NOHUGEPAGE,
  collapse: MADV_COLLAPSE,
  pageout: MADV_PAGEOUT,
  cold: MADV_COLD,
  dontneed: MADV_DONTNEED,
};

const at = (page: number): number => ARENA + page * PAGE_SIZE;

/** @param thp  /sys/kernel/mm/transparent_hugepage/enabled @param frames  little: reclaim takes part */
function hugeMachine(thp: 'always' | 'madvise', frames: number): HugeMachine {
  const swap = {
    path: '/dev/vdb',
    disk: { blocks: 16384, latencyNs: 1000, nsPerBlock: 100 },
    rotational: false,
    boot: null,
  };
  const kernel = Kernel.boot(machine(frames, 2, { thp, swap: [swap] }));
  const must = (result: unknown): number => {
    if (typeof result !== 'number' || result < 0) throw new Error(`a call failed: ${String(result)}`);
    return result;
  };
  for (const signal of [SIGSEGV, SIGBUS] as const) kernel.syscall(1, 'sigaction', signal, 'handle');
  return {
    firstPid: 1,
    fork: (pid) => must(kernel.syscall(pid, 'fork')),
    exit(pid) {
      kernel.syscall(pid, 'exit', 0);
      kernel.syscall(1, 'wait4', pid);
    },
    map: (pid, page, pages) =>
      void must(
        kernel.syscall(pid, 'mmap', at(page), pages * PAGE_SIZE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
      ),
    unmap: (pid, page, pages) => void must(kernel.syscall(pid, 'munmap', at(page), pages * PAGE_SIZE)),
    protect: (pid, page, pages, writable) =>
      void must(kernel.syscall(pid, 'mprotect', at(page), pages * PAGE_SIZE, writable ? RW : PROT_READ)),
    move: (pid, page, pages, to) =>
      void kernel.syscall(
        pid,
        'mremap',
        at(page),
        pages * PAGE_SIZE,
        pages * PAGE_SIZE,
        MREMAP_MAYMOVE | MREMAP_FIXED,
        at(to),
      ),
    advise: (pid, page, pages, advice) =>
      void kernel.syscall(pid, 'madvise', at(page), pages * PAGE_SIZE, ADVICE[advice]),
    store: (pid, page, value) => kernel.store(pid, at(page) + 5, value) === null,
    load(pid, page) {
      const found = kernel.load(pid, at(page) + 5);
      return typeof found === 'number' ? found : null;
    },
    sleep: (seconds) => kernel.sleep(seconds * 1e9),
    validate: () => kernel.validate(),
  };
}

describe('memory holds what was written to it', () => {
  test.each([11, 12])('with huge pages everywhere, life %i', (seed) => {
    const chance = new Xorshift(seed);
    expect(hugePagesKeepContent(hugeMachine('always', 16384), (below) => chance.below(below), 200)).toBeNull();
  });
  test.each([13])('with huge pages on advice, life %i', (seed) => {
    const chance = new Xorshift(seed);
    expect(hugePagesKeepContent(hugeMachine('madvise', 16384), (below) => chance.below(below), 200)).toBeNull();
  });
  test.each([21, 22])('with little memory, life %i', (seed) => {
    const chance = new Xorshift(seed);
    expect(hugePagesKeepContent(hugeMachine('always', 3072), (below) => chance.below(below), 200)).toBeNull();
  });
});
