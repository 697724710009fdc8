/** Reads awk programs: rules and statements. POSIX.1-2017, awk, Grammar. SIMPLIFIED: no functions of one's own, no getline. */
import type { Pattern, Rule, Statement } from './ast.ts';
import { ExpressionReader } from './expressions.ts';
import { NotAwk, type Token, tokensOf } from './lexer.ts';
import { Tokens } from './tokens.ts';

/** @returns the rules, or the text where it goes wrong */
export function parseAwk(text: string): readonly Rule[] | { readonly near: string } {
  try {
    return new Parser(tokensOf(text)).program();
  } catch (error) {
    if (!(error instanceof NotAwk)) throw error;
    return { near: error.message };
  }
}

class Parser {
  readonly #tokens: Tokens;
  readonly #expressions: ExpressionReader;

  constructor(tokens: readonly Token[]) {
    this.#tokens = new Tokens(tokens);
    this.#expressions = new ExpressionReader(this.#tokens);
  }

  program(): Rule[] {
    const rules: Rule[] = [];
    for (;;) {
      this.#tokens.skipEnds();
      if (this.#tokens.atEnd) return rules;
      rules.push(this.#rule());
    }
  }

  #rule(): Rule {
    const pattern = this.#pattern();
    if (this.#tokens.sees('{')) return { pattern, body: this.#block() };
    if (pattern.kind === 'BEGIN' || pattern.kind === 'END' || pattern.kind === 'always') throw this.#tokens.wrong();
    return { pattern, body: { kind: 'print', values: [] } };
  }

  #pattern(): Pattern {
    if (this.#tokens.takeName('BEGIN')) return { kind: 'BEGIN' };
    if (this.#tokens.takeName('END')) return { kind: 'END' };
    if (this.#tokens.sees('{')) return { kind: 'always' };
    const condition = this.#expressions.expression();
    if (!this.#tokens.take(',')) return { kind: 'when', condition };
    return { kind: 'range', from: condition, to: this.#expressions.expression() };
  }

  #block(): Statement {
    this.#tokens.expect('{');
    const body: Statement[] = [];
    for (;;) {
      this.#tokens.skipEnds();
      if (this.#tokens.take('}')) return { kind: 'block', body };
      body.push(this.#statement());
    }
  }

  /** A statement behind a condition, maybe on a line of its own. */
  #body(): Statement {
    this.#tokens.skipLines();
    if (this.#tokens.take(';')) return { kind: 'block', body: [] };
    const statement = this.#statement();
    this.#tokens.skipEnd();
    return statement;
  }

  #statement(): Statement {
    const tokens = this.#tokens;
    if (tokens.sees('{')) return this.#block();
    if (tokens.takeName('if')) return this.#if();
    if (tokens.takeName('while')) {
      const condition = this.#condition();
      return { kind: 'while', condition, body: this.#body(), first: false };
    }
    if (tokens.takeName('do')) {
      const body = this.#body();
      tokens.skipEnds();
      if (!tokens.takeName('while')) throw tokens.wrong();
      return { kind: 'while', condition: this.#condition(), body, first: true };
    }
    if (tokens.takeName('for')) return this.#for();
    return this.#simple();
  }

  #condition() {
    this.#tokens.expect('(');
    const condition = this.#expressions.expression();
    this.#tokens.expect(')');
    return condition;
  }

  #if(): Statement {
    const condition = this.#condition();
    const yes = this.#body();
    const back = this.#tokens.at;
    this.#tokens.skipEnds();
    if (this.#tokens.takeName('else')) return { kind: 'if', condition, yes, no: this.#body() };
    this.#tokens.at = back;
    return { kind: 'if', condition, yes, no: null };
  }

  #for(): Statement {
    const tokens = this.#tokens;
    tokens.expect('(');
    const back = tokens.at;
    const name = tokens.name();
    if (name !== null && tokens.takeName('in')) {
      const array = tokens.name();
      if (array !== null && tokens.take(')')) return { kind: 'forIn', name, array, body: this.#body() };
    }
    tokens.at = back;
    const first = tokens.sees(';') ? null : this.#simple();
    tokens.expect(';');
    const condition = tokens.sees(';') ? null : this.#expressions.expression();
    tokens.expect(';');
    const step = tokens.sees(')') ? null : this.#simple();
    tokens.expect(')');
    return { kind: 'for', first, condition, step, body: this.#body() };
  }

  #simple(): Statement {
    const tokens = this.#tokens;
    for (const kind of ['print', 'printf'] as const) {
      if (!tokens.takeName(kind)) continue;
      const values = this.#expressions.printed();
      if (kind === 'printf' && values.length === 0) throw tokens.wrong();
      return { kind, values };
    }
    for (const kind of ['next', 'break', 'continue'] as const) if (tokens.takeName(kind)) return { kind };
    if (tokens.takeName('exit')) {
      return { kind: 'exit', status: tokens.seesEnd ? null : this.#expressions.expression() };
    }
    if (tokens.takeName('delete')) return this.#delete();
    return { kind: 'expression', value: this.#expressions.expression() };
  }

  #delete(): Statement {
    const array = this.#tokens.name();
    if (array === null) throw this.#tokens.wrong();
    return { kind: 'delete', array, keys: this.#tokens.take('[') ? this.#expressions.list(']') : null };
  }
}
