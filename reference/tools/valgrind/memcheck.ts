/**
 * A program under watch: each of its pieces of memory is known, and each access is looked at first. Valgrind: memcheck.
 *
 *     |  red zone  |  the piece  |  red zone  |      a piece that is given back is kept for a while, out of bounds
 *          16                          16
 *
 * SIMPLIFIED: memory that was never written counts as written; only the heap is watched, not the stack.
 */
import type { ProgramMemory } from '../../include/program_memory.ts';
import type { UserAddr } from '../../include/types.ts';
import { type FreeError, Malloc } from './malloc.ts';

/** Bytes around a piece that belong to nobody. */
export const REDZONE = 16;
/** Bytes of pieces that are kept after they were given back. Valgrind: --freelist-vol. */
const QUARANTINE_BYTES = 20_000_000;

/** Functions, the innermost first, each with its place: `main (leak.c:5)`. */
export type Trace = readonly string[];

/** A piece that the program has, or had. */
export interface HeapBlock {
  readonly addr: UserAddr;
  readonly size: number;
  readonly allocated: Trace;
  /** null: it is in use. */
  freed: Trace | null;
}

/** Where an address lies, as seen from a piece. */
export interface Place {
  readonly block: HeapBlock;
  readonly side: 'before' | 'inside' | 'after';
  /** Bytes from the piece's beginning, or from its nearer end. */
  readonly bytes: number;
}

export interface MemcheckError {
  readonly kind: 'read' | 'write' | 'free' | 'killed';
  /** Bytes that were read or written. */
  readonly size: number;
  readonly addr: UserAddr;
  readonly trace: Trace;
  /** null: it is near no piece. */
  readonly place: Place | null;
}

export class Memcheck {
  readonly errors: MemcheckError[] = [];
  /** So far. */
  readonly usage = { allocs: 0, frees: 0, bytes: 0 };
  readonly memory: ProgramMemory;
  readonly #malloc: Malloc;
  readonly #live = new Map<UserAddr, HeapBlock>();
  /** Oldest first. */
  readonly #quarantine: HeapBlock[] = [];
  #quarantined = 0;

  constructor(memory: ProgramMemory) {
    this.memory = memory;
    this.#malloc = new Malloc(memory);
  }

  /** Pieces in use, by address. */
  get blocks(): readonly HeapBlock[] {
    return [...this.#live.values()].sort((a, b) => a.addr - b.addr);
  }

  /** @returns a piece, or null: no memory */
  malloc(size: number, trace: Trace): UserAddr | null {
    const outer = this.#malloc.malloc(size + 2 * REDZONE);
    if (outer === null) return null;
    const addr = outer + REDZONE;
    this.#live.set(addr, { addr, size, allocated: ['malloc', ...trace], freed: null });
    this.usage.allocs++;
    this.usage.bytes += size;
    return addr;
  }

  /** @returns why the C library itself would end the program; null: it would not, though it may be wrong */
  free(addr: UserAddr, trace: Trace): FreeError | null {
    if (addr === 0) return null;
    this.usage.frees++;
    const block = this.#live.get(addr);
    if (block === undefined) {
      this.#report('free', 0, addr, ['free', ...trace]);
      return null;
    }
    this.#live.delete(addr);
    block.freed = ['free', ...trace];
    this.#quarantine.push(block);
    this.#quarantined += block.size;
    let error: FreeError | null = null;
    while (this.#quarantined > QUARANTINE_BYTES) error ??= this.#release();
    return error;
  }

  /** @returns the bytes, the first one lowest; null: the process has got a signal */
  read(addr: UserAddr, size: number, trace: Trace): number | null {
    this.#check('read', addr, size, trace);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) {
      const byte = this.memory.load(addr + i);
      if (byte === null) return this.#killed(addr, trace);
      value = value * 256 + byte;
    }
    return value;
  }

  /** @returns whether the process has not got a signal */
  write(addr: UserAddr, size: number, value: number, trace: Trace): boolean {
    this.#check('write', addr, size, trace);
    for (let i = 0, left = value; i < size; i++, left = Math.floor(left / 256)) {
      if (this.memory.store(addr + i, left % 256)) continue;
      this.#killed(addr, trace);
      return false;
    }
    return true;
  }

  /** The piece around or near an address: pieces that were given back last are thought of first. */
  placeOf(addr: UserAddr): Place | null {
    for (const block of [...this.#quarantine.toReversed(), ...this.#live.values()]) {
      const { addr: start, size } = block;
      if (addr < start - REDZONE || addr >= start + size + REDZONE) continue;
      if (addr < start) return { block, side: 'before', bytes: start - addr };
      if (addr < start + size) return { block, side: 'inside', bytes: addr - start };
      return { block, side: 'after', bytes: addr - start - size };
    }
    return null;
  }

  #release(): FreeError | null {
    const oldest = this.#quarantine.shift();
    if (oldest === undefined) return null;
    this.#quarantined -= oldest.size;
    return this.#malloc.free(oldest.addr - REDZONE);
  }

  #check(kind: 'read' | 'write', addr: UserAddr, size: number, trace: Trace): void {
    const place = this.placeOf(addr);
    const last = this.placeOf(addr + size - 1);
    const fine = place === null || (isIn(place) && last !== null && isIn(last) && last.block === place.block);
    if (!fine || (place === null && last !== null)) this.#report(kind, size, addr, trace);
  }

  #report(kind: MemcheckError['kind'], size: number, addr: UserAddr, trace: Trace): void {
    this.errors.push({ kind, size, addr, trace, place: this.placeOf(addr) });
  }

  #killed(addr: UserAddr, trace: Trace): null {
    this.#report('killed', 0, addr, trace);
    return null;
  }
}

const isIn = ({ block, side }: Place): boolean => side === 'inside' && block.freed === null;
