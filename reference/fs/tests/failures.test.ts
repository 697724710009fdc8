/** The n-th page, object, read or write fails, for every n: errors are returned, and nothing is lost or left over. */
import { NSEC_PER_SEC } from '../../arch/clock.ts';
import { EIO, ENOMEM, ENOSPC } from '../../include/errno.ts';
import { O_CREAT, O_RDWR } from '../../include/fcntl.ts';
import { PAGE_SIZE } from '../../include/param.ts';
import { FsFile } from '../file_system.ts';
import { FailNth, FsRoom } from './fs_room.ts';

const MAY_HAPPEN = new Set([-ENOMEM, -EIO, -ENOSPC]);

/** Whatever happens to files in their life. Errors are collected. */
function life(room: FsRoom): number[] {
  const { fs } = room;
  const errors: number[] = [];
  const note = (result: number): void => void (result < 0 && errors.push(result));
  note(fs.names.mkdir('/d'));
  const file = fs.open('/d/f', O_RDWR | O_CREAT);
  if (!(file instanceof FsFile)) return [...errors, file];
  note(room.writePages(file, 0, 20) === 20 * PAGE_SIZE ? 0 : -ENOMEM);
  note(fs.fsync(file));
  for (const pfn of [...file.inode.mapping.pages.values()]) if (!isBusy(room, pfn)) room.cache.removeFolio(pfn);
  const read = room.readPages(file, 0, 20);
  if (typeof read === 'number') note(read);
  const fault = room.files.fault(file, 3);
  if (typeof fault === 'number') note(fault);
  else room.rooms.folios.put(fault.pfn);
  note(fs.write(file, 5 * PAGE_SIZE + 100, new Uint8Array(PAGE_SIZE)));
  note(fs.truncate(file, 7 * PAGE_SIZE + 10));
  note(fs.names.rename('/d/f', '/g'));
  room.rooms.clock.advance(60 * NSEC_PER_SEC);
  note(fs.names.unlink('/g'));
  fs.release(file);
  note(fs.names.rmdir('/d'));
  return errors;
}

function isBusy(room: FsRoom, pfn: number): boolean {
  return room.rooms.memMap.refcount[pfn] !== 1;
}

function arrange(room: FsRoom, kind: 'page' | 'slab' | 'read' | 'write', n: number): FailNth {
  const failure = new FailNth(kind, n);
  if (kind === 'page') room.rooms.pages.failNext = failure;
  if (kind === 'slab') room.dentries.failures = failure;
  if (kind === 'slab') room.inodes.failures = failure;
  if (kind === 'read' || kind === 'write') room.disk.device.failures = failure;
  return failure;
}

function removeAll(room: FsRoom): void {
  const { names, dcache, inodes } = room.fs;
  for (const path of ['/g', '/d/f']) names.unlink(path);
  names.rmdir('/d');
  room.rooms.clock.advance(60 * NSEC_PER_SEC);
  for (let i = 0; i < 4; i++) {
    dcache.prune(100);
    inodes.prune(100);
  }
}

test.each(['page', 'slab', 'read', 'write'] as const)('the n-th %s fails, for every n', (kind) => {
  let told = 0;
  for (let n = 1; ; n++) {
    const room = new FsRoom({ frames: 512, blocks: 64 });
    const failure = arrange(room, kind, n);
    const errors = life(room);
    // What follows may be a consequence.
    expect([undefined, ...MAY_HAPPEN]).toContain(errors[0]);
    room.validate();
    removeAll(room);
    room.validate();
    expect([room.framesInUse(), room.disk.freeBlocks]).toEqual([0, 64]);
    expect([room.dentries.live, room.inodes.live]).toEqual([1, 1]);
    if (!failure.hasFailed) break;
    told += Number(errors.length > 0);
    expect(n).toBeLessThan(200);
  }
  // A read that fails is tried again.
  expect(told > 0).toBe(kind !== 'read');
});

test('a disk that is full is told to the writer, who loses nothing', () => {
  const room = new FsRoom({ frames: 512, blocks: 8 });
  const file = room.open('/f');
  expect(room.writePages(file, 0, 12)).toBe(8 * PAGE_SIZE);
  expect(room.writePages(file, 8, 1)).toBe(-ENOSPC);
  expect(room.fs.fsync(file)).toBe(0);
  expect(room.readPages(file, 0, 12)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  room.validate();
});

test('a write that fails is told once, to the next fsync', () => {
  const room = new FsRoom();
  const file = room.open('/f');
  room.writePages(file, 0, 1);
  room.disk.device.failures = new FailNth('write', 1);
  expect([room.fs.fsync(file), room.fs.fsync(file)]).toEqual([-EIO, 0]);
  room.validate();
});

test('a page that readahead failed to read is read once more, alone', () => {
  const room = new FsRoom();
  const file = room.coldFile('/f', 8);
  room.disk.device.failures = new FailNth('read', 1);
  expect(room.readPages(file, 0, 1)).toEqual([1]);
  room.disk.device.failures = { shouldFail: (what) => what === 'read' };
  const cold = room.coldFile('/g', 8);
  expect(room.readPages(cold, 0, 1)).toBe(-EIO);
  expect(room.files.fault(cold, 7)).toBe(-EIO);
  room.validate();
});
