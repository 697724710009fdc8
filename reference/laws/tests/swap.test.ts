import fc from 'fast-check';
import { seeded } from '../../arch/tests/word_memory.ts';
import { PG_dirty, PG_swapcache, PG_writeback } from '../../include/page_flags.ts';
import { FailNth, SwapRoom } from '../../mm/tests/swap_room.ts';
import { breaksSwapLaw, type SwapMachine } from '../swap.ts';

function machine(room: SwapRoom): SwapMachine {
  const { cache, folios, memMap, swap } = room;
  return {
    slots: swap.totalSwapPages,
    page: (word) => room.page(word),
    word: (pfn) => room.word(pfn),
    pageOut: (pfn) => room.pageOut(pfn),
    pageIn: (entry) => room.pageIn(entry),
    duplicate: (entry) => swap.swapDuplicate(entry),
    dropEntry: (entry) => cache.freeSwapAndCache(entry),
    dropPage: (pfn) => room.drop(pfn),
    write(pfn, word) {
      if (memMap.refcount[pfn] > (memMap.test(pfn, PG_swapcache) ? 2 : 1)) return false;
      if (memMap.test(pfn, PG_swapcache) && !cache.folioFreeSwap(pfn)) return false;
      memMap.set(pfn, PG_dirty);
      room.memory.frameWords(pfn)[5] = word;
      return true;
    },
    evictAll() {
      for (const area of swap.areas) {
        for (const pfn of cache.cachedIn(area)) {
          if (memMap.test(pfn, PG_writeback) || memMap.refcount[pfn] > 1) continue;
          folios.get(pfn);
          if (!cache.folioFreeSwap(pfn) && !memMap.test(pfn, PG_dirty)) cache.removeFolio(pfn, null);
          folios.put(pfn);
        }
      }
    },
    used: () => ({
      all: swap.areas.reduce((sum, { inusePages }) => sum + inusePages, 0),
      cached: swap.areas.reduce((sum, area) => sum + area.cachedSlots, 0),
    }),
    count: (entry) => swap.swapCount(entry),
    freeFrames() {
      room.settle();
      room.pages.drainAllPages();
      return room.pages.nrFreePages;
    },
    pass: () => room.clock.advance(1500),
    validate: () => room.validate(),
  };
}

describe('breaksSwapLaw', () => {
  test('no: with room enough, with two areas that are soon full, and with little memory', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom([64], [6, 5], [40]), fc.constantFrom(256, 48), (seed, areas, frames) => {
        const room = new SwapRoom(frames);
        for (const pages of areas) room.swapon(pages);
        expect(breaksSwapLaw(machine(room), seeded(seed), 60)).toBe(null);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  test.each(['page', 'swap', 'read', 'write'] as const)('no: whichever %s fails', (kind) => {
    for (let n = 1; n <= 25; n++) {
      const room = new SwapRoom(128);
      room.swapon(20);
      const fails = new FailNth(kind, n);
      room.pages.failNext = fails;
      room.swap.failNext = fails;
      room.swap.areas[0].file.device.failures = fails;
      expect(breaksSwapLaw(machine(room), seeded(n), 70)).toBe(null);
    }
  });

  test('yes: an entry that is shared, but counted once', () => {
    const room = new SwapRoom();
    room.swapon(64);
    const broken = { ...machine(room), duplicate: () => 0 };
    expect(breaksSwapLaw(broken, seeded(3), 200)).toMatch(/^step \d+: entry \d+ has 2 holders, counted 1$/);
  });

  test('yes: an empty page instead of the one in the slot', () => {
    const room = new SwapRoom();
    room.swapon(64);
    const broken = { ...machine(room), pageIn: () => room.page(0) };
    expect(breaksSwapLaw(broken, seeded(3), 200)).toMatch(/^step \d+: pfn \d+ holds 0, not \d+$/);
  });
});
