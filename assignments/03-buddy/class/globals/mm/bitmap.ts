/** Bits 0..size-1, with one summary bit for each word of 32, and one for each 32 of those. */
export class Bitmap {
  private readonly levels: Uint32Array[] = [];

  constructor(size: number) {
    let words = Math.max(1, Math.ceil(size / 32));
    this.levels.push(new Uint32Array(words));
    while (words > 1) {
      words = Math.ceil(words / 32);
      this.levels.push(new Uint32Array(words));
    }
  }

  has(bit: number): boolean {
    return ((this.levels[0]![bit >>> 5]! >>> (bit & 31)) & 1) === 1;
  }

  add(bit: number): void {
    for (const level of this.levels) {
      const old = level[bit >>> 5]!;
      level[bit >>> 5] = old | (1 << (bit & 31));
      if (old !== 0) return;
      bit >>>= 5;
    }
  }

  delete(bit: number): void {
    for (const level of this.levels) {
      const left = level[bit >>> 5]! & ~(1 << (bit & 31));
      level[bit >>> 5] = left;
      if (left !== 0) return;
      bit >>>= 5;
    }
  }

  /** A set bit, or -1. */
  any(): number {
    let at = 0;
    for (let l = this.levels.length - 1; l >= 0; l--) {
      const word = this.levels[l]![at]!;
      if (word === 0) return -1;
      at = at * 32 + (31 - Math.clz32(word));
    }
    return at;
  }

  all(): number[] {
    const found: number[] = [];
    const words = this.levels[0]!;
    for (let w = 0; w < words.length; w++) {
      for (let b = 0; b < 32; b++) if ((words[w]! >>> b) & 1) found.push(w * 32 + b);
    }
    return found;
  }
}
