/** `[[ ... ]]`: conditions whose words are neither split nor names of files. bash(1), Conditional Expressions. */
import type { Running } from '../include/tool.ts';
import type { Word } from './ast.ts';
import { binaryTest, isBinaryTest, isUnaryTest, unaryTest } from './conditions.ts';
import { regexpOf } from './coreutils/regexp.ts';
import type { Expanding } from './expand.ts';
import { patternOf } from './pattern.ts';
import type { Runner } from './runner.ts';
import type { Streams } from './streams.ts';

/** @returns 0: it holds; 1; 2: it makes no sense */
export function* testWords(runner: Runner, words: readonly Word[], streams: Streams): Running {
  const test = new Test(runner, [...words], streams);
  const holds = yield* test.or();
  if (holds === null || !test.atEnd) {
    streams.err.write('bash: syntax error in conditional expression\n');
    return 2;
  }
  return holds ? 0 : 1;
}

class Test {
  readonly #runner: Runner;
  readonly #rest: Word[];
  readonly #streams: Streams;

  constructor(runner: Runner, rest: Word[], streams: Streams) {
    this.#runner = runner;
    this.#rest = rest;
    this.#streams = streams;
  }

  get atEnd(): boolean {
    return this.#rest.length === 0;
  }

  /** The next word, if it is one plain text. */
  #plain(ahead = 0): string | null {
    const word = this.#rest.at(ahead);
    const [part] = word ?? [];
    return word?.length === 1 && part.kind === 'text' && !part.quoted ? part.text : null;
  }

  #take(text: string): boolean {
    if (this.#rest.length === 0 || this.#plain() !== text) return false;
    this.#rest.shift();
    return true;
  }

  *or(): Expanding<boolean | null> {
    let holds = yield* this.and();
    while (holds !== null && this.#take('||')) {
      const other = yield* this.and();
      holds = other === null ? null : holds || other;
    }
    return holds;
  }

  *and(): Expanding<boolean | null> {
    let holds = yield* this.#not();
    while (holds !== null && this.#take('&&')) {
      const other = yield* this.#not();
      holds = other === null ? null : holds && other;
    }
    return holds;
  }

  *#not(): Expanding<boolean | null> {
    if (this.#take('!')) {
      const holds = yield* this.#not();
      return holds === null ? null : !holds;
    }
    if (!this.#take('(')) return yield* this.#primary();
    const holds = yield* this.or();
    return this.#take(')') ? holds : null;
  }

  *#text(): Expanding<string | null> {
    const word = this.#rest.shift();
    return word === undefined ? null : yield* this.#runner.text(word, this.#streams);
  }

  *#primary(): Expanding<boolean | null> {
    const { files } = this.#runner.state;
    const operator = this.#plain();
    if (operator !== null && isUnaryTest(operator) && this.#rest.length > 1) {
      this.#rest.shift();
      const operand = yield* this.#text();
      return operand === null ? null : unaryTest(operator, operand, files);
    }
    const left = yield* this.#text();
    if (left === null) return null;
    const binary = this.#rest.length > 1 ? this.#plain() : null;
    if (binary === null || !(isBinaryTest(binary) || binary === '=~')) return left !== '';
    this.#rest.shift();
    return yield* this.#compare(left, binary);
  }

  *#compare(left: string, operator: string): Expanding<boolean | null> {
    const word = this.#rest.shift() ?? [];
    if (operator === '=' || operator === '==' || operator === '!=') {
      const pieces = yield* this.#runner.pieces(word, this.#streams);
      return pieces === null ? null : patternOf(pieces).test(left) === (operator !== '!=');
    }
    const right = yield* this.#runner.text(word, this.#streams);
    if (right === null) return null;
    return operator === '=~' ? (regexpOf(right, 'extended')?.test(left) ?? null) : binaryTest(left, operator, right);
  }
}
