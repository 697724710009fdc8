import { __GFP_DMA, __GFP_THISNODE, GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from '../../include/gfp.ts';
import { DEFAULT_PAGE_SYSCTLS, type NodeDescription } from '../../include/machine.ts';
import { ZONE_DMA } from '../../include/mmzone.ts';
import type { PageAllocator } from '../alloc_pages.ts';
import type { Mempolicy } from '../mempolicy.ts';
import { boot, normalZone, numaNodes } from './machines.ts';

const FLAT = [
  [10, 20, 20],
  [20, 10, 20],
  [20, 20, 10],
];

/** Three nodes of 64 frames each, node n with CPU n, usable to the last page but for small watermarks. */
function machine(): PageAllocator {
  const sysctls = { ...DEFAULT_PAGE_SYSCTLS, minFreeKbytes: 0 };
  return boot({ nodes: numaNodes(64, FLAT), sysctls, perCpuPages: 'off', thp: 'off' });
}

const nodesOf = (pages: PageAllocator, count: number, policy: Mempolicy, cpu = 0) =>
  Array.from({ length: count }, () => {
    const pfn = pages.allocPages(GFP_HIGHUSER_MOVABLE, 0, { policy, cpu });
    return pfn === null ? null : pages.nidOf(pfn);
  });

const counters = (pages: PageAllocator) =>
  pages.vmstat.zones.map(([, , normal]) => [
    normal.numa_hit,
    normal.numa_miss,
    normal.numa_foreign,
    normal.numa_interleave,
    normal.numa_local,
    normal.numa_other,
  ]);

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('default and local', () => {
  test.each(['default', 'local'] as const)('%s: the node of the CPU, then the others in order', (kind) => {
    const pages = machine();
    expect(nodesOf(pages, 193, { kind }, 1)).toEqual([...times(64, 1), ...times(64, 2), ...times(64, 0), null]);
    expect(counters(pages)).toEqual([
      [0, 64, 0, 0, 0, 64],
      [64, 0, 128, 0, 64, 0],
      [0, 64, 0, 0, 0, 64],
    ]);
  });
});

describe('preferred', () => {
  test('asks that node first, then its neighbours', () => {
    const pages = machine();
    expect(nodesOf(pages, 65, { kind: 'preferred', nid: 2 })).toEqual([...times(64, 2), 0]);
    expect(counters(pages)).toEqual([
      [0, 1, 0, 0, 1, 0],
      [0, 0, 0, 0, 0, 0],
      [64, 0, 1, 0, 0, 64],
    ]);
  });
});

describe('bind', () => {
  test('never leaves its nodes, and the nearest of them is a hit', () => {
    const pages = machine();
    expect(nodesOf(pages, 129, { kind: 'bind', nodes: 0b110 })).toEqual([...times(64, 1), ...times(64, 2), null]);
    expect(counters(pages)).toEqual([
      [0, 0, 0, 0, 0, 0],
      [64, 0, 64, 0, 0, 64],
      [0, 64, 0, 0, 0, 64],
    ]);
    expect(pages.zones.all[0].nrFreePages).toBe(64);
  });
});

describe('bind, for memory that not all nodes have', () => {
  test('does not hold', () => {
    const [near, far] = numaNodes(64, [
      [10, 20],
      [20, 10],
    ]);
    const dma: NodeDescription = { ...near, zones: [{ ...normalZone(0, 64), zone: ZONE_DMA }] };
    const sysctls = { ...DEFAULT_PAGE_SYSCTLS, minFreeKbytes: 0, lowmemReserveRatio: [0, 0, 0, 0] };
    const pages = boot({ nodes: [dma, far], sysctls, perCpuPages: 'off', thp: 'off' });
    const policy: Mempolicy = { kind: 'bind', nodes: 0b10 };
    expect(pages.allocPages(GFP_KERNEL, 0, { policy })).toBe(64);
    expect(pages.allocPages(GFP_KERNEL | __GFP_DMA, 0, { policy })).toBe(0);
  });
});

describe('interleave', () => {
  test('takes the nodes of its set in turn', () => {
    const pages = machine();
    expect(nodesOf(pages, 5, { kind: 'interleave', nodes: 0b101, previous: -1 })).toEqual([0, 2, 0, 2, 0]);
    expect(counters(pages).map(([hit, , , interleaved]) => [hit, interleaved])).toEqual([
      [3, 3],
      [0, 0],
      [2, 2],
    ]);
  });

  test('goes by the index of a page in its mapping where it has one', () => {
    const pages = machine();
    const policy: Mempolicy = { kind: 'interleave', nodes: 0b110, previous: -1 };
    const nodes = [7, 4, 4, 5].map((index) => {
      const pfn = pages.allocPages(GFP_HIGHUSER_MOVABLE, 0, { policy, index }) ?? -1;
      return pages.nidOf(pfn);
    });
    expect(nodes).toEqual([2, 1, 1, 2]);
    expect(policy.previous).toBe(-1);
  });

  test('a page got elsewhere is no interleave hit', () => {
    const pages = machine();
    nodesOf(pages, 64, { kind: 'local' }, 1);
    expect(nodesOf(pages, 1, { kind: 'interleave', nodes: 0b010, previous: -1 })).toEqual([2]);
    expect(pages.vmstat.globalZone('numa_interleave')).toBe(0);
  });
});

describe('__GFP_THISNODE', () => {
  test('fails rather than leave the node', () => {
    const pages = machine();
    nodesOf(pages, 64, { kind: 'local' }, 1);
    expect(pages.allocPages(GFP_HIGHUSER_MOVABLE | __GFP_THISNODE, 0, { nid: 1 })).toBeNull();
    expect(pages.allocPages(GFP_HIGHUSER_MOVABLE | __GFP_THISNODE, 0, { nid: 2 })).toBe(128);
  });
});

describe('NUMA counters', () => {
  test('all that one node missed was meant for another, and hits and misses are local or other', () => {
    const pages = machine();
    nodesOf(pages, 70, { kind: 'preferred', nid: 1 });
    nodesOf(pages, 70, { kind: 'interleave', nodes: 0b011, previous: -1 }, 2);
    const sum = (column: number) => counters(pages).reduce((total, row) => total + row[column], 0);
    expect(sum(1)).toBe(sum(2));
    for (const [hit, miss, , , local, other] of counters(pages)) expect(hit + miss).toBe(local + other);
  });
});

describe('zone_reclaim_mode', () => {
  test('a near node is reclaimed from before memory is taken from the next; a far one is not', () => {
    const sysctls = { ...DEFAULT_PAGE_SYSCTLS, minFreeKbytes: 0 };
    const distances = [
      [10, 31],
      [31, 10],
    ];
    const pages = boot({ nodes: numaNodes(64, distances), sysctls, perCpuPages: 'off', thp: 'off' });
    const kept = pages.allocPages(GFP_HIGHUSER_MOVABLE, 0) ?? -1;
    nodesOf(pages, 63, { kind: 'local' });
    const asked: number[] = [];
    pages.nodeReclaimer = {
      nodeReclaimEnabled: true,
      nodeReclaim: (nid) => {
        asked.push(nid);
        if (asked.length > 1) return 'full';
        pages.putPages(kept, 0);
        return 'success';
      },
    };
    expect(nodesOf(pages, 65, { kind: 'local' })).toEqual([0, ...times(64, 1)]);
    expect(new Set(asked)).toEqual(new Set([0]));
    pages.validate();
  });
});
