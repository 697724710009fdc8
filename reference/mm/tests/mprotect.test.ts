import { EACCES, EINVAL, ENOMEM, EPERM } from '../../include/errno.ts';
import { VM_ACCOUNT } from '../../include/mm_types.ts';
import { MAP_LOCKED, MAP_NORESERVE } from '../../include/mman.ts';
import { doUserAddrFault } from '../fault.ts';
import type { MmStruct } from '../mm_struct.ts';
import { doMprotect } from '../mprotect.ts';
import { doMseal } from '../mseal.ts';
import { at, bytes, drawn, makeMm, map, prot, READ_ONLY_FILE } from './process.ts';

const protect = (mm: MmStruct, first: number, end: number, perms: string) =>
  doMprotect(mm, at(first), bytes(end - first), prot(perms));
const accounted = (mm: MmStruct, page: number) => ((mm.vmaLookup(at(page))?.vmFlags ?? 0) & VM_ACCOUNT) !== 0;

describe('doMprotect', () => {
  test('refuses a start that is not a page; a length of 0 is fine; one that wraps around finds nothing', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    expect(doMprotect(mm, at(0) + 1, 4096, 0)).toBe(-EINVAL);
    expect(doMprotect(mm, at(0), 0, 0)).toBe(0);
    expect(doMprotect(mm, at(0), 2 ** 64 - 8192, 0)).toBe(-ENOMEM);
    expect(drawn(mm)).toEqual(['0-2 rw-p']);
  });

  test('changes what lies before a hole', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'rw-');
    map(mm, 3, 5, 'rw-');
    expect(protect(mm, 1, 5, 'r--')).toBe(-ENOMEM);
    expect(drawn(mm)).toEqual(['0-1 rw-p', '1-2 r--p', '3-5 rw-p']);
  });

  test('changes what lies before a mapping that cannot be written or is sealed', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'r--');
    map(mm, 2, 4, 'r--', { shared: true, file: READ_ONLY_FILE });
    map(mm, 4, 6, 'r--');
    doMseal(mm, at(5), bytes(1));
    expect(protect(mm, 0, 4, 'rw-')).toBe(-EACCES);
    expect(protect(mm, 4, 6, '-w-')).toBe(-EPERM);
    expect(drawn(mm)).toEqual(['0-2 rw-p', '2-4 r--s file-ro@0', '4-5 -w-p', '5-6 r--p sl']);
  });

  test('promises memory once it becomes writable, and takes that back only if nothing was ever written', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'r--');
    map(mm, 4, 6, 'r--', { flags: MAP_NORESERVE });
    expect([accounted(mm, 0), mm.owner.commit.committedAs]).toEqual([false, 0]);
    protect(mm, 0, 6, 'rw-');
    protect(mm, 4, 6, 'rw-');
    expect([accounted(mm, 0), accounted(mm, 4), mm.owner.commit.committedAs]).toEqual([true, false, 2]);
    protect(mm, 0, 2, 'r--');
    expect([accounted(mm, 0), mm.owner.commit.committedAs]).toEqual([false, 0]);
    protect(mm, 0, 2, 'rw-');
    doUserAddrFault(mm, at(0), true);
    protect(mm, 0, 2, 'r--');
    expect([accounted(mm, 0), mm.owner.commit.committedAs]).toEqual([true, 2]);
  });

  test('is refused when the memory cannot be promised', () => {
    const mm = makeMm();
    map(mm, 0, 300_000, 'r--');
    expect(protect(mm, 0, 300_000, 'rw-')).toBe(-ENOMEM);
    expect([drawn(mm), mm.owner.commit.committedAs]).toEqual([['0-300000 r--p'], 0]);
  });

  test('is refused when the private writable pages would pass RLIMIT_DATA', () => {
    const mm = makeMm({ rlimits: { data: bytes(2) } });
    map(mm, 0, 4, 'r--');
    expect(protect(mm, 0, 3, 'rw-')).toBe(-ENOMEM);
    expect(protect(mm, 0, 2, 'rw-')).toBe(0);
  });

  test('leaves no promise behind when one mapping more is not allowed', () => {
    const mm = makeMm({ machine: { maxMapCount: 1 } });
    map(mm, 0, 4, 'r--');
    expect(protect(mm, 0, 2, 'rw-')).toBe(-ENOMEM);
    expect([drawn(mm), mm.owner.commit.committedAs]).toEqual([['0-4 r--p'], 0]);
  });

  test('faults in locked memory that becomes writable', () => {
    const mm = makeMm();
    map(mm, 0, 2, 'r--', { flags: MAP_LOCKED });
    expect(mm.vmaLookup(at(0))?.anonVma).toBeNull();
    protect(mm, 0, 2, 'rw-');
    expect(mm.vmaLookup(at(0))?.anonVma).not.toBeNull();
  });
});
