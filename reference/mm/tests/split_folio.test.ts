import { MADV_DONTNEED, MADV_PAGEOUT } from '../../include/mman.ts';
import { DeferredSplit } from '../deferred_split.ts';
import { dupMm } from '../fork.ts';
import { doMadvise } from '../madvise.ts';
import { splitFolio } from '../split_folio.ts';
import { makeHuge, runs, sound } from './huge.ts';
import { type Paged, touched } from './paged.ts';
import { at, bytes, map } from './process.ts';
import { physicalAddress } from './rooms.ts';

/** A huge page, of which some pages hold their number, all others zeroes. */
function huge(written: readonly number[]): Paged {
  const paged = makeHuge();
  map(paged.mm, 0, 512, 'rw-');
  touched(paged, paged.mm, [0], true);
  for (const page of written) put(paged, page, 1 + (page % 255));
  return paged;
}

function put({ rooms, mm }: Paged, page: number, value: number): void {
  rooms.system.memory.writeByte(physicalAddress(rooms, mm, at(page)), value);
}

function held({ rooms, mm }: Paged, page: number): number {
  return rooms.system.memory.readByte(physicalAddress(rooms, mm, at(page)));
}

const headOf = ({ rooms }: Paged): number => [...rooms.system.huge.folios.mapped.keys()][0] ?? -1;

const ALL = Array.from({ length: 511 }, (_, i) => i + 1);

describe('splitFolio', () => {
  test('makes single pages; what they hold stays', () => {
    const paged = huge(ALL);
    const { mm, rooms } = paged;
    // Page 0 is full of zeroes: see below.
    expect(splitFolio(rooms.system, headOf(paged))).toHaveLength(511);
    expect([runs(paged, mm, 0), held(paged, 300), held(paged, 511)]).toEqual(['0+1 PZ 1+511 Px', 46, 2]);
    expect(rooms.system.vmstat.nodes[0].nr_inactive_anon).toBe(511);
    expect([rooms.system.vmstat.events.thp_split_page, mm.pages.rss.anon]).toEqual([1, 511]);
    sound(paged, [mm]);
  });

  test('pages full of zeroes are given back: the page of zeroes takes their place', () => {
    const paged = huge([3, 500]);
    const { mm, rooms } = paged;
    const free = rooms.allocator.nrFreePages;
    splitFolio(rooms.system, headOf(paged));
    expect(runs(paged, mm, 0)).toBe('0+3 PZ 3+1 Px 4+496 PZ 500+1 Px 501+11 PZ');
    rooms.allocator.drainAllPages();
    expect(rooms.allocator.nrFreePages - free).toBeGreaterThanOrEqual(500);
    touched(paged, mm, [4], true);
    expect([held(paged, 3), held(paged, 4)]).toEqual([4, 0]);
    sound(paged, [mm]);
  });

  test('two processes share the single pages', () => {
    const paged = huge(ALL);
    const { mm, rooms } = paged;
    const child = dupMm(mm);
    if (typeof child === 'number') throw new Error('no child');
    splitFolio(rooms.system, headOf(paged));
    expect([runs(paged, mm, 0), runs(paged, child, 0)]).toEqual(['0+1 PZ 1+511 P', '0+1 PZ 1+511 P']);
    sound(paged, [mm, child]);
  });

  test('not while somebody else holds it', () => {
    const paged = huge(ALL);
    const { mm, rooms } = paged;
    const head = headOf(paged);
    rooms.system.folios.get(head);
    expect(splitFolio(rooms.system, head)).toBeNull();
    expect(rooms.system.vmstat.events.thp_split_page_failed).toBe(1);
    rooms.system.folios.put(head);
    sound(paged, [mm]);
  });
});

describe('under pressure', () => {
  test('a folio that is mapped in part is split, and what nobody maps is free', () => {
    const paged = huge(ALL);
    const { mm, rooms } = paged;
    doMadvise(mm, at(100), bytes(300), MADV_DONTNEED);
    const shrinker = new DeferredSplit(rooms.system);
    rooms.allocator.drainAllPages();
    const free = rooms.allocator.nrFreePages;
    expect(shrinker.countObjects(0)).toBe(1);
    expect(shrinker.scanObjects({ nid: 0, gfp: 0, nrToScan: 10 })).toBe(1);
    rooms.allocator.drainAllPages();
    expect(rooms.allocator.nrFreePages).toBe(free + 300 + 1);
    expect([runs(paged, mm, 0), shrinker.countObjects(0)]).toEqual(['0+1 PZ 1+99 Px 400+112 Px', 0]);
    sound(paged, [mm]);
  });

  test('nothing to split: it says so', () => {
    const paged = huge(ALL);
    expect(new DeferredSplit(paged.rooms.system).scanObjects({ nid: 0, gfp: 0, nrToScan: 10 })).toBeNull();
  });

  test('a folio of zeroes is split only if max_ptes_none is less than 511', () => {
    const paged = huge([1, 2]);
    const { rooms, mm } = paged;
    const shrinker = new DeferredSplit(rooms.system);
    expect(shrinker.countObjects(0)).toBe(0);
    rooms.system.huge.thp.khugepaged.maxPtesNone = 100;
    expect(shrinker.scanObjects({ nid: 0, gfp: 0, nrToScan: 10 })).toBe(1);
    expect([runs(paged, mm, 0), rooms.system.vmstat.events.thp_underused_split_page]).toEqual([
      '0+1 PZ 1+2 Px 3+509 PZ',
      1,
    ]);
  });
});

test('MADV_PAGEOUT splits first', () => {
  const paged = huge(ALL);
  doMadvise(paged.mm, at(0), bytes(10), MADV_PAGEOUT);
  expect(runs(paged, paged.mm, 0)).toBe('0+1 PZ 1+511 Px');
  sound(paged, [paged.mm]);
});
