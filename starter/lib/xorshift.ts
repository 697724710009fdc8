/** Chance with a seed: the same numbers on every run and every machine. Textbook: xorshift (Marsaglia). */

export class Xorshift {
  #state: number;

  /** @param seed  any number; 0 ≤ seed < 2^32 makes a difference */
  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  }

  /** 0 ≤ n < 2^32. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  /** 0 ≤ n < below. @param below  1 ≤ below ≤ 2^32 */
  below(below: number): number {
    return Math.floor((this.next() / 2 ** 32) * below);
  }
}
