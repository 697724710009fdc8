import { EINVAL, ENOMEM } from '../../include/errno.ts';
import { MADV_COLLAPSE, MADV_HUGEPAGE, MADV_NOHUGEPAGE } from '../../include/mman.ts';
import { dupMm } from '../fork.ts';
import { Khugepaged } from '../khugepaged.ts';
import { doMadvise } from '../madvise.ts';
import type { MmStruct } from '../mm_struct.ts';
import { failHuge, makeHuge, runs, smaps, sound } from './huge.ts';
import { type Paged, touched } from './paged.ts';
import { at, bytes, map } from './process.ts';
import { physicalAddress } from './rooms.ts';

/** Pages of three blocks, huge pages only on advice; each holds its number. */
function small(pages: readonly number[]): Paged {
  const paged = makeHuge({ thpEnabled: 'madvise' });
  const { mm, rooms } = paged;
  map(mm, 0, 3 * 512, 'rw-');
  touched(paged, mm, pages, true);
  for (const page of pages) rooms.system.memory.writeByte(physicalAddress(rooms, mm, at(page)), page % 256);
  return paged;
}

const held = ({ rooms, mm }: Paged, page: number): number =>
  rooms.system.memory.readByte(physicalAddress(rooms, mm, at(page)));

const collapse = (mm: MmStruct, page: number, pages: number): number =>
  doMadvise(mm, at(page), bytes(pages), MADV_COLLAPSE);

/** With which khugepaged looks at one process. */
function daemon({ rooms, mm }: Paged): {
  khugepaged: Khugepaged;
  sleep: (seconds: number) => void;
  busy: { now: boolean };
} {
  const { clock } = rooms.system.pageCache.rooms;
  const busy = { now: false };
  const khugepaged = new Khugepaged({ system: rooms.system, clock, mms: () => [mm], isBusy: () => busy.now });
  return { khugepaged, sleep: (seconds) => clock.advance(seconds * 1e9), busy };
}

describe('MADV_COLLAPSE', () => {
  test('copies what is there, the rest is zeroes; the table is put aside', () => {
    const paged = small([3, 500]);
    const { mm } = paged;
    const tables = mm.pages.pgtablesBytes;
    expect(collapse(mm, 0, 512)).toBe(0);
    expect([runs(paged, mm, 0), held(paged, 3), held(paged, 500), held(paged, 4)]).toEqual(['0+512 PxT', 3, 244, 0]);
    expect([mm.pages.pgtablesBytes, mm.pages.rss.anon, smaps(paged, mm, 0, 'AnonHugePages')]).toEqual([
      tables,
      512,
      2048,
    ]);
    sound(paged, [mm]);
  });

  test('collapses what it can, and says why the last could not be', () => {
    const paged = small([3]);
    const { mm } = paged;
    expect([collapse(mm, 0, 1024), runs(paged, mm, 0)]).toEqual([-EINVAL, '0+512 PxT']);
    expect(collapse(mm, 0, 512)).toBe(0);
  });

  test('of a range without a whole block there is nothing to do, or it makes no sense', () => {
    const { mm } = small([3]);
    expect([collapse(mm, 256, 512), collapse(mm, 1, 3)]).toEqual([0, -EINVAL]);
  });

  test('not after MADV_NOHUGEPAGE, nor where nothing was ever touched', () => {
    const paged = small([3]);
    map(paged.mm, 4096, 4608, 'rw-');
    expect(collapse(paged.mm, 4096, 512)).toBe(-EINVAL);
    doMadvise(paged.mm, at(0), bytes(3 * 512), MADV_NOHUGEPAGE);
    expect(collapse(paged.mm, 0, 512)).toBe(-EINVAL);
  });

  test('without a large block: ENOMEM, and nothing has changed', () => {
    const paged = small([3]);
    failHuge(paged);
    expect([collapse(paged.mm, 0, 512), runs(paged, paged.mm, 0)]).toEqual([-ENOMEM, '3+1 Px']);
    expect(paged.rooms.system.vmstat.events.thp_collapse_alloc_failed).toBe(1);
    sound(paged, [paged.mm]);
  });

  test('pages that others have too are copied; theirs stay', () => {
    const paged = small([3, 4]);
    const { mm } = paged;
    const child = dupMm(mm);
    if (typeof child === 'number') throw new Error('no child');
    expect([collapse(child, 0, 512), runs(paged, child, 0), runs(paged, mm, 0)]).toEqual([0, '0+512 PxT', '3+2 Px']);
    sound(paged, [mm, child]);
  });

  test('a split huge page becomes whole again, in another place', () => {
    const paged = makeHuge();
    const { mm, rooms } = paged;
    map(mm, 0, 512, 'rw-');
    touched(paged, mm, [0], true);
    doMadvise(mm, at(0), bytes(10), MADV_NOHUGEPAGE);
    doMadvise(mm, at(0), bytes(10), MADV_HUGEPAGE);
    doMadvise(mm, at(10), bytes(502), MADV_HUGEPAGE);
    expect([collapse(mm, 0, 512), smaps(paged, mm, 0, 'AnonHugePages')]).toEqual([0, 2048]);
    expect(rooms.system.huge.folios.mapped.size).toBe(1);
    sound(paged, [mm]);
  });
});

describe('khugepaged', () => {
  test('looks every 10 s at those who have asked for huge pages', () => {
    const paged = small([3, 515]);
    const { khugepaged, sleep } = daemon(paged);
    sleep(30);
    expect(khugepaged.pagesCollapsed).toBe(0);
    doMadvise(paged.mm, at(0), bytes(3 * 512), MADV_HUGEPAGE);
    sleep(9.9);
    expect(runs(paged, paged.mm, 0)).toBe('3+1 Px 515+1 Px');
    sleep(0.1);
    expect([runs(paged, paged.mm, 0), khugepaged.pagesCollapsed, khugepaged.fullScans]).toEqual(['0+1024 PxT', 2, 1]);
    sound(paged, [paged.mm]);
  });

  test('a round ends after pages_to_scan, the next begins there', () => {
    const paged = small([3, 515, 1027]);
    paged.rooms.system.huge.thp.khugepaged.pagesToScan = 512;
    const { khugepaged, sleep } = daemon(paged);
    doMadvise(paged.mm, at(0), bytes(3 * 512), MADV_HUGEPAGE);
    const made = [10, 10, 10].map((seconds) => {
      sleep(seconds);
      return khugepaged.pagesCollapsed;
    });
    expect(made).toEqual([1, 2, 3]);
  });

  test.each([
    ['511 of 512 may be empty', [3], 511, 1],
    ['more than max_ptes_none are empty', [3], 510, 0],
    ['just as many', [3, 4], 510, 1],
  ])('%s', (_, pages, maxPtesNone, made) => {
    const paged = small(pages);
    paged.rooms.system.huge.thp.khugepaged.maxPtesNone = maxPtesNone;
    const { khugepaged, sleep } = daemon(paged);
    doMadvise(paged.mm, at(0), bytes(512), MADV_HUGEPAGE);
    sleep(10);
    expect(khugepaged.pagesCollapsed).toBe(made);
    expect(paged.rooms.system.vmstat.events.thp_scan_exceed_none_pte).toBe(1 - made);
  });

  test('more than max_ptes_shared belong to others too: it leaves them', () => {
    const pages = Array.from({ length: 257 }, (_, page) => page);
    const paged = small(pages);
    const { khugepaged, sleep } = daemon(paged);
    doMadvise(paged.mm, at(0), bytes(512), MADV_HUGEPAGE);
    dupMm(paged.mm);
    sleep(10);
    expect([khugepaged.pagesCollapsed, paged.rooms.system.vmstat.events.thp_scan_exceed_share_pte]).toEqual([0, 1]);
  });

  test('without a large block it waits a minute', () => {
    const paged = small([3]);
    const { khugepaged, sleep } = daemon(paged);
    const { allocator } = paged.rooms;
    const plain = allocator.allocPages;
    failHuge(paged);
    doMadvise(paged.mm, at(0), bytes(512), MADV_HUGEPAGE);
    sleep(10);
    allocator.allocPages = plain;
    sleep(59);
    expect(khugepaged.pagesCollapsed).toBe(0);
    sleep(1);
    expect(khugepaged.pagesCollapsed).toBe(1);
  });

  test('while somebody is in the middle of something it waits', () => {
    const paged = small([3]);
    const { khugepaged, sleep, busy } = daemon(paged);
    doMadvise(paged.mm, at(0), bytes(512), MADV_HUGEPAGE);
    busy.now = true;
    sleep(20);
    busy.now = false;
    expect(khugepaged.pagesCollapsed).toBe(0);
    sleep(0.01);
    expect(khugepaged.pagesCollapsed).toBe(1);
  });
});
