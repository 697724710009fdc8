/** Reads expressions of awk, each rule of precedence a method or a row of LEVELS. POSIX.1-2017, awk, Expressions. */
import type { Expression, Target } from './ast.ts';
import type { Tokens } from './tokens.ts';

const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '^='];
const COMPARISONS = ['<=', '>=', '==', '!=', '<', '>'];
/** Names that are no variables. */
const RESERVED = [
  'BEGIN',
  'END',
  'print',
  'printf',
  'if',
  'else',
  'while',
  'for',
  'do',
  'in',
  'next',
  'exit',
  'delete',
];
/** How deep expressions may be nested. */
const MOST_DEPTH = 200;

export class ExpressionReader {
  readonly #tokens: Tokens;
  /** In `print a > b` the sign is no comparison. */
  #printing = false;
  #depth = 0;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  expression(): Expression {
    if (++this.#depth > MOST_DEPTH) throw this.#tokens.wrong();
    const value = this.#choice();
    this.#depth--;
    if (!isTarget(value)) return value;
    const op = this.#tokens.takeAny(ASSIGNMENTS);
    return op === null ? value : { kind: 'assign', op, target: value, value: this.expression() };
  }

  /** What print is given. */
  printed(): Expression[] {
    if (this.#tokens.seesEnd) return [];
    this.#printing = true;
    const values = [this.expression()];
    while (this.#tokens.take(',')) values.push(this.expression());
    this.#printing = false;
    // print (a, b): the brackets are no value.
    const [only] = values;
    return values.length === 1 && only.kind === 'call' && only.name === '' ? [...only.args] : values;
  }

  /** Up to a bracket. */
  list(end: string): Expression[] {
    const values: Expression[] = [];
    if (this.#tokens.take(end)) return values;
    do {
      this.#tokens.skipLines();
      values.push(this.expression());
    } while (this.#tokens.take(','));
    this.#tokens.expect(end);
    return values;
  }

  #choice(): Expression {
    const condition = this.#or();
    if (!this.#tokens.take('?')) return condition;
    const yes = this.expression();
    this.#tokens.expect(':');
    return { kind: 'choice', condition, yes, no: this.expression() };
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#tokens.take('||')) {
      this.#tokens.skipLines();
      left = { kind: 'binary', op: '||', left, right: this.#and() };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#in();
    while (this.#tokens.take('&&')) {
      this.#tokens.skipLines();
      left = { kind: 'binary', op: '&&', left, right: this.#in() };
    }
    return left;
  }

  #in(): Expression {
    let left = this.#match();
    while (this.#tokens.takeName('in')) {
      const array = this.#tokens.name();
      if (array === null) throw this.#tokens.wrong();
      left = { kind: 'in', array, keys: left.kind === 'call' && left.name === '' ? left.args : [left] };
    }
    return left;
  }

  #match(): Expression {
    let left = this.#comparison();
    for (;;) {
      const op = this.#tokens.takeAny(['~', '!~']);
      if (op === null) return left;
      left = { kind: 'binary', op, left, right: this.#comparison() };
    }
  }

  #comparison(): Expression {
    const left = this.#concatenation();
    const op = this.#tokens.takeAny(this.#printing ? COMPARISONS.filter((each) => each !== '>') : COMPARISONS);
    return op === null ? left : { kind: 'binary', op, left, right: this.#concatenation() };
  }

  #concatenation(): Expression {
    let left = this.#sum();
    while (this.#startsOperand()) left = { kind: 'binary', op: '', left, right: this.#sum() };
    return left;
  }

  #startsOperand(): boolean {
    const { next } = this.#tokens;
    if (next.kind === 'name') return !RESERVED.includes(next.value);
    if (next.kind === 'operator') return ['$', '!', '(', '++', '--'].includes(next.value);
    return next.kind !== 'end';
  }

  #sum(): Expression {
    let left = this.#product();
    for (;;) {
      const op = this.#tokens.takeAny(['+', '-']);
      if (op === null) return left;
      left = { kind: 'binary', op, left, right: this.#product() };
    }
  }

  #product(): Expression {
    let left = this.#unary();
    for (;;) {
      const op = this.#tokens.takeAny(['*', '/', '%']);
      if (op === null) return left;
      left = { kind: 'binary', op, left, right: this.#unary() };
    }
  }

  #unary(): Expression {
    for (const op of ['!', '-', '+'] as const) {
      if (this.#tokens.take(op)) return { kind: 'unary', op, operand: this.#unary() };
    }
    return this.#power();
  }

  #power(): Expression {
    const base = this.#postfix();
    return this.#tokens.take('^') ? { kind: 'binary', op: '^', left: base, right: this.#unary() } : base;
  }

  #postfix(): Expression {
    for (const op of ['++', '--'] as const) {
      if (!this.#tokens.take(op)) continue;
      const target = this.#primary();
      if (!isTarget(target)) throw this.#tokens.wrong();
      return { kind: 'step', op, prefix: true, target };
    }
    const value = this.#primary();
    if (!isTarget(value)) return value;
    const op = this.#tokens.take('++') ? '++' : this.#tokens.take('--') ? '--' : null;
    return op === null ? value : { kind: 'step', op, prefix: false, target: value };
  }

  #primary(): Expression {
    const { next } = this.#tokens;
    if (next.kind === 'end') throw this.#tokens.wrong();
    if (next.kind === 'operator') return this.#bracketed();
    this.#tokens.at++;
    switch (next.kind) {
      case 'number':
        return { kind: 'number', value: next.value };
      case 'string':
        return { kind: 'string', value: next.value };
      case 'regexp':
        return { kind: 'regexp', source: next.value };
      default:
        return this.#named(next.value, next.call);
    }
  }

  #named(name: string, call: boolean): Expression {
    if (RESERVED.includes(name)) throw this.#tokens.wrong();
    if (call) {
      this.#tokens.expect('(');
      return { kind: 'call', name, args: this.#outsidePrint(() => this.list(')')) };
    }
    if (this.#tokens.take('[')) return { kind: 'element', array: name, keys: this.list(']') };
    return name === 'length' ? { kind: 'call', name, args: [] } : { kind: 'variable', name };
  }

  #bracketed(): Expression {
    if (this.#tokens.take('$')) return { kind: 'field', index: this.#postfixOperand() };
    if (!this.#tokens.take('(')) throw this.#tokens.wrong();
    const values = this.#outsidePrint(() => this.list(')'));
    // A list in brackets: for `in`, and for print.
    return values.length === 1 ? values[0] : { kind: 'call', name: '', args: values };
  }

  #postfixOperand(): Expression {
    for (const op of ['-', '+'] as const) {
      if (this.#tokens.take(op)) return { kind: 'unary', op, operand: this.#primary() };
    }
    return this.#primary();
  }

  #outsidePrint<Result>(read: () => Result): Result {
    const was = this.#printing;
    this.#printing = false;
    const result = read();
    this.#printing = was;
    return result;
  }
}

function isTarget(value: Expression): value is Target {
  return value.kind === 'variable' || value.kind === 'field' || value.kind === 'element';
}
