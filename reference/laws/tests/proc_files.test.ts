import fc from 'fast-check';
import { O_RDWR } from '../../include/fcntl.ts';
import {
  MADV_DONTNEED,
  MADV_PAGEOUT,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_READ,
  PROT_WRITE,
} from '../../include/mman.ts';
import { ZONE_NORMAL } from '../../include/mmzone.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { Kernel } from '../../init/kernel.ts';
import { machine } from '../../init/tests/machines.ts';
import { Xorshift } from '../../lib/xorshift.ts';
import { ProcFilesLaw } from '../proc_files.ts';
import { textsOf } from './kernel_texts.ts';

const RW = PROT_READ | PROT_WRITE;
const ARENA = 2 ** 33;
const MOST_PROCESSES = 4;
const DISK = { blocks: 4096, latencyNs: 20_000, nsPerBlock: 2_000 };

function boot(frames: number, thp: 'always' | 'never' = 'never'): Kernel {
  const swap = { path: '/dev/vdb', disk: { ...DISK, blocks: 512 }, rotational: false, boot: null };
  const files = [{ path: '/data/f1', size: 768 * PAGE_SIZE }];
  const { memory, ...rest } = machine(frames, 2, { disk: DISK, swap: [swap], files, thp });
  // Frame 0 is never given out, as on a PC: to slabs it would be no frame.
  const zones = [{ zone: ZONE_NORMAL, startPfn: 1, spannedPages: frames - 1, holes: [] }] as const;
  return Kernel.boot({ ...rest, memory: { ...memory, nodes: memory.nodes.map((node) => ({ ...node, zones })) } });
}

/** Processes that map, touch, lock, page out, fork and end, as chance has it. */
class RandomLife {
  readonly #kernel: Kernel;
  readonly #random: Xorshift;
  /** Of the part of the address space that it plays with. */
  readonly #pages: number;

  constructor(kernel: Kernel, seed: number, pages: number) {
    this.#pages = pages;
    this.#kernel = kernel;
    this.#random = new Xorshift(seed);
    const flags = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS;
    kernel.syscall(1, 'mmap', ARENA, pages * PAGE_SIZE, RW, flags, -1, 0);
  }

  /** @returns what it did */
  step(): string {
    const below = (n: number): number => this.#random.below(n);
    const live = [...this.#kernel.rooms.pids].filter(({ mm }) => mm !== null).map(({ pid }) => pid);
    const pid = live[below(live.length)] ?? 1;
    const pages = 1 + below(this.#pages / 2);
    const first = below(this.#pages - pages);
    const [addr, len] = [ARENA + first * PAGE_SIZE, pages * PAGE_SIZE];
    const kernel = this.#kernel;
    const steps: readonly (() => unknown)[] = [
      ...Array.from({ length: 4 }, () => () => this.#map(pid, addr, len, below(4))),
      ...Array.from({ length: 10 }, () => () => this.#touch(pid, ARENA, this.#pages, below(3) > 0)),
      () => kernel.syscall(pid, 'munmap', addr, len),
      () => kernel.syscall(pid, 'mprotect', addr, len, below(2) ? RW : PROT_READ),
      () => kernel.syscall(pid, 'mlock', addr, PAGE_SIZE * 4),
      () => kernel.syscall(pid, 'munlock', addr, len),
      () => kernel.syscall(pid, 'madvise', addr, len, MADV_PAGEOUT),
      () => kernel.syscall(pid, 'madvise', addr, len, MADV_DONTNEED),
      () => kernel.syscall(pid, 'brk', Number(kernel.syscall(pid, 'brk', 0)) + (below(9) - 4) * PAGE_SIZE),
      () => (live.length < MOST_PROCESSES ? kernel.syscall(pid, 'fork') : 0),
      () => kernel.syscall(pid, 'exit', 0),
      () => kernel.writeSysctl('vm.drop_caches', 1 + below(3)),
      () => kernel.syscall(pid, 'sync'),
      () => kernel.sleep(below(1000) * 1e6),
    ];
    const which = below(steps.length);
    steps[which]?.();
    return `step of kind ${which} by ${pid} at page ${first}, ${pages} pages`;
  }

  #map(pid: number, addr: number, len: number, kind: number): void {
    const kernel = this.#kernel;
    const flags = MAP_FIXED | (kind % 2 === 0 ? MAP_PRIVATE : MAP_SHARED);
    if (kind < 2) {
      kernel.syscall(pid, 'mmap', addr, len, RW, flags | MAP_ANONYMOUS, -1, 0);
      return;
    }
    const fd = Number(kernel.syscall(pid, 'open', '/data/f1', O_RDWR));
    kernel.syscall(pid, 'mmap', addr, len, RW, flags, fd, 0);
    kernel.syscall(pid, 'close', fd);
  }

  /** Pages that would bring a signal are left out. */
  #touch(pid: number, addr: number, pages: number, write: boolean): void {
    const { mm } = this.#kernel.rooms.pids.find(pid) ?? {};
    for (let at = addr; at < addr + pages * PAGE_SIZE; at += PAGE_SIZE) {
      const flags = mm?.vmaLookup(at)?.vmFlags ?? 0;
      const isThere = this.#kernel.rooms.pids.find(pid)?.mm === mm;
      if (!isThere || (flags & (write ? 2 : 1)) === 0) continue;
      if (write) this.#kernel.store(pid, at, 1);
      else this.#kernel.load(pid, at);
    }
  }
}

/** How a machine is to be, and how much of an address space is played with. */
interface Life {
  readonly frames: number;
  readonly pages: number;
  readonly thp: 'always' | 'never';
}

/** @returns null, or the first step after which files do not agree */
function firstBroken({ frames, pages, thp }: Life, seed: number, steps: number): string | null {
  const kernel = boot(frames, thp);
  const law = new ProcFilesLaw(textsOf(kernel));
  const life = new RandomLife(kernel, seed, pages);
  for (let i = 0; i < steps; i++) {
    const did = life.step();
    const broken = law.look();
    if (broken !== null) return `${i}, ${did}: ${broken}`;
  }
  return null;
}

describe('the text files agree after every step', () => {
  test.each([
    ['with much memory', { frames: 2048, pages: 96, thp: 'never' }, 60, 2],
    ['with so little that pages go to swap', { frames: 192, pages: 96, thp: 'never' }, 60, 3],
    ['with huge pages', { frames: 8192, pages: 1536, thp: 'always' }, 25, 3],
  ] as const)('%s', (_, life, steps, numRuns) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (seed) => {
        expect(firstBroken(life, seed, steps)).toBeNull();
      }),
      { numRuns, seed: 7 },
    );
  });
});

describe('ProcFilesLaw', () => {
  const kernel = boot(2048);
  const texts = textsOf(kernel);

  test.each([
    ['/proc/meminfo', /AnonPages: +\d+/, 'AnonPages:  4'],
    ['/proc/meminfo', /Committed_AS: +\d+/, 'Committed_AS:  4'],
    ['/proc/meminfo', /Active: +\d+/, 'Active:  4'],
    ['/proc/buddyinfo', /\d+ $/m, '77 '],
    ['/proc/1/smaps', /Rss: +\d+/, 'Rss:  4'],
    ['/proc/1/statm', /^\d+/, '1'],
    ['/proc/vmstat', /pgscan_anon \d+/, 'pgscan_anon 1'],
    ['/proc/swaps', /\t0\t/, '\t4\t'],
    ['/proc/slabinfo', /(slabdata +\d+) +\d+/, '$1 9999'],
    ['/proc/vmstat', /pgscan_direct \d+/, 'pgscan_direct 1'],
    ['/proc/vmstat', /pgsteal_direct \d+/, 'pgsteal_direct 1'],
    ['/proc/meminfo', /SUnreclaim: +\d+/, 'SUnreclaim:  4'],
    ['/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages', /0/, '1'],
    ['/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages', /0/, '1'],
    ['/sys/devices/system/node/node0/meminfo', /Inactive\(file\): +\d+/, 'Inactive(file):  4'],
    ['/proc/1/status', /RssAnon:\t +\d+/, 'RssAnon:\t 4'],
  ])('sees a wrong number in %s: %s', (path, pattern, wrong) => {
    const read = (asked: string): string =>
      asked === path ? texts.read(asked).replace(pattern, wrong) : texts.read(asked);
    expect(new ProcFilesLaw(texts).look()).toBeNull();
    expect(new ProcFilesLaw({ ...texts, read }).look()).toEqual(expect.any(String));
  });
});
