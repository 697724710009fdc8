import { EBADF, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY } from '../../include/errno.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../include/fcntl.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { Disk } from '../disk.ts';
import { FsRoom } from './fs_room.ts';

describe('open', () => {
  test.each([
    ['/none', O_RDONLY, -ENOENT],
    ['/none/f', O_RDWR | O_CREAT, -ENOENT],
    ['/f/g', O_RDWR | O_CREAT, -ENOTDIR],
    ['/f', O_RDWR | O_CREAT | O_EXCL, -EEXIST],
    ['/d', O_RDWR, -EISDIR],
    ['/d', O_RDWR | O_CREAT | O_EXCL, -EEXIST],
    ['f', O_RDONLY, -EINVAL],
    ['//f', O_RDONLY, -EINVAL],
    ['/d/', O_RDONLY, -EINVAL],
  ])('%s with flags %i returns %i', (path, flags, error) => {
    const room = new FsRoom();
    room.open('/f');
    room.fs.names.mkdir('/d');
    expect(room.fs.open(path, flags)).toBe(error);
    room.validate();
  });

  test('makes empty with O_TRUNC, and gives only the rights that were asked for', () => {
    const room = new FsRoom();
    room.writePages(room.open('/f'), 0, 2);
    const reader = room.open('/f', O_RDONLY);
    expect([reader.sizePages, room.fs.write(reader, 0, new Uint8Array(1))]).toEqual([2, -EBADF]);
    expect(room.fs.truncate(reader, 0)).toBe(-EBADF);
    const writer = room.open('/f', O_WRONLY | O_TRUNC);
    expect([reader.sizePages, room.fs.read(writer, 0, 1)]).toEqual([0, -EBADF]);
    expect(room.fs.read(room.open('/', O_RDONLY), 0, 1)).toBe(-EISDIR);
  });

  test('of one file twice is one set of pages', () => {
    const room = new FsRoom();
    const [a, b] = [room.open('/f'), room.open('/f')];
    room.writePages(a, 0, 1, 9);
    expect([a.mapping, room.readPages(b, 0, 1)]).toEqual([b.mapping, [9]]);
  });
});

describe('names', () => {
  test('a file without a name lives until it is closed, then its pages and blocks are free', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 5);
    room.fs.fsync(file);
    expect([room.fs.names.unlink('/f'), room.fs.open('/f', O_RDONLY)]).toEqual([0, -ENOENT]);
    expect([room.readPages(file, 4, 1), room.disk.freeBlocks]).toEqual([[5], 4091]);
    room.fs.release(file);
    expect([room.framesInUse(), room.disk.freeBlocks, room.inodes.live]).toEqual([0, 4096, 1]);
    room.validate();
  });

  test('a file that is mapped lives as well', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 1);
    file.inode.get();
    room.fs.names.unlink('/f');
    room.fs.release(file);
    expect(room.framesInUse()).toBe(1);
    file.inode.put();
    expect(room.framesInUse()).toBe(0);
  });

  test('folders are made, and removed when empty', () => {
    const room = new FsRoom();
    const { names } = room.fs;
    expect([names.mkdir('/d'), names.mkdir('/d'), names.mkdir('/d/e')]).toEqual([0, -EEXIST, 0]);
    expect([names.rmdir('/d'), names.unlink('/d'), names.rmdir('/d/e'), names.rmdir('/d')]).toEqual([
      -ENOTEMPTY,
      -EISDIR,
      0,
      0,
    ]);
    room.fs.release(room.open('/f'));
    expect([names.rmdir('/f'), names.unlink('/d')]).toEqual([-ENOTDIR, -ENOENT]);
    room.validate();
  });

  test('rename takes the place of a file that is there, which keeps its readers', () => {
    const room = new FsRoom();
    const { names } = room.fs;
    names.mkdir('/d');
    const [from, to] = [room.open('/a'), room.open('/d/b')];
    room.writePages(from, 0, 1, 1);
    room.writePages(to, 0, 1, 2);
    expect(names.rename('/a', '/d/b')).toBe(0);
    room.validate();
    expect([room.fs.open('/a', O_RDONLY), room.readPages(room.open('/d/b'), 0, 1)]).toEqual([-ENOENT, [1]]);
    expect(room.readPages(to, 0, 1)).toEqual([2]);
    expect(names.rename('/d', '/d/e')).toBe(-EINVAL);
    expect([names.rename('/none', '/x'), names.rename('/d/b', '/d/b')]).toEqual([-ENOENT, 0]);
    room.open('/c');
    expect(names.rename('/c', '/d')).toBe(-EISDIR);
    room.fs.release(to);
    room.validate();
  });
});

describe('after the power has gone', () => {
  test('content is what was made safe; names are there; files without names are not', () => {
    const room = new FsRoom();
    const safe = room.open('/safe');
    room.writePages(safe, 0, 3, 1);
    room.fs.fsync(safe);
    room.writePages(safe, 1, 1, 50);
    room.writePages(room.open('/lost'), 0, 3, 1);
    const orphan = room.open('/orphan');
    room.writePages(orphan, 0, 2);
    room.fs.fsync(orphan);
    room.fs.names.unlink('/orphan');
    const after = room.reboot();
    after.validate();
    expect(after.readPages(after.open('/safe'), 0, 3)).toEqual([1, 2, 3]);
    expect(after.open('/lost').sizePages).toBe(0);
    expect([after.fs.open('/orphan', O_RDONLY), after.disk.freeBlocks]).toEqual([-ENOENT, 4093]);
  });

  test('a write that was under way has not happened', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 3);
    room.writeback.writePages(file.inode.mapping, 0, Infinity, 'none');
    const after = room.reboot();
    expect(after.open('/f').sizePages).toBe(0);
    after.validate();
  });
});

describe('Disk', () => {
  test('puts a file in neighbouring blocks, and panics when a block is freed twice', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.writePages(file, 0, 4);
    expect([...file.inode.blocks.values()]).toEqual([0, 1, 2, 3]);
    const disk = new Disk(room.disk.device);
    const block = disk.allocBlock(7) ?? -1;
    expect([block, disk.allocBlock(7)]).toEqual([7, 8]);
    disk.freeBlock(block);
    expect(() => disk.freeBlock(block)).toThrow('disk: block 7 is freed, but is free');
    expect(() => disk.inode(99)).toThrow('disk: there is no inode 99');
  });

  test('a mapping may leave rubbish behind the end of a file: it is not written', () => {
    const room = new FsRoom();
    const file = room.open('/f');
    room.fs.write(file, 0, Uint8Array.of(1, 2, 3));
    const pfn = room.cache.find(file.inode.mapping, 0) ?? -1;
    room.rooms.memory.frameWords(pfn)[1] = 0xffffffff;
    room.fs.fsync(file);
    expect([...room.disk.device.peek(0).slice(0, 2)]).toEqual([0x030201, 0]);
    expect(PAGE_SIZE).toBe(4096);
  });
});
