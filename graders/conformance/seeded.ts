/** Chance that is the same on every run. */

/**
 * SplitMix32: each call mixes the next of evenly spaced states.
 * @returns a source of numbers 0 ≤ n < 2^bits, bits ≤ 32
 */
export function seededBits(seed: string): (bits: number) => number {
  let state = [...seed].reduce(
    (hash, letter) => Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193),
    0x811c9dc5,
  );
  return (bits) => {
    state = (state + 0x9e3779b9) | 0;
    const once = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    const twice = Math.imul(once ^ (once >>> 15), 0x735a2d97);
    return Math.floor(((twice ^ (twice >>> 15)) >>> 0) / 2 ** (32 - bits));
  };
}
