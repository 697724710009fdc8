import {
  __GFP_COMP,
  __GFP_MEMALLOC,
  __GFP_NOFAIL,
  __GFP_NOMEMALLOC,
  __GFP_NORETRY,
  GFP_ATOMIC,
  GFP_KERNEL,
  GFP_NOWAIT,
} from '../../include/gfp.ts';
import { smallMachine } from '../../include/machine.ts';
import type { ZoneIndex } from '../../include/mmzone.ts';
import { PG_dirty, PG_head, PG_lru, PG_tail } from '../../include/page_flags.ts';
import type { Reclaimer } from '../../include/reclaim.ts';
import type { PageAllocator } from '../alloc_pages.ts';
import { boot, bootAll, onlyZone } from './machines.ts';

/** 1024 frames: MIN 64, LOW 80, HIGH 96. */
const machine = () => boot({ ...smallMachine(1024), perCpuPages: 'off' });

function drained(gfp: number): PageAllocator {
  const pages = machine();
  while (pages.allocPages(gfp, 0) !== null);
  return pages;
}

describe('PageAllocator.allocPages', () => {
  test.each([
    ['GFP_KERNEL leaves MIN', GFP_KERNEL, 64],
    ['GFP_NOWAIT leaves MIN', GFP_NOWAIT, 64],
    ['GFP_ATOMIC leaves three eighths of it', GFP_ATOMIC, 24],
    ['__GFP_MEMALLOC leaves nothing', GFP_KERNEL | __GFP_MEMALLOC, 0],
    ['__GFP_NOMEMALLOC takes that right away', GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOMEMALLOC, 64],
  ])('%s', (_, gfp, left) => {
    expect(drained(gfp).nrFreePages).toBe(left);
  });

  test('one who frees memory may take the last page', () => {
    const pages = drained(GFP_KERNEL);
    expect(pages.asMemalloc(() => pages.allocPages(GFP_KERNEL, 0))).not.toBeNull();
  });

  test('a victim of the OOM killer may take half of MIN', () => {
    const pages = drained(GFP_KERNEL);
    while (pages.allocPages(GFP_KERNEL, 0, { oomVictim: true }) !== null);
    expect(pages.nrFreePages).toBe(32);
  });

  test('a block above order 10 there never is', () => {
    expect(bootAll(4096, 'off').allocPages(GFP_KERNEL, 11)).toBeNull();
  });

  test('what must not fail gets part of the reserve, then the machine stops', () => {
    const pages = drained(GFP_KERNEL);
    expect(() => {
      for (;;) pages.allocPages(GFP_KERNEL | __GFP_NOFAIL, 0);
    }).toThrow('page_alloc: no memory of order 0 for a request that must not fail');
    expect(pages.nrFreePages).toBe(32);
  });

  test('counts pages, and requests by node', () => {
    const pages = machine();
    pages.putPages(pages.allocPages(GFP_KERNEL, 3) ?? -1, 3);
    pages.allocPages(GFP_KERNEL, 0);
    const { pgalloc_normal, pgfree } = pages.vmstat.events;
    expect({ pgalloc_normal, pgfree }).toEqual({ pgalloc_normal: 9, pgfree: 8 });
    expect(pages.vmstat.zones[0][2]).toMatchObject({ numa_hit: 2, numa_local: 2, nr_free_pages: 1023 });
  });

  test('makes a block with __GFP_COMP one', () => {
    const pages = machine();
    const head = pages.allocPages(GFP_KERNEL | __GFP_COMP, 2) ?? -1;
    const { memMap } = pages;
    expect([memMap.test(head, PG_head), memMap.test(head + 3, PG_tail)]).toEqual([true, true]);
    expect([memMap.compoundHead(head + 3), memMap.compoundOrder(head)]).toEqual([head, 2]);
    pages.putPages(head, 2);
    expect([...memMap.flags.slice(head, head + 4)].map((flags) => flags & (PG_head | PG_tail))).toEqual([0, 0, 0, 0]);
    pages.validate();
  });
});

/** Frees one of its pages each time it is asked. */
class Hoard implements Reclaimer {
  readonly calls: string[] = [];
  readonly #pages: PageAllocator;
  readonly #pfns: number[] = [];

  constructor(pages: PageAllocator, count: number) {
    this.#pages = pages;
    for (let i = 0; i < count; i++) this.#pfns.push(pages.allocPages(GFP_KERNEL, 0) ?? -1);
  }

  wakeupKswapd(nid: number, order: number, highestZone: ZoneIndex): void {
    this.calls.push(`kswapd ${nid} ${order} ${highestZone}`);
  }

  tryToFreePages(nid: number, order: number): number {
    this.calls.push(`reclaim ${nid} ${order}${this.#pages.memalloc ? '' : ', not as one who frees'}`);
    const pfn = this.#pfns.pop();
    if (pfn === undefined) return 0;
    this.#pages.putPages(pfn, 0);
    return 1;
  }

  reclaimablePages(): number {
    return this.#pfns.length;
  }
}

function hoarding(count: number): { pages: PageAllocator; hoard: Hoard } {
  const pages = machine();
  const hoard = new Hoard(pages, count);
  pages.reclaimer = hoard;
  return { pages, hoard };
}

describe('the slow path', () => {
  test('wakes kswapd below LOW, and reclaims at MIN', () => {
    const { pages, hoard } = hoarding(10);
    while (pages.nrFreePages > 80) pages.allocPages(GFP_KERNEL, 0);
    expect(hoard.calls).toEqual([]);
    while (pages.nrFreePages > 64) pages.allocPages(GFP_KERNEL, 0);
    expect(new Set(hoard.calls)).toEqual(new Set(['kswapd 0 0 2']));
    expect(hoard.calls).toHaveLength(16);
    expect(pages.allocPages(GFP_KERNEL, 0)).not.toBeNull();
    expect(hoard.calls.slice(16)).toEqual(['kswapd 0 0 2', 'reclaim 0 0']);
    expect(pages.vmstat.events.allocstall_normal).toBe(1);
  });

  test('those who cannot wait do not reclaim', () => {
    const { pages, hoard } = hoarding(10);
    while (pages.allocPages(GFP_ATOMIC, 0) !== null);
    expect(hoard.calls.filter((call) => call.startsWith('reclaim'))).toEqual([]);
  });

  test('is given up when nothing is left that could be reclaimed', () => {
    const { pages, hoard } = hoarding(3);
    while (pages.allocPages(GFP_KERNEL, 0) !== null);
    expect(pages.nrFreePages).toBe(64);
    expect(hoard.calls.filter((call) => call.startsWith('reclaim'))).toHaveLength(4);
  });

  test('is given up after 17 rounds that free nothing, though something could be', () => {
    const { pages, hoard } = hoarding(0);
    hoard.reclaimablePages = () => 100;
    while (pages.allocPages(GFP_KERNEL, 0) !== null);
    expect(hoard.calls.filter((call) => call.startsWith('reclaim'))).toHaveLength(17);
  });

  test('with __GFP_NORETRY there is one round', () => {
    const { pages, hoard } = hoarding(0);
    hoard.reclaimablePages = () => 100;
    while (pages.allocPages(GFP_KERNEL | __GFP_NORETRY, 0) !== null);
    expect(hoard.calls.filter((call) => call.startsWith('reclaim'))).toHaveLength(1);
  });

  test('a costly block is not worth a second round', () => {
    const { pages, hoard } = hoarding(500);
    while (pages.allocPages(GFP_KERNEL, 4) !== null);
    expect(hoard.calls.filter((call) => call === 'reclaim 0 4')).toHaveLength(1);
  });

  test('kills last of all, and not for a costly block', () => {
    const { pages } = hoarding(0);
    const killed: number[] = [];
    pages.oomKiller = {
      outOfMemory: (_, order) => {
        killed.push(order);
        return killed.length < 3;
      },
    };
    while (pages.allocPages(GFP_KERNEL, 4) !== null);
    expect(killed).toEqual([]);
    while (pages.allocPages(GFP_KERNEL, 0) !== null);
    expect(killed).toEqual([0, 0, 0]);
  });
});

describe('what reclaim has freed', () => {
  test('is found in the list of another CPU, too', () => {
    const [node] = smallMachine(1024).nodes;
    const pages = boot({ ...smallMachine(1024), nodes: [{ ...node, cpus: [0, 1] }] });
    const kept = pages.allocPages(GFP_KERNEL, 0) ?? -1;
    while (pages.allocPages(GFP_KERNEL, 0) !== null);
    pages.reclaimer = {
      wakeupKswapd: () => undefined,
      reclaimablePages: () => 0,
      tryToFreePages: () => {
        pages.cpu = 1;
        pages.putPages(kept, 0);
        pages.cpu = 0;
        return 1;
      },
    };
    expect(pages.allocPages(GFP_KERNEL, 0)).toBe(kept);
    pages.validate();
  });
});

describe('a watermark boost', () => {
  test('is no reason to refuse a page to those who may go below MIN', () => {
    const pages = drained(GFP_KERNEL);
    onlyZone(pages).watermarkBoost = 500;
    expect(pages.allocPages(GFP_ATOMIC, 1)).toBeNull();
    expect(pages.allocPages(GFP_ATOMIC, 0)).not.toBeNull();
  });

  test('goes when a limit is set', () => {
    const pages = machine();
    onlyZone(pages).watermarkBoost = 500;
    pages.setSysctls({ watermarkScaleFactor: 20 });
    expect(onlyZone(pages).wmarkPages('min')).toBe(64);
  });
});

describe('PageAllocator.freePages', () => {
  const used = (order: number) => {
    const pages = machine();
    const pfn = pages.allocPages(GFP_KERNEL, order) ?? -1;
    pages.memMap.refcount[pfn] = 0;
    return { pages, pfn };
  };

  test('panics for a block freed already, in a CPU list too', () => {
    const pages = bootAll(1024, 'on');
    const pfn = pages.allocPages(GFP_KERNEL, 0) ?? -1;
    pages.putPages(pfn, 0);
    expect(() => pages.freePages(pfn, 0)).toThrow(`page_alloc: free of pfn ${pfn} order 0: no such block is in use`);
  });

  test('panics for another order, and for the middle of a block', () => {
    const { pages, pfn } = used(2);
    expect(() => pages.freePages(pfn, 1)).toThrow('no such block is in use');
    expect(() => pages.freePages(pfn + 1, 0)).toThrow('no such block is in use');
  });

  test('panics for a page that somebody still holds, maps, or has in a list or a cache', () => {
    const { pages, pfn } = used(0);
    const { memMap } = pages;
    memMap.refcount[pfn] = 1;
    expect(() => pages.freePages(pfn, 0)).toThrow('bad page state: pfn 0 freed with flags 0, refcount 1');
    memMap.refcount[pfn] = 0;
    memMap.mapcount[pfn] = 1;
    expect(() => pages.freePages(pfn, 0)).toThrow('mapcount 1');
    memMap.mapcount[pfn] = 0;
    memMap.mapping[pfn] = 7;
    expect(() => pages.freePages(pfn, 0)).toThrow('mapping 7');
    memMap.mapping[pfn] = 0;
    memMap.set(pfn, PG_lru);
    expect(() => pages.freePages(pfn, 0)).toThrow('flags 20');
  });

  test('forgets what was known of a page', () => {
    const { pages, pfn } = used(0);
    pages.memMap.set(pfn, PG_dirty);
    pages.memMap.index[pfn] = 5;
    pages.freePages(pfn, 0);
    expect([pages.memMap.test(pfn, PG_dirty), pages.memMap.index[pfn]]).toEqual([false, 0]);
  });
});

describe('PageAllocator.splitPage', () => {
  test('makes a block single pages, each to be freed on its own', () => {
    const pages = machine();
    const pfn = pages.allocPages(GFP_KERNEL, 2) ?? -1;
    pages.splitPage(pfn, 2);
    for (const at of [3, 0, 2, 1]) pages.putPages(pfn + at, 0);
    pages.validate();
    expect(onlyZone(pages).areas.nrFree[10]).toBe(1);
  });
});

describe('allocPagesBulk', () => {
  test('rolls back, whichever page fails', () => {
    for (let n = 1; n <= 20; n++) {
      const pages = machine();
      let asked = 0;
      pages.failNext = { shouldFail: () => ++asked === n };
      expect(pages.allocPagesBulk(GFP_KERNEL, 20)).toBeNull();
      expect(asked).toBe(n);
      pages.validate();
      expect(onlyZone(pages).areas.nrFree[10]).toBe(1);
    }
  });
});
