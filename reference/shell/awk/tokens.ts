/** The words of an awk program, one after the other. */
import { NotAwk, type Token } from './lexer.ts';

export class Tokens {
  at = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token {
    return this.#tokens[this.at];
  }

  get atEnd(): boolean {
    return this.next.kind === 'end';
  }

  sees(operator: string): boolean {
    const { next } = this;
    return next.kind === 'operator' && next.value === operator;
  }

  take(operator: string): boolean {
    if (!this.sees(operator)) return false;
    this.at++;
    return true;
  }

  /** Goes past one of these operators. */
  takeAny(operators: readonly string[]): string | null {
    return operators.find((operator) => this.take(operator)) ?? null;
  }

  takeName(name: string): boolean {
    const { next } = this;
    if (next.kind !== 'name' || next.value !== name) return false;
    this.at++;
    return true;
  }

  name(): string | null {
    const { next } = this;
    if (next.kind !== 'name') return null;
    this.at++;
    return next.value;
  }

  expect(operator: string): void {
    if (!this.take(operator)) throw this.wrong();
  }

  /** Whether a statement ends here. */
  get seesEnd(): boolean {
    return this.atEnd || this.sees(';') || this.sees('\n') || this.sees('}');
  }

  skipLines(): void {
    while (this.take('\n'));
  }

  skipEnd(): void {
    if (!this.take(';')) this.take('\n');
  }

  skipEnds(): void {
    while (this.take(';') || this.take('\n'));
  }

  wrong(): NotAwk {
    const { next } = this;
    return new NotAwk(next.kind === 'end' ? 'end of file' : String(next.value));
  }
}
