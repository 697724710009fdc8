/**
 * Two walks of the same tables must end alike and leave the same tables behind: random entries, most of them sound, in
 * a handful of frames that are tables for each other.
 */
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_GLOBAL,
  _PAGE_NX,
  _PAGE_PRESENT,
  _PAGE_PSE,
  _PAGE_RW,
  _PAGE_USER,
  X86_PF_INSTR,
  X86_PF_USER,
  X86_PF_WRITE,
} from '../include/pgtable_types.ts';
import type { Pfn, PhysAddr, Pte, VirtAddr } from '../include/types.ts';

/** A memory with its walk. */
export interface WalkedMemory {
  read(at: PhysAddr): Pte;
  write(at: PhysAddr, entry: Pte): void;
  /** @param access  X86_PF_ bits. @returns the physical address, or of a page fault ~code */
  walk(root: Pfn, va: VirtAddr, access: number): number;
}

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

/** Frames 0 .. FRAMES-1 are tables; one more does not exist. */
export const WALK_FRAMES = 6;
/** Indexes that are used in every table: the first, the last, and some between. */
const INDEXES = [0, 1, 256, 511];
const ACCESSES = [X86_PF_USER, X86_PF_USER | X86_PF_WRITE, X86_PF_USER | X86_PF_INSTR, 0, X86_PF_WRITE, X86_PF_INSTR];

const rarely = (random: Random, oneIn: number, bits: Pte): Pte => (random(oneIn) === 0 ? bits : 0n);

function anyEntry(random: Random): Pte {
  const frame = BigInt(random(WALK_FRAMES + (random(40) === 0 ? 1 : 0)));
  const sound = rarely(random, 2, _PAGE_ACCESSED) | rarely(random, 2, _PAGE_DIRTY) | rarely(random, 5, _PAGE_GLOBAL);
  const rights = rarely(random, 8, _PAGE_NX) | (_PAGE_RW & ~rarely(random, 6, _PAGE_RW));
  const user = _PAGE_USER & ~rarely(random, 6, _PAGE_USER);
  const huge = rarely(random, 6, _PAGE_PSE | (frame << 30n));
  const wrong = rarely(random, 40, 1n << BigInt(13 + random(39))) | rarely(random, 40, 1n << BigInt(52 + random(11)));
  const present = _PAGE_PRESENT & ~rarely(random, 15, _PAGE_PRESENT);
  return present | sound | rights | user | (huge === 0n ? frame << 12n : huge) | wrong;
}

function anyAddress(random: Random): VirtAddr {
  const low = [0, 1, 2, 3].reduce((va) => (va << 9n) | BigInt(INDEXES[random(INDEXES.length)]), 0n);
  const half = low >= 1n << 35n ? 0xffff_0000_0000_0000n : 0n;
  return half | (low << 12n) | BigInt(random(4096));
}

/** @returns null, or the first walk after which the two differ */
export function breaksWalkLaw(one: WalkedMemory, other: WalkedMemory, random: Random, walks: number): string | null {
  const used = INDEXES.flatMap((index) => Array.from({ length: WALK_FRAMES }, (_, pfn) => pfn * 4096 + index * 8));
  const change = (at: PhysAddr): void => {
    const entry = anyEntry(random);
    one.write(at, entry);
    other.write(at, entry);
  };
  for (const at of used) change(at);
  for (let i = 0; i < walks; i++) {
    change(used[random(used.length)]);
    const root = random(WALK_FRAMES);
    const va = anyAddress(random);
    const access = ACCESSES[random(ACCESSES.length)];
    const says = `walk ${i} of 0x${va.toString(16)}, access ${access}, root ${root}`;
    const [left, right] = [one.walk(root, va, access), other.walk(root, va, access)];
    if (left !== right) return `${says}: ${left} and ${right}`;
    const at = used.find((each) => one.read(each) !== other.read(each));
    if (at !== undefined) return `${says}: the entries at ${at} differ`;
  }
  return null;
}
