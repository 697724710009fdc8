/** A small machine to type at. */

import type { MachineDescription } from '../../../starter/include/kernel.ts';
import { smallMachine } from '../../../starter/include/machine.ts';
import { Session } from '../session.ts';

const TIMING = { latencyNs: 100_000, nsPerBlock: 10_000 };

/** 32 MiB, one CPU, a swap area of 4 MiB. */
export const SMALL: MachineDescription = {
  memory: smallMachine(8192),
  disk: { blocks: 16_384, ...TIMING },
  files: [{ path: '/data/zeroes', size: 2 ** 20 }],
  swap: [{ path: '/dev/sda2', disk: { blocks: 1024, ...TIMING }, rotational: false, boot: null }],
  sysctls: {},
  thp: 'never',
  quirks: { maybeGuard: true },
  seed: 1,
};

const MOST_STEPS = 50_000;

export interface Typed {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

export class Keyboard {
  readonly session: Session;
  #out = '';
  #err = '';

  constructor(texts: Readonly<Record<string, string>> = {}, description = SMALL) {
    this.session = Session.boot(description, texts, {
      out: (text) => {
        this.#out += text;
      },
      err: (text) => {
        this.#err += text;
      },
    });
  }

  type(line: string): Typed {
    this.session.begin(line);
    for (let steps = 0; this.session.step(); steps++) if (steps > MOST_STEPS) throw new Error(`${line} does not end`);
    return this.take();
  }

  /** What was shown since it was last asked. */
  take(): Typed {
    const typed = { out: this.#out, err: this.#err, status: this.session.status };
    this.#out = '';
    this.#err = '';
    return typed;
  }
}

const shared = new Keyboard();

/** Types at a machine that others have typed at, too. @returns what it wrote, both streams, and the status if it is not 0 */
export function typed(line: string): string {
  const { out, err, status } = shared.type(`cd\n${line}`);
  return out + err + (status === 0 ? '' : `(${status})`);
}
