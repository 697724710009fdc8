/**
 * A set of small whole numbers (0 ≤ n < 2^31) as a sparse bitmap: 32 numbers to a word, words kept in a Map.
 * All members cost amortised O(1), however many numbers there are and however far apart.
 *
 * Invariant: a word stands in `words` exactly as long as its key stands once in `trail`. A word that has run empty
 * stays in both, as 0, until it comes to the end of the trail in `takeAny`.
 */
export class SparseBits {
  readonly #words = new Map<number, number>();
  readonly #trail: number[] = [];
  #population = 0;

  get size(): number {
    return this.#population;
  }

  has(n: number): boolean {
    return (((this.#words.get(n >>> 5) ?? 0) >>> (n & 31)) & 1) === 1;
  }

  /** n must not be in the set. */
  add(n: number): void {
    const key = n >>> 5;
    const word = this.#words.get(key);
    if (word === undefined) this.#trail.push(key);
    this.#words.set(key, (word ?? 0) | (1 << (n & 31)));
    this.#population++;
  }

  /** @returns whether n was in the set */
  remove(n: number): boolean {
    const key = n >>> 5;
    const word = this.#words.get(key);
    const bit = 1 << (n & 31);
    if (word === undefined || (word & bit) === 0) return false;
    this.#words.set(key, word & ~bit);
    this.#population--;
    return true;
  }

  /** Takes out some number: the highest of the word that came into use last. The set must not be empty. */
  takeAny(): number {
    for (;;) {
      const key = this.#trail[this.#trail.length - 1]!;
      const word = this.#words.get(key)!;
      if (word !== 0) {
        const top = 31 - Math.clz32(word);
        this.#words.set(key, word & ~(1 << top));
        this.#population--;
        return key * 32 + top;
      }
      this.#trail.pop();
      this.#words.delete(key);
    }
  }

  /** All members, in no particular order. */
  members(): number[] {
    const found: number[] = [];
    for (const [key, word] of this.#words) {
      for (let rest = word; rest !== 0; ) {
        const top = 31 - Math.clz32(rest);
        found.push(key * 32 + top);
        rest &= ~(1 << top);
      }
    }
    return found;
  }
}
