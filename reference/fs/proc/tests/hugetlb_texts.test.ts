/** What the files of /proc say of the pool of huge pages, and of those who use it. */
import { O_CREAT, O_RDWR } from '../../../include/fcntl.ts';
import { MAP_ANONYMOUS, MAP_HUGETLB, MAP_PRIVATE, MAP_SHARED, PROT_READ, PROT_WRITE } from '../../../include/mman.ts';
import { PMD_SIZE } from '../../../include/param.ts';
import { Kernel } from '../../../init/kernel.ts';
import { machine } from '../../../init/tests/machines.ts';
import { readText } from './machine.ts';
import { labelled, linesOf } from './recorded.ts';

const RW = PROT_READ | PROT_WRITE;

/** A machine with a pool of four, and two of them mapped and one touched by its first process. */
function pooled(): { readonly kernel: Kernel; readonly addr: number } {
  const kernel = Kernel.boot(machine(8192, 1));
  kernel.writeSysctl('vm.nr_hugepages', 4);
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
  const addr = Number(kernel.syscall(1, 'mmap', 0, 2 * PMD_SIZE, RW, flags, -1, 0));
  kernel.store(1, addr, 1);
  return { kernel, addr };
}

/** The line of a mapping in maps, or its lines in smaps. */
function entry(kernel: Kernel, path: string, addr: number, lines = 25): string[] {
  const all = linesOf(readText(kernel, path));
  const first = all.findIndex((line) => line.startsWith(addr.toString(16)));
  return all.slice(first, first + lines);
}

const nameOf = (kernel: Kernel, addr: number): string | undefined => entry(kernel, '/proc/1/maps', addr)[0]?.slice(73);

describe('meminfo', () => {
  test('half of what is not in the pool may be promised', () => {
    const kernel = Kernel.boot(machine(8192, 1));
    const limit = (): number => new Map(labelled(readText(kernel, '/proc/meminfo'))).get('CommitLimit') ?? 0;
    const before = limit();
    kernel.writeSysctl('vm.nr_hugepages', 4);
    expect(before - limit()).toBe(4096);
    kernel.writeSysctl('vm.overcommit_ratio', 100);
    const { MemTotal = 0, Hugetlb } = Object.fromEntries(labelled(readText(kernel, '/proc/meminfo')));
    expect([limit(), Hugetlb]).toEqual([MemTotal - 8192, 8192]);
  });

  test('counts what is free and what is promised', () => {
    const lines = linesOf(readText(pooled().kernel, '/proc/meminfo'));
    expect(lines.filter((line) => line.startsWith('Huge'))).toEqual([
      'HugePages_Total:       4',
      'HugePages_Free:        3',
      'HugePages_Rsvd:        1',
      'HugePages_Surp:        0',
      'Hugepagesize:       2048 kB',
      'Hugetlb:            8192 kB',
    ]);
  });
});

describe('a mapping of the pool', () => {
  test('has large pages, which are in none of the other counts', () => {
    const { kernel, addr } = pooled();
    const [, ...lines] = entry(kernel, '/proc/1/smaps', addr);
    expect(lines.filter((line) => !/ 0( kB)?$/.test(line))).toEqual([
      'Size:               4096 kB',
      'KernelPageSize:     2048 kB',
      'MMUPageSize:        2048 kB',
      'Private_Hugetlb:    2048 kB',
      'VmFlags: rd wr mr mw me de ht ',
    ]);
    expect(readText(kernel, '/proc/1/status')).toContain('\nHugetlbPages:\t    2048 kB\n');
  });

  test('is never eligible for transparent ones', () => {
    const { kernel, addr } = pooled();
    kernel.rooms.policy.thpEnabled = 'always';
    expect(entry(kernel, '/proc/1/smaps', addr)[23]).toBe('THPeligible:           0');
  });

  test('what a child has not written to is shared', () => {
    const { kernel, addr } = pooled();
    const child = Number(kernel.syscall(1, 'fork'));
    const shown = (): number[] =>
      ['Shared_Hugetlb', 'Private_Hugetlb'].map(
        (name) => new Map(labelled(`${entry(kernel, `/proc/${child}/smaps`, addr).join('\n')}\n`)).get(name) ?? -1,
      );
    expect(shown()).toEqual([2048, 0]);
    kernel.store(child, addr, 2);
    expect(shown()).toEqual([0, 2048]);
  });

  test('without a file of its own has a name all the same', () => {
    const { kernel, addr } = pooled();
    expect(nameOf(kernel, addr)).toBe('/anon_hugepage (deleted)');
    expect(entry(kernel, '/proc/1/numa_maps', addr, 1)).toEqual([
      `${addr.toString(16)} default file=/anon_hugepage\\040(deleted) huge anon=1 dirty=1 N0=1 kernelpagesize_kB=2048`,
    ]);
  });

  test('of a file has its path, deleted once it is unlinked', () => {
    const { kernel } = pooled();
    kernel.syscall(1, 'mkdir', '/huge');
    kernel.syscall(1, 'mount', 'none', '/huge', 'hugetlbfs');
    const fd = Number(kernel.syscall(1, 'open', '/huge/pool', O_CREAT | O_RDWR));
    const addr = Number(kernel.syscall(1, 'mmap', 0, PMD_SIZE, RW, MAP_SHARED, fd, 0));
    expect(nameOf(kernel, addr)).toBe('/huge/pool');
    kernel.syscall(1, 'unlink', '/huge/pool');
    expect(nameOf(kernel, addr)).toBe('/huge/pool (deleted)');
  });
});
