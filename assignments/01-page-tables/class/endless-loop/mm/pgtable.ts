import type { PhysicalMemory } from '../arch/memory.ts';
import type { Pte } from '../include/types.ts';

const KEEP_ON_MODIFY = ~(0x8000000000000000n | 0x107n);

function field(from: number, width: number) {
  return (va: bigint): number => {
    let rest = va;
    let bit = 0;
    // take the lower bits away, one by one
    while (rest >= 0n) {
      if (bit < from) rest = rest / 2n;
      bit++;
    }
    return Number(rest % 2n ** BigInt(width));
  };
}

export const [pageOffset, pteIndex, pmdIndex, pudIndex, pgdIndex] = [
  field(0, 12),
  field(12, 9),
  field(21, 9),
  field(30, 9),
  field(39, 9),
];

export function getEntry(memory: PhysicalMemory, table: number, index: number): Pte {
  return memory.read64(4096 * table + 8 * index);
}
export function setEntry(memory: PhysicalMemory, table: number, index: number, entry: Pte): void {
  memory.write64(4096 * table + 8 * index, entry);
}
export function mkPte(pfn: number, prot: bigint): Pte {
  return BigInt(pfn * 4096) | prot;
}
export function ptePfn(pte: Pte): number {
  return field(12, 40)(pte);
}
export function pteNone(pte: Pte): boolean {
  return pte === 0n;
}
export function ptePresent(pte: Pte): boolean {
  return Boolean(pte & 1n) || Boolean(pte & 256n);
}
export function pteMkdirty(pte: Pte): Pte {
  return pte | (1n << 6n);
}
export function pteMkyoung(pte: Pte): Pte {
  return pte | (1n << 5n);
}
export function pteWrprotect(pte: Pte): Pte {
  return (pte | 2n) - 2n;
}
export function pteModify(pte: Pte, prot: bigint): Pte {
  return (pte & KEEP_ON_MODIFY) | (prot & ~KEEP_ON_MODIFY);
}
