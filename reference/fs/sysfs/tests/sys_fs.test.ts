import { EACCES, EINVAL } from '../../../include/errno.ts';
import { meminfoOf } from '../../proc/meminfo.ts';
import { anonymous, bootTwoNodes, processOf } from '../../proc/tests/machine.ts';
import { labelled, recorded, shapeOf } from '../../proc/tests/recorded.ts';
import { nodeMeminfoShow } from '../node.ts';
import { SysFs } from '../sys_fs.ts';

const kernel = bootTwoNodes();
const root = processOf(kernel, 1);
const sys = new SysFs(kernel);
const read = (path: string): string | number => sys.read(`/sys/${path}`, root);
const write = (path: string, text: string): number => sys.write(`/sys/${path}`, text, root);

describe('nodes', () => {
  const NODE = 'devices/system/node';

  test('meminfo: writes what a real machine wrote', () => {
    expect(nodeMeminfoShow(0, new Map(labelled(recorded('sys-node0-meminfo'))))).toBe(recorded('sys-node0-meminfo'));
    expect(shapeOf(String(read(`${NODE}/node0/meminfo`)))).toEqual(shapeOf(recorded('sys-node0-meminfo')));
  });

  test('numastat: counts what was got where it was wanted', () => {
    anonymous(kernel, 1, 10);
    expect(shapeOf(String(read(`${NODE}/node0/numastat`)))).toEqual(shapeOf(recorded('sys-node0-numastat')));
    expect(read(`${NODE}/node1/numastat`)).toContain('numa_miss 0\n');
  });

  test('distances, CPUs, and which nodes there are', () => {
    expect(['distance', 'cpulist', 'cpumap'].map((file) => read(`${NODE}/node1/${file}`))).toEqual([
      '20 10\n',
      '1\n',
      '2\n',
    ]);
    expect(['online', 'has_memory', 'has_cpu'].map((file) => read(`${NODE}/${file}`))).toEqual([
      '0-1\n',
      '0-1\n',
      '0-1\n',
    ]);
    expect(read('devices/system/cpu/online')).toBe('0-1\n');
  });
});

describe('transparent_hugepage', () => {
  const ENABLED = 'kernel/mm/transparent_hugepage/enabled';

  test('shows all words, and which holds', () => {
    expect(read(ENABLED)).toBe('always madvise [never]\n');
    expect(write(ENABLED, 'madvise\n')).toBe(0);
    expect(read(ENABLED)).toBe('always [madvise] never\n');
    expect(write(ENABLED, 'maybe')).toBe(-EINVAL);
    expect(kernel.rooms.policy.thpEnabled).toBe('madvise');
  });
});

describe('khugepaged', () => {
  const folder = 'kernel/mm/transparent_hugepage/khugepaged';

  test.each([
    ['full_scans', 'fullScans'],
    ['pages_collapsed', 'pagesCollapsed'],
  ] as const)('%s counts, and cannot be written', (file, field) => {
    kernel.rooms.khugepaged[field] += 7;
    expect(read(`${folder}/${file}`)).toBe('7\n');
    expect(write(`${folder}/${file}`, '0')).toBe(-EACCES);
  });
});

describe('swap', () => {
  const VMA_RA = 'kernel/mm/swap/vma_ra_enabled';

  test('is a flag', () => {
    expect(read(VMA_RA)).toBe('true\n');
    expect([write(VMA_RA, '0\n'), read(VMA_RA)]).toEqual([0, 'false\n']);
    expect([write(VMA_RA, 'true'), write(VMA_RA, '2')]).toEqual([0, -EINVAL]);
    expect(kernel.booted.swapCache.vmaRaEnabled).toBe(true);
  });
});

describe('slab', () => {
  test('shows the measures of a cache, and shrinks it', () => {
    const cache = 'kernel/slab/ext4_inode_cache';
    const { layout, objectSize } = kernel.booted.slub.caches.find(({ name }) => name === 'ext4_inode_cache') ?? {};
    const shown = ['object_size', 'slab_size', 'objs_per_slab', 'order'].map((file) => read(`${cache}/${file}`));
    expect(shown).toEqual([objectSize, layout?.size, layout?.objects, layout?.order].map((value) => `${value}\n`));
    expect(read(`${cache}/slabs`)).toBe('1 N0=1\n');
    expect(write(`${cache}/shrink`, '0')).toBe(-EINVAL);
    expect(write(`${cache}/shrink`, '1')).toBe(0);
    expect(write(`${cache}/order`, '1')).toBe(-EACCES);
  });
});

describe('hugepages', () => {
  const MACHINE = 'kernel/mm/hugepages/hugepages-2048kB';
  const NODE = 'devices/system/node/node1/hugepages/hugepages-2048kB';

  test('are made and given back, on all nodes or one', () => {
    expect(write(`${MACHINE}/nr_hugepages`, '4\n')).toBe(0);
    expect(write(`${NODE}/nr_hugepages`, '3\n')).toBe(0);
    expect([read(`${MACHINE}/nr_hugepages`), read(`${NODE}/free_hugepages`)]).toEqual(['5\n', '3\n']);
    expect(meminfoOf(kernel).get('Hugetlb')).toBe(5 * 2048);
    expect(read('devices/system/node/node1/meminfo')).toContain('Node 1 HugePages_Total:     3\n');
    expect(write(`${MACHINE}/nr_overcommit_hugepages`, '7')).toBe(0);
    expect(read(`${MACHINE}/nr_overcommit_hugepages`)).toBe('7\n');
    expect([write(`${MACHINE}/nr_hugepages`, '-1'), write(`${MACHINE}/free_hugepages`, '1')]).toEqual([
      -EINVAL,
      -EACCES,
    ]);
  });
});

describe('settings of transparent huge pages', () => {
  const THP = 'kernel/mm/transparent_hugepage';

  test.each([
    ['defrag', 'always defer defer+madvise [madvise] never\n', 'defer+madvise', 'sometimes'],
    ['use_zero_page', '1\n', '0', '2'],
    ['shrink_underused', '1\n', '0', 'yes'],
    ['shmem_enabled', 'always within_size advise [never] deny force\n', 'never', 'always'],
    ['khugepaged/defrag', '1\n', '0', '2'],
    ['khugepaged/max_ptes_none', '511\n', '0', '512'],
    ['khugepaged/pages_to_scan', '4096\n', '1', '0'],
    ['khugepaged/scan_sleep_millisecs', '10000\n', '0', '4294967296'],
  ])('%s is %j; takes %s, not %s', (file, first, good, bad) => {
    expect(read(`${THP}/${file}`)).toBe(first);
    expect(write(`${THP}/${file}`, `${good}\n`)).toBe(0);
    expect(read(`${THP}/${file}`)).toMatch(good);
    expect(write(`${THP}/${file}`, bad)).toBe(-EINVAL);
  });
});
