/** Reclaim in the whole machine: more is touched than there is memory, and nothing is lost. */
import { O_RDONLY, O_RDWR } from '../../include/fcntl.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import type { Pid } from '../../include/types.ts';
import { Kernel } from '../kernel.ts';
import { machine } from './machines.ts';

const RW = PROT_READ | PROT_WRITE;
const MIB = 256;
const FILE_PAGES = 64 * MIB;

/** A machine of so many pages, with a file of 64 MiB and 256 MiB of swap. */
function machineWithSwap(frames: number, sysctls: Record<string, number> = {}): Kernel {
  const disk = { blocks: 100 * MIB, latencyNs: 20_000, nsPerBlock: 2_000 };
  const swap = { path: '/dev/vdb', disk: { ...disk, blocks: 256 * MIB }, rotational: false, boot: null };
  const files = [{ path: '/data/f1', size: FILE_PAGES * PAGE_SIZE }];
  return Kernel.boot(machine(frames, 2, { disk, swap: [swap], files, sysctls }));
}

const anonymous = (kernel: Kernel, pid: Pid, pages: number): number =>
  Number(kernel.syscall(pid, 'mmap', 0, pages * PAGE_SIZE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

/** What is written to a page: never 0, and different for neighbours and processes. */
const contentOf = (pid: Pid, page: number): number => 1 + ((page * 7 + pid * 13) % 255);

/** A process that reads the file, a byte of a page at a time; between any two, other CPUs have some time. */
class Reader {
  readonly #kernel: Kernel;
  readonly #fd: number;
  readonly #buffer: number;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#fd = Number(kernel.syscall(1, 'open', '/data/f1', O_RDONLY));
    this.#buffer = anonymous(kernel, 1, 1);
  }

  /** @returns pages among them that had been reclaimed */
  read(first: number, end: number): number {
    const { vmstat } = this.#kernel.booted.system;
    const before = vmstat.globalNode('workingset_refault_file');
    for (let page = first; page < end; page++) {
      const got = this.#kernel.syscall(1, 'pread64', this.#fd, this.#buffer, 1, page * PAGE_SIZE);
      if (got !== 1) throw new Error(`page ${page}: ${got}`);
      this.#kernel.sleep(1000);
    }
    return vmstat.globalNode('workingset_refault_file') - before;
  }
}

function expectIdentities(kernel: Kernel): void {
  const { events } = kernel.booted.system.vmstat;
  expect(events.pgscan_kswapd + events.pgscan_direct).toBe(events.pgscan_anon + events.pgscan_file);
  expect(events.pgsteal_kswapd + events.pgsteal_direct).toBe(events.pgsteal_anon + events.pgsteal_file);
  expect(events.pgsteal_anon).toBeLessThanOrEqual(events.pgscan_anon);
  expect(events.pgsteal_file).toBeLessThanOrEqual(events.pgscan_file);
}

describe('memory and a file that are more than there is', () => {
  test.each([
    ['40 MiB in 16, and kswapd gets time', 16 * MIB, 1000],
    ['20 MiB in 8, and tasks reclaim for themselves', 8 * MIB, 0],
  ])('%s: nothing is lost', (_, frames, pauseNs) => {
    const kernel = machineWithSwap(frames);
    const pages = (frames * 5) / 8;
    const children = [1, 2, 3].map(() => Number(kernel.syscall(1, 'fork')));
    const starts = new Map([1, ...children].map((pid) => [pid, anonymous(kernel, pid, pages)]));
    const reader = new Reader(kernel);
    for (let page = 0; page < pages; page++) {
      for (const [pid, start] of starts) kernel.store(pid, start + page * PAGE_SIZE, contentOf(pid, page));
      if (page % 8 === 0) reader.read(page / 8, page / 8 + 1);
      kernel.sleep(pauseNs);
    }
    kernel.validate();
    const wrong: string[] = [];
    for (const [pid, start] of starts) {
      for (let page = 0; page < pages; page++) {
        if (kernel.load(pid, start + page * PAGE_SIZE) !== contentOf(pid, page)) wrong.push(`${pid}:${page}`);
      }
    }
    expect(wrong).toEqual([]);
    const { events } = kernel.booted.system.vmstat;
    expect(events.pswpout).toBeGreaterThan(1.5 * frames);
    expect(events.pswpin).toBeGreaterThan(1.5 * frames);
    expectIdentities(kernel);
    for (const pid of children) kernel.syscall(pid, 'exit', 0);
    kernel.validate();
  });

  test('a file that is written, three times as large as memory: the flusher cleans, reclaim takes', () => {
    const kernel = machineWithSwap(8 * MIB);
    const fd = Number(kernel.syscall(1, 'open', '/data/f1', O_RDWR));
    const buffer = anonymous(kernel, 1, 1);
    for (let page = 0; page < 24 * MIB; page++) {
      kernel.store(1, buffer, contentOf(1, page));
      expect(kernel.syscall(1, 'pwrite64', fd, buffer, 1, page * PAGE_SIZE + 9)).toBe(1);
      kernel.sleep(1000);
    }
    kernel.validate();
    const wrong: number[] = [];
    for (let page = 0; page < 24 * MIB; page++) {
      kernel.syscall(1, 'pread64', fd, buffer, 1, page * PAGE_SIZE + 9);
      if (kernel.load(1, buffer) !== contentOf(1, page)) wrong.push(page);
    }
    expect(wrong).toEqual([]);
    expectIdentities(kernel);
    kernel.validate();
  });

  test('a shared mapping of a file that is written: what only page tables know to be dirty is not lost', () => {
    const kernel = machineWithSwap(8 * MIB);
    const fd = Number(kernel.syscall(1, 'open', '/data/f1', O_RDWR));
    const start = Number(kernel.syscall(1, 'mmap', 0, 16 * MIB * PAGE_SIZE, RW, MAP_SHARED, fd, 0));
    for (let page = 0; page < 16 * MIB; page++) {
      kernel.store(1, start + page * PAGE_SIZE, contentOf(1, page));
      kernel.sleep(1000);
    }
    kernel.validate();
    const wrong: number[] = [];
    for (let page = 0; page < 16 * MIB; page++) {
      if (kernel.load(1, start + page * PAGE_SIZE) !== contentOf(1, page)) wrong.push(page);
    }
    expect(wrong).toEqual([]);
    expectIdentities(kernel);
    kernel.validate();
  });

  test('shared anonymous memory goes to swap and comes back', () => {
    const kernel = machineWithSwap(8 * MIB);
    const pages = 16 * MIB;
    const start = Number(kernel.syscall(1, 'mmap', 0, pages * PAGE_SIZE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    const child = Number(kernel.syscall(1, 'fork'));
    for (let page = 0; page < pages; page++) kernel.store(1, start + page * PAGE_SIZE, contentOf(1, page));
    const wrong: number[] = [];
    for (let page = 0; page < pages; page++) {
      if (kernel.load(child, start + page * PAGE_SIZE) !== contentOf(1, page)) wrong.push(page);
    }
    expect(wrong).toEqual([]);
    expect(kernel.booted.system.vmstat.events.pswpout).toBeGreaterThan(8 * MIB);
    expectIdentities(kernel);
    kernel.validate();
  });

  test.each(['write', 'swap'] as const)('when each fifth %s fails, nothing is lost either', (failing) => {
    const kernel = machineWithSwap(8 * MIB);
    const start = anonymous(kernel, 1, 12 * MIB);
    let asked = 0;
    kernel.failNext({ shouldFail: (what) => what === failing && ++asked % 5 === 0 });
    for (let page = 0; page < 12 * MIB; page++) kernel.store(1, start + page * PAGE_SIZE, contentOf(1, page));
    const wrong: number[] = [];
    for (let page = 0; page < 12 * MIB; page++) {
      if (kernel.load(1, start + page * PAGE_SIZE) !== contentOf(1, page)) wrong.push(page);
    }
    expect(asked).toBeGreaterThan(4 * MIB);
    expect(wrong).toEqual([]);
    expectIdentities(kernel);
    kernel.validate();
  });

  test('locked memory stays where it is', () => {
    const kernel = machineWithSwap(8 * MIB);
    const locked = anonymous(kernel, 1, 2 * MIB);
    expect(kernel.syscall(1, 'mlock', locked, 2 * MIB * PAGE_SIZE)).toBe(0);
    const { events } = kernel.booted.system.vmstat;
    const start = anonymous(kernel, 1, 16 * MIB);
    for (let page = 0; page < 16 * MIB; page++) kernel.store(1, start + page * PAGE_SIZE, 1);
    const faults = events.pgfault;
    for (let page = 0; page < 2 * MIB; page++) kernel.load(1, locked + page * PAGE_SIZE);
    expect(events.pgfault).toBe(faults);
    expect(kernel.booted.system.vmstat.nodes[0].nr_unevictable).toBeGreaterThan(2 * MIB - 32);
    kernel.validate();
  });

  test('twice the same on two machines', () => {
    const run = () => {
      const kernel = machineWithSwap(8 * MIB);
      const start = anonymous(kernel, 1, 12 * MIB);
      for (let page = 0; page < 12 * MIB; page++) kernel.store(1, start + page * PAGE_SIZE, 1);
      return { ...kernel.booted.system.vmstat.events, now: kernel.booted.clock.now };
    };
    expect(run()).toEqual(run());
  });
});

describe('a file that is read once, four times as large as memory', () => {
  test('goes by without pushing out what is used again and again; kswapd keeps up', () => {
    const kernel = machineWithSwap(16 * MIB);
    const reader = new Reader(kernel);
    for (let i = 0; i < 3; i++) reader.read(0, 4 * MIB);
    expect(reader.read(4 * MIB, 64 * MIB)).toBe(0);
    expect(reader.read(0, 4 * MIB)).toBe(0);
    expect(reader.read(10 * MIB, 11 * MIB)).toBeGreaterThanOrEqual(MIB);
    const { events } = kernel.booted.system.vmstat;
    expect(events.pswpout).toBe(0);
    expect(events.pgsteal_kswapd).toBeGreaterThan(45 * MIB);
    // Readahead takes 32 pages at a time, all there are between LOW and MIN.
    expect(events.pgsteal_direct).toBeLessThan(MIB);
    expect(events.pgsteal_file).toBe(events.pgscan_file);
    expectIdentities(kernel);
    kernel.validate();
  });
});

describe('a loop over a file a little larger than memory', () => {
  test('pages that come back soon push idle memory out, until the loop fits', () => {
    const kernel = machineWithSwap(8 * MIB);
    const reader = new Reader(kernel);
    const start = anonymous(kernel, 1, 2 * MIB);
    for (let page = 0; page < 2 * MIB; page++) kernel.store(1, start + page * PAGE_SIZE, 1);
    const laps = [1, 2, 3, 4, 5, 6, 7].map(() => reader.read(0, 6 * MIB));
    expect(laps.slice(0, 2)).toEqual([0, expect.any(Number)]);
    expect(laps[1]).toBeGreaterThanOrEqual(6 * MIB);
    expect(laps[6]).toBe(0);
    const [node] = kernel.booted.system.vmstat.nodes;
    expect(node.workingset_activate_file).toBeLessThanOrEqual(node.workingset_refault_file);
    expect(node.workingset_restore_file).toBeGreaterThan(0);
    expect(kernel.booted.system.vmstat.events.pswpout).toBeGreaterThan(MIB);
    kernel.validate();
  });
});

describe('vm.swappiness', () => {
  test('0 keeps idle memory, 200 gives it up for files, 60 and 100 lie between', () => {
    const swapped = [0, 60, 100, 200].map((swappiness) => {
      const kernel = machineWithSwap(8 * MIB, { 'vm.swappiness': swappiness });
      const reader = new Reader(kernel);
      const start = anonymous(kernel, 1, 4 * MIB);
      for (let page = 0; page < 4 * MIB; page++) kernel.store(1, start + page * PAGE_SIZE, 1);
      for (let i = 0; i < 3; i++) reader.read(0, 6 * MIB);
      expectIdentities(kernel);
      return kernel.booted.system.vmstat.events.pswpout;
    });
    expect(swapped[0]).toBe(0);
    expect(swapped).toEqual([...swapped].sort((a, b) => a - b));
    expect(new Set(swapped).size).toBe(4);
  });
});
