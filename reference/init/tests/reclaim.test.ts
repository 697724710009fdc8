/** Reclaim in the whole machine: more is touched than there is memory, and nothing is lost. */
import { O_RDONLY } from '../../include/fcntl.ts';
import { MAP_ANONYMOUS, MAP_PRIVATE, PROT_READ, PROT_WRITE } from '../../include/mman.ts';
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
    ['80 MiB in 32, and kswapd gets time', 32 * MIB, 1000],
    ['40 MiB in 16, and tasks reclaim for themselves', 16 * MIB, 0],
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
    const kernel = machineWithSwap(16 * MIB);
    const reader = new Reader(kernel);
    const start = anonymous(kernel, 1, 4 * MIB);
    for (let page = 0; page < 4 * MIB; page++) kernel.store(1, start + page * PAGE_SIZE, 1);
    const laps = [1, 2, 3, 4, 5, 6, 7].map(() => reader.read(0, 14 * MIB));
    expect(laps.slice(0, 2)).toEqual([0, expect.any(Number)]);
    expect(laps[1]).toBeGreaterThanOrEqual(14 * MIB);
    expect(laps[6]).toBe(0);
    const [node] = kernel.booted.system.vmstat.nodes;
    expect(node.workingset_activate_file).toBeLessThanOrEqual(node.workingset_refault_file);
    expect(node.workingset_restore_file).toBeGreaterThan(0);
    expect(kernel.booted.system.vmstat.events.pswpout).toBeGreaterThan(2 * MIB);
    kernel.validate();
  });
});

describe('vm.swappiness', () => {
  test('0 keeps idle memory, 200 gives it up for files, 60 and 100 lie between', () => {
    const swapped = [0, 60, 100, 200].map((swappiness) => {
      const kernel = machineWithSwap(16 * MIB, { 'vm.swappiness': swappiness });
      const reader = new Reader(kernel);
      const start = anonymous(kernel, 1, 8 * MIB);
      for (let page = 0; page < 8 * MIB; page++) kernel.store(1, start + page * PAGE_SIZE, 1);
      for (let i = 0; i < 3; i++) reader.read(0, 14 * MIB);
      expectIdentities(kernel);
      return kernel.booted.system.vmstat.events.pswpout;
    });
    expect(swapped[0]).toBe(0);
    expect(swapped).toEqual([...swapped].sort((a, b) => a - b));
    expect(new Set(swapped).size).toBe(4);
  });
});
