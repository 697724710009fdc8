import { X86_PF_INSTR, X86_PF_USER, X86_PF_WRITE } from '../../include/pgtable_types.ts';
import { TLB_4_LEVEL, TLB_DIRTY, TLB_EXEC, TLB_USER, TLB_WRITE, Tlb, type TlbEntry } from '../tlb.ts';

const READ = X86_PF_USER;
const WRITE = X86_PF_USER | X86_PF_WRITE;
const FETCH = X86_PF_USER | X86_PF_INSTR;
const RW = TLB_USER | TLB_WRITE | TLB_DIRTY;

const entry = (vpn: number, pfn: number, more: Partial<TlbEntry> = {}): TlbEntry => ({
  vpn,
  pfn,
  pageShift: 12,
  rights: RW,
  global: false,
  ...more,
});

/** Four ways, one set. */
const small = (): Tlb => new Tlb([{ pageShift: 12, sets: 1, ways: 4 }]);

describe('lookup', () => {
  test('finds what was inserted, under its PCID alone', () => {
    const tlb = new Tlb(TLB_4_LEVEL);
    tlb.insert(entry(5, 77), 1);
    expect([tlb.lookup(5, 1, READ), tlb.lookup(5, 2, READ), tlb.lookup(6, 1, READ)]).toEqual([77, null, null]);
    expect([tlb.hits, tlb.misses]).toEqual([1, 2]);
  });

  test('page 0 of PCID 0 is no empty way', () => {
    const tlb = new Tlb(TLB_4_LEVEL);
    expect(tlb.lookup(0, 0, READ)).toBeNull();
    tlb.insert(entry(0, 7), 0);
    expect(tlb.lookup(0, 0, READ)).toBe(7);
  });

  test.each<[string, number, number, number | null]>([
    ['a write of a clean page', TLB_USER | TLB_WRITE, WRITE, null],
    ['a write of a page that is read-only', TLB_USER | TLB_DIRTY, WRITE, null],
    ['a write of a dirty page', RW, WRITE, 9],
    ['a fetch from data', RW, FETCH, null],
    ['a fetch from code', TLB_USER | TLB_EXEC, FETCH, 9],
    ['user mode in a page of the kernel', TLB_WRITE | TLB_EXEC, READ, null],
    ['the kernel in a page of user mode', RW, 0, null],
    ['the kernel in its own', 0, 0, 9],
  ])('%s', (_, rights, access, pfn) => {
    const tlb = small();
    tlb.insert(entry(1, 9, { rights }), 1);
    expect(tlb.lookup(1, 1, access)).toBe(pfn);
  });

  test('a huge page is one entry for all its pages', () => {
    const tlb = new Tlb(TLB_4_LEVEL);
    tlb.insert(entry(512 * 3, 1024, { pageShift: 21 }), 1);
    tlb.insert(entry(2 ** 18 * 2, 2 ** 18, { pageShift: 30 }), 1);
    expect([tlb.lookup(512 * 3, 1, READ), tlb.lookup(512 * 3 + 511, 1, READ)]).toEqual([1024, 1535]);
    expect([tlb.lookup(512 * 4, 1, READ), tlb.lookup(2 ** 19 + 12345, 1, READ)]).toEqual([null, 2 ** 18 + 12345]);
    expect([...tlb.entries()]).toHaveLength(2);
  });

  test('pages of the kernel half are told from those of the user half', () => {
    const tlb = new Tlb(TLB_4_LEVEL);
    tlb.insert(entry(2 ** 35 + 5, 1), 1);
    expect([tlb.lookup(5, 1, READ), tlb.lookup(2 ** 35 + 5, 1, READ)]).toEqual([null, 1]);
  });
});

describe('insert', () => {
  const cached = (tlb: Tlb): number[] => [...tlb.entries()].map(({ vpn }) => vpn).toSorted((a, b) => a - b);

  // a b c d, then a again: b is the one that was not used for longest
  test('the entry that was not used for longest makes room', () => {
    const tlb = small();
    for (const vpn of [1, 2, 3, 4]) tlb.insert(entry(vpn, vpn), 1);
    tlb.lookup(1, 1, READ);
    tlb.insert(entry(5, 5), 1);
    expect(cached(tlb)).toEqual([1, 3, 4, 5]);
  });

  test('neither looking at all entries nor an access that is not permitted is a use', () => {
    const tlb = small();
    for (const vpn of [1, 2, 3, 4]) tlb.insert(entry(vpn, vpn), 1);
    expect(cached(tlb)).toHaveLength(4);
    tlb.lookup(1, 1, FETCH);
    tlb.insert(entry(5, 5), 1);
    expect(cached(tlb)).toEqual([2, 3, 4, 5]);
  });

  test('an entry takes the place of one of the same page', () => {
    const tlb = small();
    tlb.insert(entry(1, 10), 1);
    tlb.insert(entry(1, 11, { global: true }), 1);
    tlb.insert(entry(1, 12), 1);
    expect([...tlb.entries()]).toEqual([{ ...entry(1, 12), pcid: 1 }]);
  });

  test('pages that differ in the bits of the set do not push each other out', () => {
    const tlb = new Tlb(TLB_4_LEVEL);
    for (let vpn = 0; vpn < 64; vpn++) tlb.insert(entry(vpn, vpn), 1);
    expect(cached(tlb)).toHaveLength(64);
    tlb.insert(entry(64, 64), 1);
    expect(cached(tlb)).toHaveLength(64);
    expect(tlb.lookup(0, 1, READ)).toBeNull();
  });
});

describe('what is forgotten', () => {
  //   PCID 1: page 1, a huge page from 512 on      PCID 2: page 1      global: page 9
  const filled = (): Tlb => {
    const tlb = new Tlb(TLB_4_LEVEL);
    tlb.insert(entry(1, 1), 1);
    tlb.insert(entry(512, 512, { pageShift: 21 }), 1);
    tlb.insert(entry(1, 2), 2);
    tlb.insert(entry(9, 9, { global: true }), 1);
    return tlb;
  };
  const left = (tlb: Tlb): string[] => [...tlb.entries()].map(({ pcid, vpn }) => `${pcid}:${vpn}`).toSorted();

  test.each<[string, (tlb: Tlb) => void, string[]]>([
    ['invlpg: the page under this PCID', (tlb) => tlb.invlpg(1, 1), ['-1:9', '1:512', '2:1']],
    ['invlpg: a huge page as a whole', (tlb) => tlb.invlpg(700, 1), ['-1:9', '1:1', '2:1']],
    ['invlpg: a global page, whoever asks', (tlb) => tlb.invlpg(9, 2), ['1:1', '1:512', '2:1']],
    ['flushAddress: the page under that PCID', (tlb) => tlb.flushAddress(1, 2), ['-1:9', '1:1', '1:512']],
    ['flushAddress: no global page', (tlb) => tlb.flushAddress(9, 1), ['-1:9', '1:1', '1:512', '2:1']],
    ['flushPcid: all of that PCID', (tlb) => tlb.flushPcid(1), ['-1:9', '2:1']],
    ['flushNonGlobal: all PCIDs', (tlb) => tlb.flushNonGlobal(), ['-1:9']],
    ['flushAll: everything', (tlb) => tlb.flushAll(), []],
  ])('%s', (_, flush, rest) => {
    const tlb = filled();
    flush(tlb);
    expect(left(tlb)).toEqual(rest);
  });
});
