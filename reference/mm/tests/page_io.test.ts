import { PG_dirty, PG_locked, PG_swapcache, PG_uptodate, PG_writeback } from '../../include/page_flags.ts';
import { FailNth, SwapRoom } from './swap_room.ts';

function room(): SwapRoom {
  const made = new SwapRoom();
  made.swapon(64);
  return made;
}
const out = (at: SwapRoom, word: number): number => {
  const pfn = at.page(word);
  return (pfn === null ? null : at.pageOut(pfn)) ?? -1;
};

describe('writePage', () => {
  test('is under writeback, in the cache, and clean when it is done', () => {
    const at = room();
    const entry = out(at, 7);
    const pfn = at.cache.find(entry) ?? -1;
    expect(at.memMap.test(pfn, PG_writeback)).toBe(true);
    expect(at.vmstat.nodes[0].nr_writeback).toBe(1);
    at.settle();
    expect(at.memMap.test(pfn, PG_writeback | PG_dirty | PG_locked)).toBe(false);
    expect(at.vmstat.nodes[0]).toMatchObject({ nr_writeback: 0, nr_written: 1, nr_swapcached: 1 });
    expect([at.vmstat.events.pswpout, at.vmstat.events.pgpgout]).toEqual([1, 4]);
    expect(at.swap.areas[0].file.device.peek(entry)[5]).toBe(7);
    at.validate();
  });

  test('zeroes are noted, not written', () => {
    const at = room();
    const entry = out(at, 0);
    expect(at.swap.areas[0].file.device.counts.writes).toBe(0);
    expect(at.vmstat.events).toMatchObject({ pswpout: 0, swpout_zero: 1 });
    at.evict(entry);
    expect(at.word(at.pageIn(entry) ?? -1)).toBe(0);
    expect(at.vmstat.events).toMatchObject({ pswpin: 0, swpin_zero: 1 });
    at.validate();
  });

  test('a page that could not be written is dirty again, and nothing is lost', () => {
    const at = room();
    at.swap.areas[0].file.device.failures = new FailNth('write', 1);
    const entry = out(at, 9);
    at.settle();
    const pfn = at.cache.find(entry) ?? -1;
    expect(at.memMap.test(pfn, PG_dirty)).toBe(true);
    expect(at.memMap.test(pfn, PG_writeback)).toBe(false);
    expect(at.word(at.pageIn(entry) ?? -1)).toBe(9);
    at.validate();
  });
});

describe('readPages', () => {
  //  slots   1 2 3 4 5 6 7        1..3 and 5..7 are read as one request each
  //  cached        *
  test('slots that follow one another are one request', () => {
    const at = room();
    const entries = [1, 2, 3, 4, 5, 6, 7].map((word) => out(at, word));
    at.settle();
    for (const entry of entries) if (entry !== 4) at.evict(entry);
    const { counts } = at.swap.areas[0].file.device;
    expect(at.word(at.pageIn(2) ?? -1)).toBe(2);
    expect([counts.reads, counts.blocksRead]).toEqual([2, 6]);
    expect(at.vmstat.events).toMatchObject({ pswpin: 6, swap_ra: 5 });
    at.settle();
    at.validate();
  });

  test('a page that could not be read stays in the cache without content, and the entry stays', () => {
    const at = room();
    const entry = out(at, 9);
    at.settle();
    at.evict(entry);
    at.swap.areas[0].file.device.failures = new FailNth('read', 1);
    expect(at.pageIn(entry)).toBe(null);
    const pfn = at.cache.find(entry) ?? -1;
    expect(at.memMap.test(pfn, PG_uptodate)).toBe(false);
    expect(at.memMap.test(pfn, PG_swapcache)).toBe(true);
    expect(at.swap.swapCount(entry)).toBe(1);
    at.validate();
  });
});
