/** One look at the text files of a machine that stands still: each is read once, and the first disagreement is kept. */

import { type TextMachine, type Values, valuesOf } from './proc_text.ts';

export const PAGE_KB = 4;

export class Look {
  readonly machine: TextMachine;
  /** null: all that was compared agrees; else which numbers differ. */
  broken: string | null = null;
  /** By path. */
  readonly #texts = new Map<string, string>();
  readonly #values = new Map<string, Values>();

  constructor(machine: TextMachine) {
    this.machine = machine;
  }

  same(what: string, ...[first, ...others]: readonly number[]): void {
    const other = others.find((each) => each !== first);
    if (other !== undefined) this.broken ??= `${what}: ${first} and ${other}`;
  }

  atMost(what: string, less: number, more: number): void {
    if (!(less <= more)) this.broken ??= `${what}: ${less}, and not more than ${more}`;
  }

  read(path: string): string {
    const text = this.#texts.get(path) ?? this.machine.read(path);
    this.#texts.set(path, text);
    return text;
  }

  number(path: string): number {
    return Number(this.read(path));
  }

  /** @returns what stands behind a name; NaN, which equals nothing: there is no such line */
  values(path: string): (name: string) => number {
    const values = this.#values.get(path) ?? valuesOf(this.read(path));
    this.#values.set(path, values);
    return (name) => values.get(name) ?? Number.NaN;
  }
}
