import { FsRoom } from '../../fs/tests/fs_room.ts';
import { EEXIST, EINVAL } from '../../include/errno.ts';
import { GFP_HIGHUSER_MOVABLE } from '../../include/gfp.ts';
import { PG_lru, PG_referenced, PG_swapbacked, PG_uptodate } from '../../include/page_flags.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { noteHits } from '../filemap_fault.ts';
import { newRaState } from '../readahead.ts';
import { invalidateMappingPages } from '../truncate.ts';

describe('PageCache', () => {
  test('holds one frame for each page of each file, with one reference of its own', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 3, 1);
    const { mapping } = file.inode;
    const pfn = room.cache.find(mapping, 3) ?? -1;
    expect(room.rooms.memMap.refcount[pfn]).toBe(1);
    expect(room.cache.mappingOf(pfn)).toBe(mapping);
    expect([room.rooms.vmstat.nodes[0].nr_file_pages, room.cache.find(mapping, 2)]).toEqual([1, null]);
    const other = room.rooms.pages.allocPages(GFP_HIGHUSER_MOVABLE, 0) ?? -1;
    expect(room.cache.addFolio(mapping, 3, other, 'read')).toBe(-EEXIST);
    room.rooms.folios.put(other);
    room.validate();
  });

  test('hears of refaults when a page is read, not when it is overwritten, and remembers nothing then', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 2);
    const { mapping } = file.inode;
    const heard: number[] = [];
    room.rooms.refaults = { refault: (_, shadow) => heard.push(shadow) };
    mapping.shadows.set(0, 77);
    mapping.shadows.set(1, 88);
    room.readPages(file, 0, 1);
    expect(heard).toEqual([77, 88]);
    for (const pfn of [...mapping.pages.values()]) room.cache.deleteFolio(pfn, 99);
    expect([...mapping.shadows]).toEqual([
      [0, 99],
      [1, 99],
    ]);
    room.writePages(file, 0, 1);
    expect([heard.length, mapping.shadows.has(0)]).toEqual([2, false]);
  });

  test('gives page tables no page that is marked, being read, or without content', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 16);
    const { mapping } = file.inode;
    room.readPages(file, 0, 1);
    expect(room.cache.findMappable(mapping, 0)).not.toBeNull();
    expect(room.cache.findMappable(mapping, 1)).toBeNull();
    expect(room.cache.findMappable(mapping, 9)).toBeNull();
  });

  test('panics when a page goes that is mapped, dirty or being written', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 1);
    const pfn = room.cache.find(file.inode.mapping, 0) ?? -1;
    expect(() => room.cache.removeFolio(pfn)).toThrow(`filemap: pfn ${pfn} leaves the cache, but is dirty`);
    room.writeback.writePages(file.inode.mapping, 0, Infinity, 'none');
    expect(() => room.cache.removeFolio(pfn)).toThrow('but is being written');
    room.rooms.memMap.mapcount[pfn] = 1;
    expect(() => room.cache.removeFolio(pfn)).toThrow('but is mapped');
  });
});

describe('reading', () => {
  test('gives holes as zeroes without asking the disk, and stops at the end', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.fs.truncate(file, 3 * PAGE_SIZE + 100);
    const { requests } = room.readsOf(() => {
      expect(room.fs.read(file, 0, 100 * PAGE_SIZE)).toEqual(new Uint8Array(3 * PAGE_SIZE + 100));
    });
    expect([requests, room.fs.read(file, 5 * PAGE_SIZE, 1)]).toEqual([0, new Uint8Array(0)]);
  });

  test('counts many small reads of one page as one use', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 4);
    room.fs.read(file, 0, 10);
    const pfn = room.cache.find(file.inode.mapping, 0) ?? -1;
    expect(room.rooms.memMap.test(pfn, PG_referenced)).toBe(true);
    room.rooms.memMap.clear(pfn, PG_referenced);
    room.fs.read(file, 10, 10);
    expect(room.rooms.memMap.test(pfn, PG_referenced)).toBe(false);
    room.fs.read(file, PAGE_SIZE, 10);
    room.fs.read(file, 0, 10);
    expect(room.rooms.memMap.test(pfn, PG_referenced)).toBe(true);
  });
});

describe('writing', () => {
  test('a part of a page keeps the rest, which is read first', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 2);
    expect(room.fs.write(file, 10, Uint8Array.of(99))).toBe(1);
    const bytes = room.fs.read(file, 9, 3);
    expect([...(typeof bytes === 'number' ? [] : bytes)]).toEqual([1, 99, 1]);
  });

  test('whole pages, and pages behind the end, are not read', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 2);
    const { requests } = room.readsOf(() => {
      room.writePages(file, 0, 1, 5);
      room.fs.write(file, 3 * PAGE_SIZE + 7, Uint8Array.of(1));
    });
    expect([requests, file.sizePages, file.inode.size]).toEqual([0, 4, 3 * PAGE_SIZE + 8]);
  });
});

describe('truncation', () => {
  test('cuts off, and what grows again is zero, in memory and on disk', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 4, 7);
    room.fs.fsync(file);
    expect(room.fs.truncate(file, PAGE_SIZE + 10)).toBe(0);
    expect(room.fs.truncate(file, 4 * PAGE_SIZE)).toBe(0);
    expect(room.fs.read(file, PAGE_SIZE + 9, 2)).toEqual(Uint8Array.of(8, 0));
    expect(room.readPages(file, 2, 2)).toEqual([0, 0]);
    expect(room.disk.freeBlocks).toBe(4096 - 2);
    room.fs.fsync(file);
    const after = room.reboot();
    expect(after.fs.read(after.open('/f'), PAGE_SIZE + 9, 2)).toEqual(Uint8Array.of(8, 0));
    room.validate();
  });

  test('takes pages out of page tables first, copies too; a hole leaves the copies', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 8);
    const calls: unknown[] = [];
    room.rooms.mappedBy = { unmapMappingRange: (...args) => calls.push(args), folioMkclean: () => 0 };
    room.fs.truncate(file, 4 * PAGE_SIZE);
    room.files.punchHole(file, 1, 2);
    const { id } = file.inode.mapping;
    expect(calls).toEqual([
      [id, 4, Infinity, true],
      [id, 1, 1, false],
    ]);
    expect(room.readPages(file, 0, 4)).toEqual([1, 0, 3, 4]);
    room.validate();
  });
});

describe('invalidateMappingPages', () => {
  test('drops clean pages only; dirty, mapped and held ones stay', () => {
    const room = new FsRoom();
    const file = room.coldFile('/f', 8);
    const { mapping } = file.inode;
    room.readPages(file, 0, 8);
    room.writePages(file, 2, 1);
    const [mapped, held] = [room.cache.find(mapping, 4) ?? -1, room.cache.find(mapping, 5) ?? -1];
    room.rooms.memMap.mapcount[mapped] = 1;
    room.rooms.memMap.refcount[mapped]++;
    room.rooms.folios.get(held);
    expect(invalidateMappingPages(room.writeback, mapping)).toBe(5);
    expect(mapping.indexesIn(0, Infinity)).toEqual([2, 4, 5]);
  });
});

describe('Shmem', () => {
  test('gives zeroes for holes, a page to whoever wants one, and nothing behind the end', () => {
    const room = new FsRoom();
    const file = room.shmem.create('memfd', 4);
    const mapping = room.cache.mappings.byId(file.mapping);
    expect(room.shmem.getFolio(mapping, 0, 'read')).toBeNull();
    const got = room.shmem.getFolio(mapping, 0, 'cache');
    if (typeof got === 'number' || got === null) throw new Error('no page');
    const { memMap, vmstat } = room.rooms;
    expect([memMap.refcount[got.pfn], got.major, vmstat.nodes[0].nr_shmem]).toEqual([2, false, 1]);
    expect(memMap.flags[got.pfn] & (PG_lru | PG_swapbacked | PG_uptodate)).toBe(PG_lru | PG_swapbacked | PG_uptodate);
    expect(room.shmem.getFolio(mapping, 0, 'read')).toEqual({ pfn: got.pfn, major: false });
    expect(room.shmem.getFolio(mapping, 4, 'cache')).toBe(-EINVAL);
    for (let i = 0; i < 2; i++) room.rooms.folios.put(got.pfn);
    room.validate();
    room.files.evict(file);
    expect(room.framesInUse()).toBe(0);
    room.validate();
  });

  test('pages can leave for swap and come back; a hole gives the entry up', () => {
    const room = new FsRoom();
    const file = room.shmem.create('memfd', 4);
    const mapping = room.cache.mappings.byId(file.mapping);
    const freed: number[] = [];
    room.shmem.swap = {
      swapin: () => ({ pfn: room.rooms.pages.allocPages(GFP_HIGHUSER_MOVABLE, 0) ?? -1, major: true }),
      freeEntry: (entry) => freed.push(entry),
    };
    for (const index of [0, 1]) {
      const got = room.shmem.getFolio(mapping, index, 'write');
      if (typeof got === 'number' || got === null) throw new Error('no page');
      room.rooms.folios.put(got.pfn);
      room.shmem.moveToSwap(got.pfn, 40 + index);
    }
    expect([[...mapping.swapped], room.framesInUse()]).toEqual([
      [
        [0, 40],
        [1, 41],
      ],
      0,
    ]);
    expect(room.shmem.getFolio(mapping, 0, 'read')).toMatchObject({ major: true });
    room.files.punchHole(file, 0, 4);
    expect(freed).toEqual([40, 41]);
    room.rooms.folios.validate();
  });
});

describe('noteHits', () => {
  test('never falls below zero', () => {
    const ra = { ...newRaState(), mmapMiss: 3 };
    noteHits(ra, 2);
    expect(ra.mmapMiss).toBe(1);
    noteHits(ra, 5);
    expect(ra.mmapMiss).toBe(0);
  });
});
