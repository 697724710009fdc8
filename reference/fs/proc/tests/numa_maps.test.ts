import { O_RDWR } from '../../../include/fcntl.ts';
import { MAP_SHARED, PROT_READ } from '../../../include/mman.ts';
import { PAGE_SIZE } from '../../../include/param.ts';
import { MPOL_BIND, MPOL_INTERLEAVE } from '../../../kernel/syscalls/numa.ts';
import { type NumaMapFigures, numaMapShow, policyText } from '../numa_maps.ts';
import { anonymous, bootTwoNodes, FILE, readText } from './machine.ts';
import { linesOf, recorded } from './recorded.ts';

function numaMapIn(line: string): NumaMapFigures {
  const [start = '', policy = '', ...words] = line.split(' ');
  const what = words.find((word) => /^(file=|heap|stack)/.test(word)) ?? '';
  const count = (name: string): number => Number(new RegExp(` ${name}=(\\d+)`).exec(line)?.[1] ?? 0);
  const pages = count('N0');
  const active = line.includes(' active=') ? count('active') : pages;
  const mapcountMax = Math.max(count('mapmax'), 1);
  const marks = { anon: count('anon'), dirty: count('dirty'), swapcache: 0, active, writeback: 0 };
  return {
    start: Number.parseInt(start, 16),
    policy,
    what,
    huge: false,
    pages,
    ...marks,
    mapcountMax,
    onNode: [pages],
    pageKb: 4,
  };
}

describe('numaMapShow', () => {
  test('writes what a real machine wrote', () => {
    const text = recorded('self-numa_maps');
    expect(
      linesOf(text)
        .map((line) => numaMapShow(numaMapIn(line)))
        .join(''),
    ).toBe(text);
  });

  test('pages of hugetlb are neither active nor not', () => {
    const counts = { pages: 2, anon: 2, dirty: 2, mapcountMax: 1, swapcache: 0, active: 0, writeback: 0 };
    const map = { start: 2 ** 32, policy: 'default', what: 'file=/anon_hugepage\\040(deleted)', huge: true, ...counts };
    expect(numaMapShow({ ...map, onNode: [2], pageKb: 2048 })).toBe(
      '100000000 default file=/anon_hugepage\\040(deleted) huge anon=2 dirty=2 N0=2 kernelpagesize_kB=2048\n',
    );
  });
});

describe('policyText', () => {
  test('is as mpol_to_str() spells it', () => {
    expect(policyText({ kind: 'default' })).toBe('default');
    expect(policyText({ kind: 'preferred', nid: 1 })).toBe('prefer:1');
    expect(policyText({ kind: 'bind', nodes: 0b1011 })).toBe('bind:0-1,3');
    expect(policyText({ kind: 'interleave', nodes: 0b11, previous: -1 })).toBe('interleave:0-1');
  });
});

describe('numa_maps of a process', () => {
  test('counts pages by node; the page of zeroes is on none', () => {
    const kernel = bootTwoNodes();
    const start = anonymous(kernel, 1, 4, 3);
    kernel.load(1, start + 3 * PAGE_SIZE);
    const child = Number(kernel.syscall(1, 'fork'));
    kernel.store(child, start, 2);
    const fd = Number(kernel.syscall(1, 'open', FILE.path, O_RDWR));
    const map = Number(kernel.syscall(1, 'mmap', 0, PAGE_SIZE, PROT_READ, MAP_SHARED, fd, 0));
    kernel.load(1, map);
    const line = (pid: number, at: number): string | undefined =>
      linesOf(readText(kernel, `/proc/${pid}/numa_maps`)).find((each) => each.startsWith(at.toString(16)));
    const at = start.toString(16);
    expect(line(1, start)).toBe(`${at} default anon=3 dirty=3 mapmax=2 active=0 N0=3 kernelpagesize_kB=4`);
    expect(line(child, start)).toBe(`${at} default anon=3 dirty=3 mapmax=2 active=0 N0=2 N1=1 kernelpagesize_kB=4`);
    expect(line(1, map)).toBe(`${map.toString(16)} default file=/data/f1 mapped=1 active=0 N0=1 kernelpagesize_kB=4`);
  });

  test('a mapping with a policy of its own shows that, others that of the process', () => {
    const kernel = bootTwoNodes();
    const start = anonymous(kernel, 1, 2, 0);
    kernel.syscall(1, 'set_mempolicy', MPOL_INTERLEAVE, 0b11);
    kernel.syscall(1, 'mbind', start, PAGE_SIZE, MPOL_BIND, 0b10, 0);
    for (const page of [0, 1]) kernel.store(1, start + page * PAGE_SIZE, 1);
    const lines = linesOf(readText(kernel, '/proc/1/numa_maps'));
    expect(lines.find((line) => line.startsWith(start.toString(16)))).toMatch(/ bind:1 anon=1 dirty=1 active=0 N1=1 /);
    expect(lines.find((line) => line.startsWith((start + PAGE_SIZE).toString(16)))).toMatch(/ interleave:0-1 anon=1 /);
  });
});
