/**
 * Where the parts of an address space begin: mappings, stack, program, heap; by chance if that is wanted.
 * Linux: arch/x86/mm/mmap.c, arch/x86/kernel/process.c, fs/binfmt_elf.c, mm/util.c.
 *
 *     program   heap                       mappings           stack
 *        |<- brk ->|                     <- |<---- gap ---->| <- | STACK_TOP
 *          up to 1 GiB                  mmap base          up to 16 GiB
 */
import { PAGE_SIZE, TASK_SIZE } from '../include/param.ts';
import type { PagingMode } from '../include/pgtable_types.ts';
import type { UserAddr } from '../include/types.ts';
import { pageAlign } from '../lib/page_align.ts';
import type { MmLayout, MmOwner } from './mm_struct.ts';

/** Where chance comes from: 0 ≤ n < 2^bits, each as likely. */
export type RandomBits = (bits: number) => number;

/** vm.randomize_va_space: 0 nothing, 1 stack and mappings, 2 the heap too. */
export type RandomizeVaSpace = 0 | 1 | 2;

/** A kind of address space. Chance: log2 of how many pages. */
export interface AddressSpaceShape {
  /** End of the user half; the page above all stacks. */
  readonly taskSize: UserAddr;
  /** Position independent programs are loaded from here on, before chance. Linux: ELF_ET_DYN_BASE. */
  readonly elfDynBase: UserAddr;
  /** vm.mmap_rnd_bits: chance for mappings and position independent programs. */
  readonly mmapRndBits: number;
  /** For the top of the stack. Linux: __STACK_RND_MASK. */
  readonly stackRndBits: number;
  /** Between program and heap. Linux: arch_randomize_brk(). */
  readonly brkRndBits: number;
}

/** 64 bits: 128 TiB, 1 GiB of chance for the heap. */
export const SPACE_64: AddressSpaceShape = {
  taskSize: TASK_SIZE,
  elfDynBase: Math.floor((Math.floor(TASK_SIZE / 3) * 2) / PAGE_SIZE) * PAGE_SIZE,
  mmapRndBits: 28,
  stackRndBits: 22,
  brkRndBits: 18,
};

/** 32 bits: 3 GiB for the user, 1 GiB for the kernel; 32 MiB of chance for the heap. */
export const SPACE_32: AddressSpaceShape = {
  taskSize: 0xc0000000,
  elfDynBase: 0x400000,
  mmapRndBits: 8,
  stackRndBits: 11,
  brkRndBits: 13,
};

/** What goes with page tables. @param paging  undefined: four levels */
export const spaceOf = (paging: PagingMode | undefined): AddressSpaceShape => (paging === 'PAE' ? SPACE_32 : SPACE_64);

export const STACK_TOP: UserAddr = SPACE_64.taskSize;
export const ELF_ET_DYN_BASE: UserAddr = SPACE_64.elfDynBase;
/** The stack pointer starts up to this many bytes lower inside, in steps of 16. Linux: arch_align_stack(). */
const STACK_STEP_BITS = 13;
const STACK_ALIGN = 16;
/** The stack may have at least this much, and at most 5/6 of all. */
const MIN_GAP = 128 * 2 ** 20;

/** Bytes of chance, whole pages; without a source of chance 0. */
const rndPages = (random: RandomBits | null, bits: number): number => (random === null ? 0 : random(bits) * PAGE_SIZE);

/**
 * Below it mappings are placed: under the stack's limit, its guard gap, and what chance may lower the stack by.
 * @param rnd  bytes of chance, whole pages
 * @param stackMaxRandom  bytes that the stack may lie lower by chance
 */
export function mmapBase(owner: MmOwner, rnd: number, stackMaxRandom: number, space = SPACE_64): UserAddr {
  const wanted = owner.rlimits.stack + stackMaxRandom + owner.machine.stackGuardGap;
  const most = Math.floor(space.taskSize / 6) * 5;
  const gap = Math.min(Math.max(wanted, MIN_GAP), most);
  return pageAlign(space.taskSize - gap - rnd);
}

/** Above it mappings are placed when there is no room below the mmap base. Linux: mmap_legacy_base(). */
export function mmapLegacyBase(rnd: number, { taskSize } = SPACE_64): UserAddr {
  return pageAlign(taskSize / 3) + rnd;
}

/** @param random  null: randomize_va_space is 0. The heap is placed later: `randomizeBrk`. */
export function archPickMmapLayout(owner: MmOwner, random: RandomBits | null, space = SPACE_64): MmLayout {
  const rnd = rndPages(random, space.mmapRndBits);
  const stackMaxRandom = random === null ? 0 : (2 ** space.stackRndBits - 1) * PAGE_SIZE;
  return {
    mmapBase: mmapBase(owner, rnd, stackMaxRandom, space),
    mmapLegacyBase: mmapLegacyBase(rnd, space),
    startBrk: 0,
    taskSize: space.taskSize,
  };
}

/** The end of the stack. Linux: randomize_stack_top(). */
export function randomizeStackTop(random: RandomBits | null, { taskSize, stackRndBits } = SPACE_64): UserAddr {
  return taskSize - rndPages(random, stackRndBits);
}

/** The first stack pointer, below what the kernel has put on the stack: a multiple of 16. Linux: arch_align_stack(). */
export function archAlignStack(sp: UserAddr, random: RandomBits | null): UserAddr {
  const lower = sp - (random === null ? 0 : random(STACK_STEP_BITS));
  return lower - (lower % STACK_ALIGN);
}

/** Where a position independent program that has an interpreter is loaded. Linux: load_elf_binary(). */
export function elfDynBase(random: RandomBits | null, space = SPACE_64): UserAddr {
  return space.elfDynBase + rndPages(random, space.mmapRndBits);
}

/** The start of the heap. @param brk  end of the program, rounded up to a page. Linux: arch_randomize_brk() */
export function randomizeBrk(brk: UserAddr, random: RandomBits | null, { brkRndBits } = SPACE_64): UserAddr {
  return pageAlign(brk) + rndPages(random, brkRndBits);
}
