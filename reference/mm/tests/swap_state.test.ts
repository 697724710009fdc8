import { PG_dirty, PG_readahead, PG_swapcache } from '../../include/page_flags.ts';
import type { Pfn, SwpEntry } from '../../include/types.ts';
import { FIRST_SWAP_WINDOW } from '../swap_readahead.ts';
import { FailNth, SwapRoom } from './swap_room.ts';

function room(pages = 64, kind: 'disk' | 'ssd' = 'disk'): SwapRoom {
  const made = new SwapRoom();
  made.swapon(pages, null, kind);
  return made;
}
function held(at: SwapRoom, word: number): Pfn {
  const pfn = at.page(word);
  if (pfn === null) throw new Error('the test machine is out of memory');
  return pfn;
}
function out(at: SwapRoom, word: number): SwpEntry {
  const entry = at.pageOut(held(at, word));
  if (entry === null) throw new Error('the test machine is out of swap');
  return entry;
}
/** Pages out and evicted. */
function gone(at: SwapRoom, words: readonly number[]): SwpEntry[] {
  const entries = words.map((word) => out(at, word));
  at.settle();
  for (const entry of entries) at.evict(entry);
  return entries;
}

describe('addToSwap', () => {
  test('when swap is full the page stays as it was', () => {
    const at = room(2);
    out(at, 1);
    const pfn = held(at, 2);
    expect(at.pageOut(pfn)).toBe(null);
    expect(at.memMap.test(pfn, PG_swapcache)).toBe(false);
    expect(at.word(pfn)).toBe(2);
    at.validate();
  });
});

describe('find', () => {
  test('a page that is still cached comes back without a read', () => {
    const at = room();
    const entry = out(at, 5);
    const pfn = at.cache.find(entry);
    expect(at.pageIn(entry)).toBe(pfn);
    expect(at.vmstat.events.pswpin).toBe(0);
    at.settle();
    at.validate();
  });

  test('a clean page that goes out again is not written', () => {
    const at = room();
    const [entry] = gone(at, [5]);
    const pfn = at.pageIn(entry) ?? -1;
    expect(at.pageOut(pfn)).toBe(entry);
    expect(at.vmstat.events.pswpout).toBe(1);
    at.evict(entry);
    expect(at.word(at.pageIn(entry) ?? -1)).toBe(5);
    at.validate();
  });
});

describe('folioFreeSwap', () => {
  test('gives the slot up when only the cache refers to it; the page is dirty then', () => {
    const at = room();
    const [entry] = gone(at, [5]);
    const pfn = at.pageIn(entry) ?? -1;
    expect(at.memMap.test(pfn, PG_dirty)).toBe(false);
    expect(at.cache.folioFreeSwap(pfn)).toBe(true);
    expect(at.memMap.test(pfn, PG_dirty)).toBe(true);
    expect(at.swap.nrSwapPages).toBe(63);
    at.drop(pfn);
    at.validate();
  });

  test('keeps it while somebody refers to it, or it is being written', () => {
    const at = room();
    const entry = out(at, 5);
    const pfn = at.cache.find(entry) ?? -1;
    at.folios.get(pfn);
    expect(at.cache.folioFreeSwap(pfn)).toBe(false);
    at.swap.swapFree(entry);
    expect(at.cache.folioFreeSwap(pfn)).toBe(false);
    at.settle();
    expect(at.cache.folioFreeSwap(pfn)).toBe(true);
    at.drop(pfn);
    at.validate();
  });
});

describe('freeSwapAndCache', () => {
  test('the last entry takes the cached page along', () => {
    const at = room();
    const entry = out(at, 5);
    at.settle();
    expect(at.swap.swapDuplicate(entry)).toBe(0);
    at.cache.freeSwapAndCache(entry);
    expect(at.cache.find(entry)).not.toBe(null);
    at.cache.freeSwapAndCache(entry);
    expect(at.cache.find(entry)).toBe(null);
    expect(at.swap.nrSwapPages).toBe(63);
    at.validate();
  });

  test('a page on its way out stays until it is written', () => {
    const at = room();
    const entry = out(at, 5);
    at.cache.freeSwapAndCache(entry);
    expect(at.cache.find(entry)).not.toBe(null);
    at.settle();
    at.evict(entry);
    expect(at.swap.nrSwapPages).toBe(63);
    at.validate();
  });
});

describe('clusterReadahead', () => {
  //  slots  1 2 3 4 5 6 7 8 9        wanted 4: window of 8, aligned: 1..7 (0 is the header)
  test('reads the aligned window around the slot', () => {
    const at = room();
    const entries = gone(at, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    at.pageIn(4);
    expect(entries.filter((entry) => at.cache.find(entry) !== null)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(at.memMap.test(at.cache.find(4) ?? -1, PG_readahead)).toBe(false);
    expect(at.memMap.test(at.cache.find(5) ?? -1, PG_readahead)).toBe(true);
    at.validate();
  });

  test('pages that are used after they were read ahead count, and widen the next window', () => {
    const at = room(200);
    gone(
      at,
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    at.pageIn(4);
    for (const entry of [5, 6]) at.cache.noteUse(at.cache.find(entry) ?? -1, FIRST_SWAP_WINDOW);
    at.cache.noteUse(at.cache.find(6) ?? -1, FIRST_SWAP_WINDOW);
    expect(at.vmstat.events).toMatchObject({ pswpin: 7, swap_ra: 6, swap_ra_hit: 2 });
    at.pageIn(33);
    expect(at.vmstat.events.pswpin).toBe(7 + 4);
    at.settle();
    at.pageIn(20);
    expect(at.vmstat.events.pswpin).toBe(7 + 4 + 2);
    at.settle();
    at.validate();
  });

  test('page_cluster 0 reads one page', () => {
    const at = room();
    const entries = gone(at, [1, 2, 3]);
    at.cache.pageCluster = 0;
    at.pageIn(2);
    expect(entries.filter((entry) => at.cache.find(entry) !== null)).toEqual([2]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('no memory for page %i of the window: the wanted one is read if it can be', (n) => {
    const at = room();
    gone(at, [1, 2, 3, 4, 5, 6, 7]);
    at.pages.failNext = new FailNth('page', n);
    const pfn = at.pageIn(4);
    expect(pfn === null ? null : at.word(pfn)).toBe(4);
    at.settle();
    at.validate();
  });

  test('no memory at all: null, and nothing has changed', () => {
    const at = room();
    gone(at, [1]);
    at.pages.failNext = { shouldFail: () => true };
    expect(at.pageIn(1)).toBe(null);
    expect(at.swap.swapCount(1)).toBe(1);
    at.validate();
  });
});

describe('usesVmaReadahead', () => {
  test('not with a disk that turns, not when it is off', () => {
    const at = room(64, 'ssd');
    expect(at.cache.usesVmaReadahead).toBe(true);
    at.cache.vmaRaEnabled = false;
    expect(at.cache.usesVmaReadahead).toBe(false);
    at.cache.vmaRaEnabled = true;
    at.swapon(8);
    expect(at.cache.usesVmaReadahead).toBe(false);
  });

  test('then the mapping remembers what was used', () => {
    const at = room(64, 'ssd');
    gone(at, [1, 2, 3]);
    const wanted = at.cache.readahead(2, [1, 2, 3]);
    expect(wanted).toBe(at.cache.find(2));
    expect(at.cache.noteUse(at.cache.find(3) ?? -1, { at: 9, pages: 4, hits: 0 })).toEqual({
      at: 9,
      pages: 4,
      hits: 1,
    });
  });
});

describe('shadows', () => {
  test('what was remembered of an evicted page is told when it is read, and forgotten with the slot', () => {
    const at = room();
    const entries = [out(at, 1), out(at, 2)];
    at.settle();
    for (const entry of entries) at.cache.removeFolio(at.cache.find(entry) ?? -1, 40 + entry);
    at.cache.freeSwapAndCache(2);
    at.pageIn(1);
    expect(at.refaulted).toEqual([41]);
    expect(at.swap.areas[0].shadows.size).toBe(0);
    at.settle();
  });
});
