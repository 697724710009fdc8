import type { PhysicalMemory } from '../arch/memory.ts';
import { PROT_BITS, PTE_PFN_MASK, type Pgprot } from '../include/pgtable_types.ts';
import type { Pfn, Pte, VirtAddr } from '../include/types.ts';

const nine = (x: bigint): number => Number(BigInt.asUintN(9, x));

export const pteIndex = (va: VirtAddr): number => nine(va >> 12n);
export const pmdIndex = (va: VirtAddr): number => nine(va >> 21n);
export const pudIndex = (va: VirtAddr): number => nine(va >> 30n);
export const pgdIndex = (va: VirtAddr): number => nine(va >> 39n);
export const pageOffset = (va: VirtAddr): number => Number(BigInt.asUintN(12, va));

const place = (table: Pfn, index: number): number => (table * 512 + index) * 8;

export const getEntry = (memory: PhysicalMemory, table: Pfn, index: number): Pte => memory.read64(place(table, index));
export const setEntry = (memory: PhysicalMemory, table: Pfn, index: number, entry: Pte): void =>
  memory.write64(place(table, index), entry);

export const mkPte = (pfn: Pfn, prot: Pgprot): Pte => (BigInt(pfn) << 12n) + prot;
export const ptePfn = (pte: Pte): Pfn => Number(BigInt.asUintN(40, pte >> 12n));
export const pteNone = (pte: Pte): boolean => !pte;
export const ptePresent = (pte: Pte): boolean => (pte & 0x101n) > 0n;
export const pteMkdirty = (pte: Pte): Pte => pte | 0x40n;
export const pteMkyoung = (pte: Pte): Pte => pte | 0x20n;
export const pteWrprotect = (pte: Pte): Pte => pte & (-1n ^ 2n);
export const pteModify = (pte: Pte, prot: Pgprot): Pte => pte ^ ((pte ^ prot) & PROT_BITS);

export const frameBits = (pte: Pte): Pte => pte & PTE_PFN_MASK;
