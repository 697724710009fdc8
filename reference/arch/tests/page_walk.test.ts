import { X86_PF_INSTR, X86_PF_PROT, X86_PF_RSVD, X86_PF_USER, X86_PF_WRITE } from '../../include/pgtable_types.ts';
import { FOUND, PAGING_2_LEVEL, PAGING_PAE, type Paging, type WalkedPage, walkPage } from '../page_walk.ts';
import { TLB_DIRTY, TLB_EXEC, TLB_USER, TLB_WRITE } from '../tlb.ts';
import { FewFrames } from './word_memory.ts';

const P_RW_US = 0x7;
const A = 0x20;
const D = 0x40;
const PS = 0x80;
const NX = 0x8000_0000;

const READ = X86_PF_USER;
const WRITE = X86_PF_USER | X86_PF_WRITE;
const FETCH = X86_PF_USER | X86_PF_INSTR;

/** Page number of an address. */
const page = (address: number): number => Math.floor(address / 4096);

function walk(paging: Paging, memory: FewFrames, address: number, access: number): WalkedPage | number {
  const found: WalkedPage = { vpn: 0, pfn: 0, pageShift: 0, rights: 0, global: false };
  const code = walkPage(paging, memory, 0, page(address), access, found);
  return code === FOUND ? found : code;
}

//   0xc0123000 = 3 GiB + 1 MiB + 0x23000, the start of the kernel's gigabyte and a bit
const KERNEL = 0xc0123000;

describe('2-level paging', () => {
  /** Frame 0: the PGD, frame 1: a table. */
  const tables = (): FewFrames => {
    const memory = new FewFrames(2);
    memory.frameWords(0)[0x300] = (1 << 12) | P_RW_US;
    memory.frameWords(1)[0x123] = (77 << 12) | P_RW_US;
    return memory;
  };

  test('10 bits of the address, 10 more, and the page; A at both levels, D in the leaf', () => {
    const memory = tables();
    const rights = TLB_USER | TLB_WRITE | TLB_EXEC | TLB_DIRTY;
    expect(walk(PAGING_2_LEVEL, memory, KERNEL, WRITE)).toEqual({
      vpn: 0xc0123,
      pfn: 77,
      pageShift: 12,
      rights,
      global: false,
    });
    expect(memory.frameWords(0)[0x300]).toBe((1 << 12) | P_RW_US | A);
    expect(memory.frameWords(1)[0x123]).toBe((77 << 12) | P_RW_US | A | D);
  });

  test('a page of 4 MiB is a leaf of the first level', () => {
    const memory = tables();
    memory.frameWords(0)[0x300] = (1024 << 12) | PS | P_RW_US;
    expect(walk(PAGING_2_LEVEL, memory, KERNEL, READ)).toMatchObject({ vpn: 0xc0000, pfn: 1024, pageShift: 22 });
    memory.frameWords(0)[0x300] |= 1 << 13;
    expect(walk(PAGING_2_LEVEL, memory, KERNEL, READ)).toBe(X86_PF_USER | X86_PF_PROT | X86_PF_RSVD);
  });

  test('nothing there, and no right to write', () => {
    const memory = tables();
    expect(walk(PAGING_2_LEVEL, memory, 0x1000, READ)).toBe(X86_PF_USER);
    memory.frameWords(0)[0x300] &= ~0x2;
    expect(walk(PAGING_2_LEVEL, memory, KERNEL, WRITE)).toBe(WRITE | X86_PF_PROT);
  });
});

describe('PAE paging', () => {
  /** Frame 0: the PGD with four entries, frame 1: a PMD table, frame 2: a PTE table. */
  const tables = (): FewFrames => {
    const memory = new FewFrames(3);
    memory.write(3 * 8, (1n << 12n) | 1n);
    memory.write(4096, (2n << 12n) | BigInt(P_RW_US));
    memory.write(2 * 4096 + 0x123 * 8, (0x12_3456n << 12n) | BigInt(P_RW_US));
    return memory;
  };

  test('2 bits, 9, 9, and the page, which may lie above 4 GiB; no A in the PGD', () => {
    const memory = tables();
    expect(walk(PAGING_PAE, memory, KERNEL, READ)).toMatchObject({ vpn: 0xc0123, pfn: 0x12_3456, pageShift: 12 });
    expect(memory.read(3 * 8)).toBe((1n << 12n) | 1n);
    expect(memory.read(4096)).toBe((2n << 12n) | BigInt(P_RW_US | A));
  });

  test('NX is there, and the PGD has neither rights nor NX', () => {
    const memory = tables();
    memory.frameWords(1)[1] = NX;
    expect(walk(PAGING_PAE, memory, KERNEL, FETCH)).toBe(FETCH | X86_PF_PROT);
    memory.write(3 * 8, (1n << 12n) | 1n | (1n << 63n));
    expect(walk(PAGING_PAE, memory, KERNEL, READ)).toBe(READ | X86_PF_PROT | X86_PF_RSVD);
    memory.write(3 * 8, (1n << 12n) | 3n);
    expect(walk(PAGING_PAE, memory, KERNEL, READ)).toBe(READ | X86_PF_PROT | X86_PF_RSVD);
  });
});
