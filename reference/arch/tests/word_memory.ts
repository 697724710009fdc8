/** A few frames of memory, for tests of walks: entries written as one number each. */
import { PAGE_SIZE } from '../../include/param.ts';
import type { WordMemory } from '../page_walk.ts';

export class FewFrames implements WordMemory {
  readonly nrFrames: number;
  readonly #words: Uint32Array;

  constructor(nrFrames: number) {
    this.nrFrames = nrFrames;
    this.#words = new Uint32Array((nrFrames * PAGE_SIZE) / 4);
  }

  frameWords(pfn: number): Uint32Array {
    return this.#words.subarray((pfn * PAGE_SIZE) / 4, ((pfn + 1) * PAGE_SIZE) / 4);
  }

  /** An entry of 8 bytes. */
  write(at: number, entry: bigint): void {
    this.#words[at / 4] = Number(entry & 0xffff_ffffn);
    this.#words[at / 4 + 1] = Number(entry >> 32n);
  }

  read(at: number): bigint {
    return BigInt(this.#words[at / 4]) | (BigInt(this.#words[at / 4 + 1]) << 32n);
  }
}

/** A linear congruential generator: the same numbers on every run. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
