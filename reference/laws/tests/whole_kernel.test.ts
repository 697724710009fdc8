import { O_CREAT, O_RDWR } from '../../include/fcntl.ts';
import type { MachineDescription } from '../../include/kernel.ts';
import {
  MADV_PAGEOUT,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  MAP_SHARED,
  MREMAP_MAYMOVE,
  MS_SYNC,
  PROT_READ,
  PROT_WRITE,
} from '../../include/mman.ts';
import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { Kernel } from '../../init/kernel.ts';
import { machine } from '../../init/tests/machines.ts';
import { MPOL_BIND } from '../../kernel/syscalls/numa.ts';
import { MPOL_MF_MOVE } from '../../mm/vma_policy.ts';
import {
  breaksUnderFailures,
  FAILURE_KINDS,
  type FailureKind,
  type LawfulMachine,
  losesFrames,
} from '../whole_kernel.ts';

/** Two nodes of 2048 frames and a CPU each. */
function twoNodes(more: Partial<MachineDescription>): MachineDescription {
  const small = machine(4096, 2, more);
  const nodes = [0, 1].map((nid) => ({
    cpus: [nid],
    zones: [{ zone: ZONE_NORMAL, startPfn: nid * 2048, spannedPages: 2048, holes: [] }] as const,
    distances: nid === 0 ? [10, 20] : [20, 10],
  }));
  return { ...small, memory: { ...small.memory, nodes } };
}

const RW = PROT_READ | PROT_WRITE;
const SECOND = 1e9;

/** Plays one process that does a little of everything, in the course of which anything may fail. */
class Machine implements LawfulMachine {
  readonly kernel = Kernel.boot(
    twoNodes({
      thp: 'always',
      files: [{ path: '/data/f1', size: 8 * PAGE_SIZE }],
      swap: [
        { path: '/dev/vdb', disk: { blocks: 256, latencyNs: 1000, nsPerBlock: 100 }, rotational: false, boot: null },
      ],
    }),
  );
  #left = 0;

  play(): void {
    const { kernel } = this;
    const pid = Number(kernel.syscall(1, 'fork'));
    if (pid < 0) return;
    const addr = kernel.syscall(pid, 'mmap', 0, 8 * PAGE_SIZE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const shared = kernel.syscall(pid, 'mmap', 0, 4 * PAGE_SIZE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const fd = kernel.syscall(pid, 'open', '/data/f1', O_CREAT | O_RDWR);
    const file = kernel.syscall(pid, 'mmap', 0, 8 * PAGE_SIZE, RW, MAP_SHARED, fd, 0);
    const huge = kernel.syscall(pid, 'mmap', 0, 4 * 2 ** 20, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const memfd = kernel.syscall(pid, 'memfd_create', 'm');
    const steps: (() => unknown)[] = [
      () => this.#write(pid, addr, 8),
      () => this.#write(pid, shared, 4),
      () => this.#write(pid, file, 2),
      () => kernel.syscall(pid, 'write', fd, addr, 3 * PAGE_SIZE),
      () => kernel.syscall(pid, 'write', memfd, addr, 2 * PAGE_SIZE),
      () => this.#write(pid, huge, 8),
      () => this.#child(pid, addr, shared),
      () => this.#child(pid, huge, shared),
      () => kernel.syscall(pid, 'munmap', huge + 300 * PAGE_SIZE, 100 * PAGE_SIZE),
      () => kernel.syscall(pid, 'madvise', huge, 4 * PAGE_SIZE, MADV_PAGEOUT),
      () => kernel.syscall(pid, 'madvise', addr, 8 * PAGE_SIZE, MADV_PAGEOUT),
      () => kernel.syscall(pid, 'madvise', shared, 4 * PAGE_SIZE, MADV_PAGEOUT),
      () => kernel.sleep(SECOND),
      // What has been written goes, so that it has to be read.
      () => kernel.booted.vmscan.forceEmpty(),
      () => this.#write(pid, addr, 8),
      () => this.#write(pid, shared, 4),
      () => kernel.syscall(pid, 'mprotect', addr + PAGE_SIZE, 2 * PAGE_SIZE, PROT_READ),
      () => kernel.syscall(pid, 'mremap', addr + 4 * PAGE_SIZE, 4 * PAGE_SIZE, 600 * PAGE_SIZE, MREMAP_MAYMOVE, 0),
      () => kernel.syscall(pid, 'msync', file, 8 * PAGE_SIZE, MS_SYNC),
      () => kernel.syscall(pid, 'fsync', fd),
      () => kernel.syscall(pid, 'mkdir', '/tmp'),
      () => kernel.syscall(pid, 'open', '/tmp/f2', O_CREAT | O_RDWR),
      () => kernel.syscall(pid, 'unlink', '/tmp/f2'),
      () => kernel.syscall(pid, 'ftruncate', memfd, 100),
      () => kernel.syscall(pid, 'mlock', addr, 2 * PAGE_SIZE),
      () => kernel.syscall(pid, 'mbind', addr, 3 * PAGE_SIZE, MPOL_BIND, 2, MPOL_MF_MOVE),
      () => kernel.syscall(pid, 'mbind', addr, 2 * PAGE_SIZE, MPOL_BIND, 1, MPOL_MF_MOVE),
      () => kernel.syscall(pid, 'exit', 0),
    ];
    for (const step of steps) if (kernel.rooms.pids.find(pid) !== null) step();
  }

  /** Touches pages; a signal may end the process. */
  #write(pid: number, addr: number, pages: number): void {
    if (addr < 0) return;
    for (let page = 0; page < pages; page++) {
      if (this.kernel.store(pid, addr + page * PAGE_SIZE, page + 1) !== null) return;
    }
  }

  #child(pid: number, addr: number, shared: number): void {
    const child = Number(this.kernel.syscall(pid, 'fork'));
    if (child < 0) return;
    this.#write(child, addr, 4);
    if (this.kernel.rooms.pids.find(child)?.mm) this.#write(child, shared, 4);
    if (this.kernel.rooms.pids.find(child)?.mm) this.kernel.syscall(child, 'exit', 0);
    this.kernel.syscall(pid, 'wait4', child);
  }

  settle(): number {
    const { kernel } = this;
    for (const { pid, mm } of [...kernel.rooms.pids]) if (pid !== 1 && mm !== null) kernel.syscall(pid, 'exit', 0);
    kernel.syscall(1, 'sync');
    kernel.sleep(10 * SECOND);
    // What was used lately stays the first time.
    for (const value of [3, 3, 3]) kernel.writeSysctl('vm.drop_caches', value);
    for (const cache of kernel.booted.slub.caches) kernel.booted.slub.kmemCacheShrink(cache);
    kernel.booted.pages.drainAllPages();
    return kernel.booted.pages.nrFreePages;
  }

  failNth(kind: FailureKind, n: number): void {
    this.#left = n;
    this.kernel.failNext({ shouldFail: (what) => what === kind && this.#left > 0 && --this.#left === 0 });
  }

  hasFailed(): boolean {
    this.kernel.failNext(null);
    return this.#left === 0;
  }

  validate(): void {
    this.kernel.validate();
  }
}

describe('the laws of the whole kernel', () => {
  test('nothing is lost', () => {
    expect(losesFrames(new Machine())).toBeNull();
  });

  test.each(FAILURE_KINDS)('whatever fails is undone: %s', (kind) => {
    const { runs, broken } = breaksUnderFailures(() => new Machine(), kind, 300);
    expect(broken).toBeNull();
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThan(300);
  });

  test('catch a machine that keeps a frame', () => {
    const spoilt = new Machine();
    const play = spoilt.play.bind(spoilt);
    spoilt.play = () => {
      play();
      spoilt.kernel.booted.pages.allocPages(0xcc0, 0);
    };
    expect(losesFrames(spoilt)).toContain('frames are free');
  });
});
