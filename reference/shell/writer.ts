/** Collects what a program writes, and passes it on at once when the program gives way: one write(2), not many. */
import { EACCES } from '../include/errno.ts';
import { strerror } from '../lib/strerror.ts';
import type { Sink } from './streams.ts';

export class Writer {
  readonly #sink: Sink;
  #text = '';
  #error = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  readonly write = (text: string): void => {
    this.#text += text;
  };

  flush(): void {
    if (this.#text === '') return;
    const error = this.#error === 0 ? this.#sink.write(this.#text) : 0;
    if (error !== 0) this.#error = error;
    this.#text = '';
  }

  get isFull(): boolean {
    return this.#sink.isFull;
  }

  /** What went wrong, as it is said: a file that is not to be opened is the shell's business. null: nothing did. */
  complaint(program: string): string | null {
    if (this.#error === 0) return null;
    if (this.#error === -EACCES && this.#sink.path !== null) return `bash: ${this.#sink.path}: ${strerror(EACCES)}\n`;
    return `${program}: write error: ${strerror(this.#error)}\n`;
  }
}
