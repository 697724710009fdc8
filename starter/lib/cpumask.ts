/** A set of CPUs, one bit each. Linux: include/linux/cpumask.h. */
import type { Cpumask } from '../include/tlb.ts';

export class CpuSet implements Cpumask {
  readonly #words: Int32Array;

  /** @param nrCpus  CPUs 0 .. nrCpus-1 may be in it */
  constructor(nrCpus: number) {
    this.#words = new Int32Array(Math.ceil(nrCpus / 32));
  }

  has(cpu: number): boolean {
    return ((this.#words[cpu >>> 5] >>> (cpu & 31)) & 1) !== 0;
  }

  add(cpu: number): void {
    this.#words[cpu >>> 5] |= 1 << (cpu & 31);
  }

  delete(cpu: number): void {
    this.#words[cpu >>> 5] &= ~(1 << (cpu & 31));
  }

  /** The first CPU of the set that is not below `from`, or -1. Linux: cpumask_next(). */
  next(from: number): number {
    let rest = -1 << (from & 31);
    for (let word = from >>> 5; word < this.#words.length; word++, rest = -1) {
      const bits = this.#words[word] & rest;
      if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits);
    }
    return -1;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let cpu = this.next(0); cpu >= 0; cpu = this.next(cpu + 1)) yield cpu;
  }
}
