import { VM_EXEC, VM_LOCKED, VM_READ } from '../../include/mm_types.ts';
import { PG_mlocked, PG_referenced, PG_swapbacked } from '../../include/page_flags.ts';
import { folioCheckReferences } from '../vmscan_references.ts';
import { reclaimRoom } from './reclaim_room.ts';

describe('folioCheckReferences', () => {
  //  side, entries used, PG_referenced before, flags of the mapping -> verdict, PG_referenced after
  test.each([
    ['file', 0, false, VM_READ, 'reclaim', false],
    ['file', 0, true, VM_READ, 'reclaimClean', false],
    ['anon', 0, true, VM_READ, 'reclaim', false],
    ['file', 1, false, VM_READ, 'keep', true],
    ['anon', 1, false, VM_READ, 'keep', true],
    ['file', 1, true, VM_READ, 'activate', true],
    ['anon', 2, false, VM_READ, 'activate', true],
    ['file', 1, false, VM_EXEC, 'activate', true],
    ['anon', 1, false, VM_EXEC, 'keep', true],
    ['file', 0, false, VM_EXEC, 'reclaim', false],
    ['file', 0, true, VM_LOCKED, 'activate', false],
  ] as const)('%s, %i entries used, referenced %s, mapping %i: %s', (side, used, before, vmFlags, verdict, after) => {
    const room = reclaimRoom(1024);
    const pfn = (side === 'file' ? room.readFile(1) : room.touchAnon(1)) ?? -1;
    const mapped = room.map(pfn, 3, vmFlags);
    mapped.used = used;
    if (before) room.memMap.set(pfn, PG_referenced);
    expect(folioCheckReferences(room.rooms, pfn)).toBe(verdict);
    expect(room.memMap.test(pfn, PG_referenced)).toBe(after);
    expect(room.memMap.test(pfn, PG_swapbacked)).toBe(side === 'anon');
    expect(room.memMap.test(pfn, PG_mlocked)).toBe(vmFlags === VM_LOCKED);
    expect(mapped.used).toBe(0);
  });

  test('a page that is not mapped is asked for PG_referenced only', () => {
    const room = reclaimRoom(1024);
    const pfn = room.readFile(1) ?? -1;
    room.readFile(1);
    expect(folioCheckReferences(room.rooms, pfn)).toBe('reclaimClean');
    expect(folioCheckReferences(room.rooms, pfn)).toBe('reclaim');
  });
});
