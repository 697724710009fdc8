import { PMD_SIZE } from '../../include/param.ts';
import { panic } from '../../lib/panic.ts';
import { MmPages } from '../mm_pages.ts';
import { makeRooms, type Rooms } from './rooms.ts';

const GIB = 2 ** 30;
const PGDIR = 512 * GIB;

function make(): { rooms: Rooms; pages: MmPages } {
  const rooms = makeRooms();
  return { rooms, pages: MmPages.create(rooms.system) ?? panic('no memory for a PGD') };
}

/** Tables, without the PGD. */
const tables = ({ pgtablesBytes }: MmPages): number => pgtablesBytes / 4096;

describe('MmPages', () => {
  test('makes the tables that lead to an address, and finds them again', () => {
    const { pages } = make();
    expect([pages.pteTable(GIB), pages.tablesAt(GIB)]).toEqual([null, 0]);
    const words = pages.pteAlloc(GIB);
    expect([tables(pages), pages.tablesAt(GIB), pages.tablesAt(GIB + PMD_SIZE)]).toEqual([3, 3, 2]);
    expect(pages.pteTable(GIB + PMD_SIZE - 4096)).toBe(words);
    expect(pages.pteTable(GIB + PMD_SIZE)).toBeNull();
    pages.pteAlloc(GIB + PMD_SIZE);
    pages.pteAlloc(2 * GIB);
    pages.pteAlloc(PGDIR);
    expect(tables(pages)).toBe(3 + 1 + 2 + 3);
  });

  test('steps over tables that are not there', () => {
    const { pages } = make();
    pages.pteAlloc(3 * GIB + PMD_SIZE);
    pages.pteAlloc(PGDIR * 7);
    expect(pages.nextTable(0, 2 ** 47)).toBe(3 * GIB + PMD_SIZE);
    expect(pages.nextTable(3 * GIB + PMD_SIZE + 4096, 2 ** 47)).toBe(3 * GIB + PMD_SIZE + 4096);
    expect(pages.nextTable(3 * GIB + 2 * PMD_SIZE, 2 ** 47)).toBe(PGDIR * 7);
    expect(pages.nextTable(0, 3 * GIB)).toBe(-1);
  });

  //   |  neighbour | --- range that goes --- | neighbour |     a table goes if no neighbour reaches into what it maps
  test.each([
    ['nothing else is there', 0, Infinity, 0],
    ['a neighbour is in the same 2 MiB', 4 * GIB - 4096, 4 * GIB + 2 * 4096, 3],
    ['the next one is in the same 1 GiB', 0, 4 * GIB + PMD_SIZE, 2],
    ['the one below is in the same 512 GiB', GIB, Infinity, 1],
    ['both are 512 GiB away', 0, PGDIR, 0],
  ])('keeps what neighbours need: %s', (_, floor, ceiling, left) => {
    const { pages } = make();
    pages.pteAlloc(4 * GIB);
    pages.freeRange(4 * GIB, 4 * GIB + 2 * 4096, floor, ceiling);
    expect(tables(pages)).toBe(left);
  });

  test('moves a table to an empty 2 MiB only', () => {
    const { pages } = make();
    const words = pages.pteAlloc(GIB);
    pages.pteAlloc(2 * GIB);
    expect(pages.movePteTable(GIB, 2 * GIB)).toBe(false);
    expect(pages.movePteTable(GIB, 3 * GIB)).toBe(true);
    expect([pages.pteTable(3 * GIB), pages.pteTable(GIB)]).toEqual([words, null]);
  });

  test('without memory says so, and keeps what it has made', () => {
    const { rooms, pages } = make();
    let left = 2;
    rooms.allocator.failNext = { shouldFail: () => left-- <= 0 };
    expect(pages.pteAlloc(GIB)).toBeNull();
    expect(tables(pages)).toBe(2);
    rooms.allocator.failNext = null;
    pages.freeRange(GIB, GIB + 4096, 0, Infinity);
    expect(tables(pages)).toBe(0);
    pages.destroy();
    expect(rooms.system.vmstat.nodes[0].nr_page_table_pages).toBe(0);
  });

  test('panics when it goes with tables or pages left', () => {
    const { pages } = make();
    pages.pteAlloc(GIB);
    expect(() => pages.destroy()).toThrow('12288 bytes of tables are left');
  });
});
