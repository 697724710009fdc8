import { EINVAL, ENOMEM, EPERM } from '../../include/errno.ts';
import { MAP_LOCKED, MLOCK_ONFAULT } from '../../include/mman.ts';
import { doMlock, doMunlock } from '../mlock.ts';
import type { MmStruct } from '../mm_struct.ts';
import { at, bytes, drawn, FILE, makeMm, map } from './process.ts';

const lock = (mm: MmStruct, first: number, end: number, flags = 0) => doMlock(mm, at(first), bytes(end - first), flags);

describe('doMlock', () => {
  test('locks every page that the range touches', () => {
    const mm = makeMm();
    map(mm, 0, 4, 'rw-');
    expect(doMlock(mm, at(1) + 100, 4096, 0)).toBe(0);
    expect([drawn(mm), mm.lockedVm]).toEqual([['0-1 rw-p', '1-3 rw-p lo', '3-4 rw-p'], 2]);
    expect(lock(mm, 1, 2, MLOCK_ONFAULT)).toBe(0);
    expect([drawn(mm), mm.lockedVm]).toEqual([['0-1 rw-p', '1-2 rw-p lo lf', '2-3 rw-p lo', '3-4 rw-p'], 2]);
    expect(lock(mm, 0, 4)).toBe(0);
    expect([drawn(mm), mm.lockedVm]).toEqual([['0-4 rw-p lo'], 4]);
  });

  test('locks what lies before a hole', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 3, 4, 'rw-');
    expect(lock(mm, 1, 4)).toBe(-ENOMEM);
    expect(drawn(mm)).toEqual(['0-1 rw-p', '1-2 rw-p lo', '3-4 rw-p']);
  });

  test('locks memory without rights or beyond the end of its file, and says that it could not be faulted in', () => {
    const mm = makeMm();
    map(mm, 0, 2, '---');
    map(mm, 4, 6, 'r--', { file: FILE, pgoff: 7 });
    expect(lock(mm, 0, 2)).toBe(-ENOMEM);
    expect(lock(mm, 4, 6)).toBe(-ENOMEM);
    expect(lock(mm, 4, 6, MLOCK_ONFAULT)).toBe(0);
    expect(drawn(mm)).toEqual(['0-2 ---p lo', '4-6 r--p lo lf file@7']);
  });

  test('refuses unknown flags, and ranges that wrap around', () => {
    expect(lock(makeMm(), 0, 1, 2)).toBe(-EINVAL);
    expect(doMlock(makeMm(), at(0), 2 ** 64 - 8192, 0)).toBe(-EINVAL);
    expect(doMunlock(makeMm(), at(0), 2 ** 64 - 8192)).toBe(-EINVAL);
  });

  test('counts against RLIMIT_MEMLOCK what is not locked yet', () => {
    const mm = makeMm({ capable: { ipcLock: false }, rlimits: { memlock: bytes(3) } });
    map(mm, 0, 6, 'rw-');
    expect(lock(mm, 0, 2)).toBe(0);
    expect(lock(mm, 0, 4)).toBe(-ENOMEM);
    expect(lock(mm, 0, 3)).toBe(0);
    expect(mm.lockedVm).toBe(3);
    expect(lock(makeMm({ capable: { ipcLock: false }, rlimits: { memlock: 0 } }), 0, 1)).toBe(-EPERM);
  });
});

describe('doMunlock', () => {
  test('unlocks a part, and joins it to neighbours that are not locked', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-', { flags: MAP_LOCKED });
    map(mm, 2, 4, 'rw-');
    expect(doMunlock(mm, at(1), bytes(1))).toBe(0);
    expect([drawn(mm), mm.lockedVm]).toEqual([['0-1 rw-p lo', '1-4 rw-p'], 1]);
  });
});
