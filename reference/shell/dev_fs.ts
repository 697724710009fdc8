/** Files of /dev that need no device. Linux: drivers/char/mem.c, drivers/char/random.c. */

import { type PseudoFile, PseudoFs, pseudoDir } from '../fs/proc/generic.ts';
import { ENOSPC } from '../include/errno.ts';
import { textOf } from '../lib/latin1.ts';
import type { Xorshift } from '../lib/xorshift.ts';

/** Most bytes of one that has no end, when all of it is read. */
const ENDLESS = 2 ** 16;

function device(bytes: (len: number) => Uint8Array, write = (): number => 0): PseudoFile {
  const read = (): string => textOf(bytes(ENDLESS));
  return { kind: 'file', mode: 0o666, uid: 0, strict: false, read, write, bytes: (_reader, _pos, len) => bytes(len) };
}

export class DevFs extends PseudoFs {
  /** @param random  seeded */
  constructor(random: Xorshift) {
    const chance = (len: number): Uint8Array => Uint8Array.from({ length: len }, () => random.below(256));
    const zero = (len: number): Uint8Array => new Uint8Array(len);
    super(
      '/dev',
      pseudoDir({
        full: device(zero, () => -ENOSPC),
        null: device(() => new Uint8Array()),
        random: device(chance),
        urandom: device(chance),
        zero: device(zero),
      }),
    );
  }
}
