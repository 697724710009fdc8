/** What parts of the interpreter need of one another. */
import type { Running } from '../include/tool.ts';
import type { List, Word } from './ast.ts';
import type { Expanding } from './expand.ts';
import type { Piece } from './pattern.ts';
import type { ShellState } from './state.ts';
import type { Streams } from './streams.ts';

export interface Runner {
  readonly state: ShellState;
  /** The same, for another shell. */
  of(state: ShellState): Runner;
  /** Runs commands one after the other. @returns the exit status of the last one */
  list(list: List, streams: Streams): Running;
  /** Runs a text as a script. */
  script(text: string, streams: Streams): Running;
  /** null: something was wrong, and has been said. */
  words(words: readonly Word[], streams: Streams): Expanding<readonly string[] | null>;
  text(word: Word, streams: Streams): Expanding<string | null>;
  pieces(word: Word, streams: Streams): Expanding<readonly Piece[] | null>;
  /** @returns the value of an arithmetic expression; null: it is wrong, and that was said */
  arithmetic(word: Word, streams: Streams): Expanding<bigint | null>;
}

/** A command of the shell itself. */
export interface BuiltinCall {
  readonly runner: Runner;
  readonly state: ShellState;
  readonly name: string;
  readonly args: readonly string[];
  readonly streams: Streams;
  readonly out: (text: string) => void;
  /** Says what is wrong: `bash: cd: ...`. @returns the status 1 */
  readonly fail: (says: string) => number;
}

export type Builtin = (call: BuiltinCall) => number | Running;
