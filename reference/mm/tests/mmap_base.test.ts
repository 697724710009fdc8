import {
  archAlignStack,
  archPickMmapLayout,
  ELF_ET_DYN_BASE,
  elfDynBase,
  mmapBase,
  mmapLegacyBase,
  randomizeBrk,
  randomizeStackTop,
  SPACE_32,
  STACK_TOP,
} from '../mmap_base.ts';
import { makeMm } from './process.ts';

const MIB = 2 ** 20;
const LEAST = (): number => 0;
const MOST = (bits: number): number => 2 ** bits - 1;
const ownerWith = (stack: number) => makeMm({ rlimits: { stack } }).owner;

describe('mmapBase', () => {
  // Computed from the formula; the one of 8 MiB was also seen on a real machine.
  test.each([
    [8 * MIB, 0x7ffff7fff000],
    [MIB, 0x7ffff7fff000],
    [1024 * MIB, 0x7fffbfeff000],
    [Infinity, 0x155555556000],
  ])('without chance, with a stack limit of %f bytes', (stack, base) => {
    expect(mmapBase(ownerWith(stack), 0, 0)).toBe(base);
  });

  test('with chance leaves 16 GiB more for the stack, and lies up to 1 TiB lower', () => {
    const owner = ownerWith(8 * MIB);
    expect(archPickMmapLayout(owner, LEAST).mmapBase).toBe(0x7ffffffff000 - 0x4008ff000);
    expect(archPickMmapLayout(owner, MOST).mmapBase).toBe(0x7ffffffff000 - 0x4008ff000 - (2 ** 40 - 4096));
  });
});

test('mmapLegacyBase is a third of the user half', () => {
  expect(mmapLegacyBase(0)).toBe(0x2aaaaaaab000);
});

describe('the stack', () => {
  test('ends at the top of the user half, or up to 16 GiB lower', () => {
    expect([null, LEAST, MOST].map((random) => randomizeStackTop(random))).toEqual([
      0x7ffffffff000,
      STACK_TOP,
      STACK_TOP - (2 ** 34 - 4096),
    ]);
  });

  test('is used from up to 8 KiB lower, at a multiple of 16', () => {
    const sp = 0x7fffffffe5a9;
    expect([null, LEAST, MOST].map((random) => archAlignStack(sp, random))).toEqual([
      0x7fffffffe5a0, 0x7fffffffe5a0, 0x7fffffffc5a0,
    ]);
  });
});

test('position independent programs begin at two thirds of the user half', () => {
  expect(elfDynBase(null)).toBe(0x555555554000);
  expect(elfDynBase(MOST)).toBe(ELF_ET_DYN_BASE + 2 ** 40 - 4096);
});

test('the heap begins on the page after the program, or up to 1 GiB higher', () => {
  expect(randomizeBrk(0x403010, null)).toBe(0x404000);
  expect(randomizeBrk(0x403000, MOST)).toBe(0x403000 + 2 ** 30 - 4096);
});

describe('an address space of 32 bits', () => {
  test('gives the user 3 GiB; mappings are below 128 MiB for the stack', () => {
    const { mmapBase: base, mmapLegacyBase: legacy, taskSize } = archPickMmapLayout(ownerWith(8 * MIB), null, SPACE_32);
    expect([base, legacy, taskSize]).toEqual([0xb8000000, 0x40000000, 0xc0000000]);
  });

  test('has 8 bits of chance for mappings and programs, 11 for the stack, 32 MiB for the heap', () => {
    const owner = ownerWith(8 * MIB);
    expect(archPickMmapLayout(owner, MOST, SPACE_32).mmapBase).toBe(0xb8000000 - 255 * 4096);
    expect(elfDynBase(MOST, SPACE_32)).toBe(0x400000 + 255 * 4096);
    expect(randomizeStackTop(MOST, SPACE_32)).toBe(0xc0000000 - 2047 * 4096);
    expect(randomizeBrk(0x500000, MOST, SPACE_32)).toBe(0x500000 + 32 * MIB - 4096);
  });
});
