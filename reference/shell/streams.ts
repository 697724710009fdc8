/** Where programs read from and write to. */
import { ENOMEM } from '../include/errno.ts';
import type { MachineFiles } from './files.ts';

/** What is written. */
export interface Sink {
  /** As write(2). @returns 0 or a negative errno */
  write(text: string): number;
  /** Nobody wants more: whoever writes to it ends, as with SIGPIPE. */
  readonly isFull: boolean;
  /** null: a terminal, or a pipe. */
  readonly path: string | null;
}

/** What is read: one after the other may read a part of it. */
export class Input {
  #rest: string;

  constructor(text: string) {
    this.#rest = text;
  }

  /** All that is left. */
  all(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }

  /** Without its end. @returns null: there is none */
  line(): string | null {
    if (this.#rest === '') return null;
    const end = this.#rest.indexOf('\n');
    const line = end < 0 ? this.#rest : this.#rest.slice(0, end);
    this.#rest = end < 0 ? '' : this.#rest.slice(end + 1);
    return line;
  }
}

/** The most that a pipe holds, in bytes. */
const PIPE_BYTES = 2 ** 28;

/** Keeps what is written: a pipe, `$(...)`. SIMPLIFIED: all of it, so that what is too large for that does not pass. */
export class Buffer implements Sink {
  readonly path = null;
  readonly #parts: string[] = [];
  readonly #mostLines: number;
  #lines = 0;
  #bytes = 0;

  /** @param mostLines  more nobody reads */
  constructor(mostLines = Infinity) {
    this.#mostLines = mostLines;
  }

  write(text: string): number {
    this.#bytes += text.length;
    if (this.#bytes > PIPE_BYTES) return -ENOMEM;
    this.#parts.push(text);
    if (this.#mostLines < Infinity) this.#lines += text.split('\n').length - 1;
    return 0;
  }

  get isFull(): boolean {
    return this.#lines >= this.#mostLines || this.#bytes > PIPE_BYTES;
  }

  get text(): string {
    return this.#parts.join('');
  }
}

/** A file that was opened for writing. */
export class FileSink implements Sink {
  readonly isFull = false;
  readonly path: string;
  readonly #files: MachineFiles;

  constructor(files: MachineFiles, path: string) {
    this.#files = files;
    this.path = path;
  }

  write(text: string): number {
    return this.#files.write(this.path, text, 'append');
  }
}

/** What a command reads from and writes to: descriptors 0, 1 and 2. */
export interface Streams {
  readonly input: Input;
  readonly out: Sink;
  readonly err: Sink;
}
