import { VM_EXEC, VM_READ, VM_SHARED, VM_WRITE } from '../../include/mm_types.ts';
import {
  GUARD_HIGH,
  GUARD_LOW,
  pfnHigh,
  pfnLow,
  protHigh,
  protLow,
  pteIsGuard,
  pteIsSwap,
  ptePfn,
  ptePresent,
} from '../pte.ts';
import {
  pteToSwpEntry,
  SWP_PTE_MARKER,
  swpEntry,
  swpEntryToHigh,
  swpEntryToLow,
  swpOffset,
  swpType,
} from '../swapops.ts';

describe('a page-table entry', () => {
  test.each([0, 1, 0xfffff, 0x100000, 2 ** 31 - 1])('keeps frame %i', (pfn) => {
    expect(ptePfn(pfnLow(pfn) | 0x867, (pfnHigh(pfn) | 0x8000_0000) >>> 0)).toBe(pfn);
  });

  test.each([
    [0, 0x120, 0],
    [VM_READ, 0x25, 0x8000_0000],
    [VM_WRITE, 0x25, 0x8000_0000],
    [VM_READ | VM_EXEC, 0x25, 0],
    [VM_READ | VM_WRITE | VM_SHARED, 0x27, 0x8000_0000],
  ])('of a mapping with flags %i begins with %i and %i', (flags, low, high) => {
    expect([protLow(flags, false), protHigh(flags)]).toEqual([low, high]);
  });

  test('of a file that wants to know of stores begins read-only', () => {
    expect(protLow(VM_READ | VM_WRITE | VM_SHARED, true)).toBe(0x25);
  });

  test('without rights is present to the kernel', () => {
    expect(ptePresent(protLow(0, false))).toBe(true);
  });

  test('that is a guard is a marker, and no place in swap', () => {
    const entry = pteToSwpEntry(GUARD_LOW, GUARD_HIGH);
    expect([swpType(entry), swpOffset(entry)]).toEqual([SWP_PTE_MARKER, 4]);
    expect([pteIsGuard(GUARD_LOW, GUARD_HIGH), pteIsSwap(GUARD_LOW, GUARD_HIGH)]).toEqual([true, false]);
    const place = swpEntry(1, 0x1234);
    const words = [swpEntryToLow(place), swpEntryToHigh(place)] as const;
    expect([pteIsGuard(...words), pteIsSwap(...words)]).toEqual([false, true]);
  });
});
