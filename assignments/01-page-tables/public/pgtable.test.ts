import { subject } from '../../../graders/suite/index.ts';
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_PKEY,
  PAGE_NONE,
  PAGE_READONLY,
  PAGE_SHARED,
} from '../../../starter/include/pgtable_types.ts';
import { machine } from './machine.ts';

const pgtable = subject<typeof import('../../../starter/mm/pgtable.ts')>('mm/pgtable');

describe('index', () => {
  //        PGD      PUD      PMD      PTE      offset
  const va = (1n << 39n) | (2n << 30n) | (3n << 21n) | (4n << 12n) | 5n;

  test('each field of an address is found', () => {
    expect(pgtable.pgdIndex(va)).toBe(1);
    expect(pgtable.pudIndex(va)).toBe(2);
    expect(pgtable.pmdIndex(va)).toBe(3);
    expect(pgtable.pteIndex(va)).toBe(4);
    expect(pgtable.pageOffset(va)).toBe(5);
  });

  test('the last byte of the user half has PGD index 255 and all others 511', () => {
    const last = 0x7fff_ffff_ffffn;
    expect(pgtable.pgdIndex(last)).toBe(255);
    expect(pgtable.pudIndex(last)).toBe(511);
    expect(pgtable.pmdIndex(last)).toBe(511);
    expect(pgtable.pteIndex(last)).toBe(511);
    expect(pgtable.pageOffset(last)).toBe(4095);
  });
});

describe('entries', () => {
  test('an entry is a frame and its bits', () => {
    const pte = pgtable.mkPte(0x1234, PAGE_SHARED);
    expect(pte).toBe(0x8000_0000_0123_4007n);
    expect(pgtable.ptePfn(pte)).toBe(0x1234);
  });

  test('only 0 is an empty entry, and PROT_NONE is present', () => {
    expect(pgtable.pteNone(0n)).toBe(true);
    expect(pgtable.ptePresent(0n)).toBe(false);
    const nobodys = pgtable.mkPte(7, PAGE_NONE);
    expect(pgtable.pteNone(nobodys)).toBe(false);
    expect(pgtable.ptePresent(nobodys)).toBe(true);
  });

  test('A and D are set, RW is cleared', () => {
    const pte = pgtable.mkPte(7, PAGE_SHARED);
    expect(pgtable.pteMkyoung(pte)).toBe(pte | _PAGE_ACCESSED);
    expect(pgtable.pteMkdirty(pte)).toBe(pte | _PAGE_DIRTY);
    expect(pgtable.pteWrprotect(pte)).toBe(pgtable.mkPte(7, PAGE_READONLY));
  });

  test('other rights leave frame, A, D and key alone', () => {
    const used = _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_PKEY;
    const pte = pgtable.mkPte(7, PAGE_SHARED | used);
    expect(pgtable.pteModify(pte, PAGE_READONLY)).toBe(pgtable.mkPte(7, PAGE_READONLY | used));
  });

  test('an entry is read and written in its table', () => {
    const { memory, root } = machine();
    pgtable.setEntry(memory, root, 511, 0x1234n);
    expect(memory.read64(root * 4096 + 511 * 8)).toBe(0x1234n);
    expect(pgtable.getEntry(memory, root, 511)).toBe(0x1234n);
  });
});
