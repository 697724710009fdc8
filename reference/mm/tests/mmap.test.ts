import { EACCES, EAGAIN, EBADF, EEXIST, EINVAL, ENOMEM, EOVERFLOW, EPERM } from '../../include/errno.ts';
import type { VmFile } from '../../include/mm_types.ts';
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_LOCKED,
  MAP_NORESERVE,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
} from '../../include/mman.ts';
import { TASK_SIZE } from '../../include/param.ts';
import type { MmStruct } from '../mm_struct.ts';
import { brk, doMmap } from '../mmap.ts';
import { at, bytes, drawn, FILE, makeMm, map, newShmem, prot, READ_ONLY_FILE } from './process.ts';

const ANON = MAP_PRIVATE | MAP_ANONYMOUS;
const request = {
  addr: at(0),
  len: bytes(1),
  prot: prot('rw-'),
  flags: ANON | MAP_FIXED,
  file: null as VmFile | null,
  offset: 0,
};
const mmap = (mm: MmStruct, change: Partial<typeof request>) => doMmap(mm, { ...request, ...change }, newShmem);
const ofFile = { flags: MAP_SHARED | MAP_FIXED, file: FILE };

describe('doMmap', () => {
  // Each row is wrong in what all rows below it that can be combined with it are wrong in, too: the order is Linux's.
  test.each([
    ['the offset is not whole pages', { offset: 5, len: 0, flags: MAP_FIXED }, -EINVAL],
    ['there is no such file', { flags: MAP_FIXED | MAP_PRIVATE, len: 0 }, -EBADF],
    ['the length is 0', { len: 0, addr: 5 }, -EINVAL],
    ['the length wraps around when it is rounded up', { len: 2 ** 64 }, -ENOMEM],
    ['the offset is absurd', { ...ofFile, offset: 2 ** 64 }, -EOVERFLOW],
    ['it would leave the user half', { addr: TASK_SIZE }, -ENOMEM],
    ['the address is not a page', { addr: at(0) + 1, flags: MAP_FIXED | MAP_ANONYMOUS }, -EINVAL],
    ['the file was not opened for writing', { ...ofFile, file: READ_ONLY_FILE }, -EACCES],
    ['the file was not opened for reading', { ...ofFile, file: { ...FILE, readable: false } }, -EACCES],
    ['it is neither private nor shared', { flags: MAP_FIXED | MAP_ANONYMOUS }, -EINVAL],
    ['a stack is shared', { flags: MAP_FIXED | MAP_ANONYMOUS | MAP_SHARED | MAP_GROWSDOWN }, -EINVAL],
    ['a stack is of a file', { flags: MAP_PRIVATE | MAP_FIXED | MAP_GROWSDOWN, file: FILE }, -EINVAL],
    ['more is asked for than the machine has', { len: bytes(300_000) }, -ENOMEM],
  ])('refuses when %s', (_, change, error) => {
    const mm = makeMm();
    expect(mmap(mm, change)).toBe(error);
    expect(drawn(mm)).toEqual([]);
  });

  test('MAP_FIXED takes the place of what is there; MAP_FIXED_NOREPLACE does not', () => {
    const mm = makeMm();
    map(mm, 0, 4, 'rw-');
    expect(mmap(mm, { addr: at(1), prot: prot('r--') })).toBe(at(1));
    expect(drawn(mm)).toEqual(['0-1 rw-p', '1-2 r--p', '2-4 rw-p']);
    expect(mmap(mm, { addr: at(3), len: bytes(2), flags: ANON | MAP_FIXED_NOREPLACE })).toBe(-EEXIST);
    expect(mmap(mm, { addr: at(4), len: bytes(2), flags: ANON | MAP_FIXED_NOREPLACE })).toBe(at(4));
  });

  test('an address below mmap_min_addr needs a capability', () => {
    expect(mmap(makeMm({ capable: { sysRawio: false } }), { addr: 4096 })).toBe(-EPERM);
    expect(mmap(makeMm(), { addr: 4096 })).toBe(4096);
  });

  test('locking needs a limit above 0, and room below it', () => {
    const locked = { len: bytes(3), flags: ANON | MAP_FIXED | MAP_LOCKED };
    expect(mmap(makeMm({ capable: { ipcLock: false }, rlimits: { memlock: 0 } }), locked)).toBe(-EPERM);
    expect(mmap(makeMm({ capable: { ipcLock: false }, rlimits: { memlock: bytes(2) } }), locked)).toBe(-EAGAIN);
    const mm = makeMm({ capable: { ipcLock: false }, rlimits: { memlock: bytes(3) } });
    expect(mmap(mm, locked)).toBe(at(0));
    expect(mm.lockedVm).toBe(3);
  });

  test('a shared mapping of a file opened read-only can never be written, and is no shared store', () => {
    const mm = makeMm();
    expect(mmap(mm, { ...ofFile, file: READ_ONLY_FILE, prot: prot('r--') })).toBe(at(0));
    expect(drawn(mm)).toEqual(['0-1 r--s file-ro@0']);
  });

  test('private memory that is populated writable has an anon_vma, read-only it has none', () => {
    const mm = makeMm();
    map(mm, 0, 1, 'rw-', { flags: MAP_POPULATE });
    map(mm, 1, 2, 'r--', { flags: MAP_POPULATE });
    expect([...mm.vmas].map(({ anonVma }) => anonVma !== null)).toEqual([true, false]);
  });

  test('promises private writable and shared anonymous memory, unless MAP_NORESERVE', () => {
    const mm = makeMm();
    map(mm, 0, 3, 'rw-');
    map(mm, 3, 5, 'r--');
    map(mm, 5, 9, 'rw-', { flags: MAP_NORESERVE });
    map(mm, 10, 17, '---', { shared: true });
    expect(mm.owner.commit.committedAs).toBe(3 + 7);
    map(mm, 0, 17, '---');
    expect(mm.owner.commit.committedAs).toBe(0);
  });

  test('one mapping more than vm.max_map_count is the last', () => {
    const mm = makeMm({ machine: { maxMapCount: 1 } });
    expect([0, 2, 4].map((page) => map(mm, page, page + 1, 'r--'))).toEqual([at(0), at(2), -ENOMEM]);
  });

  test('that fails for RLIMIT_AS leaves its cuts behind, and everything mapped', () => {
    //  RRRRRRRR   three pages of it replaced by three and three more: one page too many
    const mm = makeMm({ rlimits: { as: bytes(10) } });
    map(mm, 0, 8, 'rw-');
    expect(map(mm, 5, 11, 'r--')).toBe(-ENOMEM);
    expect(drawn(mm)).toEqual(['0-5 rw-p', '5-8 rw-p']);
    expect(map(mm, 5, 10, 'r--')).toBe(at(5));
  });
});

describe('brk', () => {
  const heap = at(1000);

  test('is the start of the heap at first, and moves by the byte', () => {
    const mm = makeMm();
    expect(brk(mm, 0)).toBe(heap);
    expect(brk(mm, heap + 1)).toBe(heap + 1);
    expect(drawn(mm)).toEqual(['1000-1001 rw-p']);
    expect(brk(mm, heap + 4096)).toBe(heap + 4096);
    expect(drawn(mm)).toEqual(['1000-1001 rw-p']);
    expect(brk(mm, heap + bytes(3))).toBe(heap + bytes(3));
    expect(drawn(mm)).toEqual(['1000-1003 rw-p']);
    expect(brk(mm, heap + 5)).toBe(heap + 5);
    expect(drawn(mm)).toEqual(['1000-1001 rw-p']);
  });

  test('stays where it is when it would fall below the start or meet a mapping', () => {
    const mm = makeMm();
    map(mm, 1004, 1005, 'rw-');
    expect(brk(mm, heap - 1)).toBe(heap);
    expect(brk(mm, heap + bytes(3))).toBe(heap + bytes(3));
    expect(brk(mm, heap + bytes(3) + 1)).toBe(heap + bytes(3));
  });

  test('stays below the guard gap of a stack', () => {
    const mm = makeMm();
    map(mm, 1300, 1301, 'rw-', { flags: MAP_GROWSDOWN });
    expect(brk(mm, heap + bytes(44))).toBe(heap);
    expect(brk(mm, heap + bytes(43))).toBe(heap + bytes(43));
  });

  test('obeys RLIMIT_DATA', () => {
    const mm = makeMm({ rlimits: { data: bytes(2) } });
    expect(brk(mm, heap + bytes(2) + 1)).toBe(heap);
    expect(brk(mm, heap + bytes(2))).toBe(heap + bytes(2));
  });
});
