/** Chance that is the same on every run. */
import { createHash } from 'node:crypto';

/** @returns bits of SHA-256 over the seed and a count: 0 ≤ n < 2^bits, bits ≤ 48 */
export function seededBits(seed: string): (bits: number) => number {
  let drawn = 0;
  return (bits) => {
    const digest = createHash('sha256').update(`${seed} ${drawn++}`).digest();
    return digest.readUIntBE(0, 6) % 2 ** bits;
  };
}
