/**
 * What a program still has at its end, and whether it could still give it back. Valgrind: memcheck/mc_leakcheck.c.
 *
 *     variables, stack ──► start of a piece ──► start of a piece      still reachable
 *                     └──► the middle of one ──► ...                  possibly lost
 *     nowhere              a piece ──► a piece                        definitely lost, and with it: indirectly lost
 *
 * SIMPLIFIED: no heuristics for C++.
 */
import type { UserAddr } from '../../include/types.ts';
import type { HeapBlock, Memcheck, Trace } from './memcheck.ts';

export const LEAK_KINDS = ['definite', 'indirect', 'possible', 'reachable'] as const;
export type LeakKind = (typeof LEAK_KINDS)[number];
/** Those that are errors. */
export const LEAK_ERRORS: readonly LeakKind[] = ['definite', 'possible'];

/** Memory where a program keeps pointers: its variables, its stack. */
export interface AddressRange {
  readonly start: UserAddr;
  readonly end: UserAddr;
}

/** Pieces of one kind that were asked for at one place. */
export interface LossRecord {
  readonly kind: LeakKind;
  readonly trace: Trace;
  blocks: number;
  bytes: number;
  /** Bytes that are lost because these are. */
  indirectBytes: number;
}

const POINTER = 8;

class LeakScan {
  readonly kinds: (LeakKind | null)[];
  /** By block that is lost indirectly: with which one; else itself. */
  readonly leaders: number[];
  readonly blocks: readonly HeapBlock[];
  readonly #check: Memcheck;

  constructor(check: Memcheck) {
    this.#check = check;
    this.blocks = check.blocks;
    this.kinds = this.blocks.map(() => null);
    this.leaders = this.blocks.map((_, i) => i);
  }

  /** From variables and stack. */
  reach(roots: readonly AddressRange[]): void {
    const stack: number[] = [];
    const found = (block: number, atStart: boolean, sure: boolean): void => {
      const kind = atStart && sure ? 'reachable' : 'possible';
      const known = this.kinds[block];
      if (known === 'reachable' || known === kind) return;
      this.kinds[block] = kind;
      stack.push(block);
    };
    for (const { start, end } of roots) this.#pointers(start, end, (block, atStart) => found(block, atStart, true));
    for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
      const sure = this.kinds[block] === 'reachable';
      this.#inBlock(block, (other, atStart) => found(other, atStart, sure));
    }
  }

  /** What is left: each leads a group, unless another one leads to it. */
  lose(): void {
    for (let leader = 0; leader < this.blocks.length; leader++) {
      if (this.kinds[leader] !== null) continue;
      this.kinds[leader] = 'definite';
      const stack = [leader];
      for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
        this.#inBlock(block, (other) => {
          if (this.leaders[other] === leader || other === leader) return;
          const known = this.kinds[other];
          if (known === 'reachable' || known === 'possible' || known === 'indirect') return;
          if (known === 'definite') this.#join(other, leader);
          else stack.push(other);
          this.kinds[other] = 'indirect';
          this.leaders[other] = leader;
        });
      }
    }
  }

  /** A group that was led by a block is another one's now. */
  #join(from: number, to: number): void {
    this.leaders.forEach((leader, block) => {
      if (leader === from) this.leaders[block] = to;
    });
  }

  #inBlock(block: number, found: (block: number, atStart: boolean) => void): void {
    const { addr, size } = this.blocks[block];
    this.#pointers(addr, addr + size, found);
  }

  /** Each word that is an address in a piece. */
  #pointers(start: UserAddr, end: UserAddr, found: (block: number, atStart: boolean) => void): void {
    for (let at = Math.ceil(start / POINTER) * POINTER; at + POINTER <= end; at += POINTER) {
      const value = this.#word(at);
      const block = this.#blockAt(value);
      if (block >= 0) found(block, this.blocks[block].addr === value);
    }
  }

  #word(at: UserAddr): number {
    let value = 0;
    for (let i = POINTER - 1; i >= 0; i--) value = value * 256 + (this.#check.memory.load(at + i) ?? 0);
    return value;
  }

  /** @returns number of the piece that holds an address; -1: none. One of no bytes has its own address. */
  #blockAt(addr: UserAddr): number {
    let low = 0;
    let high = this.blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.blocks[middle].addr <= addr) low = middle + 1;
      else high = middle;
    }
    const block = this.blocks[low - 1];
    return block !== undefined && addr < block.addr + Math.max(block.size, 1) ? low - 1 : -1;
  }
}

/** @returns what is lost, and what is not, the least first */
export function leakCheck(check: Memcheck, roots: readonly AddressRange[]): LossRecord[] {
  const scan = new LeakScan(check);
  scan.reach(roots);
  scan.lose();
  const records = new Map<string, LossRecord>();
  const recordOf = (block: number): LossRecord => {
    const kind = scan.kinds[block] ?? 'definite';
    const trace = scan.blocks[block].allocated;
    const key = `${kind} ${trace.join('\n')}`;
    const record = records.get(key) ?? { kind, trace, blocks: 0, bytes: 0, indirectBytes: 0 };
    records.set(key, record);
    return record;
  };
  for (const [i, { size }] of scan.blocks.entries()) {
    const record = recordOf(i);
    record.blocks++;
    record.bytes += size;
    if (record.kind === 'indirect') recordOf(scan.leaders[i]).indirectBytes += size;
  }
  const total = ({ bytes, indirectBytes }: LossRecord): number => bytes + indirectBytes;
  return [...records.values()].sort((a, b) => total(a) - total(b));
}
