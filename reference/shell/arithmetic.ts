/**
 * `$((...))`: 64-bit numbers, operators as in C. POSIX.1-2017, 2.6.4. Each rule of precedence is a row of LEVELS.
 * What it says when something is wrong is what bash says.
 */

/** Variables by name; '' is 0. */
export interface Variables {
  get(name: string): string;
  set(name: string, value: string): void;
}

/** It never leaves evaluate(). */
class Wrong extends Error {}

type Binary = (a: bigint, b: bigint) => bigint;
const truth = (is: boolean): bigint => (is ? 1n : 0n);

/** From weak to strong. `&&`, `||`, `?:`, assignments and `**` are apart. */
const LEVELS: readonly Readonly<Record<string, Binary>>[] = [
  { '|': (a, b) => a | b },
  { '^': (a, b) => a ^ b },
  { '&': (a, b) => a & b },
  { '==': (a, b) => truth(a === b), '!=': (a, b) => truth(a !== b) },
  {
    '<=': (a, b) => truth(a <= b),
    '>=': (a, b) => truth(a >= b),
    '<': (a, b) => truth(a < b),
    '>': (a, b) => truth(a > b),
  },
  { '<<': (a, b) => a << (b & 63n), '>>': (a, b) => a >> (b & 63n) },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => quotient(a, b), '%': (a, b) => a - quotient(a, b) * b },
];
const OPERATORS: Readonly<Record<string, Binary>> = Object.assign({}, ...LEVELS);
const MOST_DEPTH = 200;

function quotient(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new Wrong('division by 0');
  return a / b;
}

/** @returns the number, or what is wrong */
export function evaluate(text: string, variables: Variables): bigint | { readonly says: string } {
  if (text.trim() === '') return 0n;
  const reader = new Reader(text, variables, 0);
  try {
    return reader.all();
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const token = reader.rest.trim();
    return { says: `${text.trim()}: ${error.message} (error token is "${token === '' ? text.trim() : token}")` };
  }
}

class Reader {
  readonly #text: string;
  readonly #variables: Variables;
  #depth: number;
  #at = 0;
  /** Above 0: what is read has no effect, as behind `0 &&`. */
  #skipping = 0;

  constructor(text: string, variables: Variables, depth: number) {
    this.#text = text;
    this.#variables = variables;
    this.#depth = depth;
  }

  get rest(): string {
    return this.#text.slice(this.#at);
  }

  all(): bigint {
    const value = this.#comma();
    if (this.rest.trim() !== '') throw new Wrong('syntax error in expression');
    return value;
  }

  #take(pattern: RegExp): string | null {
    const found = /^\s*/.exec(this.rest)?.[0].length ?? 0;
    const match = pattern.exec(this.rest.slice(found));
    if (match === null || match.index !== 0) return null;
    this.#at += found + match[0].length;
    return match[0];
  }

  #comma(): bigint {
    let value = this.#assignment();
    while (this.#take(/^,/) !== null) value = this.#assignment();
    return value;
  }

  #assignment(): bigint {
    const from = this.#at;
    const name = this.#take(/^[A-Za-z_]\w*/);
    const operator = name === null ? null : this.#take(/^(?:=(?!=)|(?:\*|\/|%|\+|-|<<|>>|&|\^|\|)=)/);
    if (name === null || operator === null) {
      this.#at = from;
      return this.#choice();
    }
    const right = this.#assignment();
    const how = OPERATORS[operator.slice(0, -1)];
    return this.#set(name, how === undefined ? right : how(this.#value(name), right));
  }

  #set(name: string, value: bigint): bigint {
    const kept = BigInt.asIntN(64, value);
    if (this.#skipping === 0) this.#variables.set(name, String(kept));
    return kept;
  }

  #skip(skips: boolean, read: () => bigint): bigint {
    if (skips) this.#skipping++;
    const value = read();
    if (skips) this.#skipping--;
    return value;
  }

  #choice(): bigint {
    const condition = this.#or();
    if (this.#take(/^\?/) === null) return condition;
    const yes = this.#skip(condition === 0n, () => this.#assignment());
    if (this.#take(/^:/) === null) throw new Wrong("`:' expected for conditional expression");
    const no = this.#skip(condition !== 0n, () => this.#assignment());
    return condition === 0n ? no : yes;
  }

  #or(): bigint {
    let left = this.#and();
    while (this.#take(/^\|\|/) !== null) {
      const right = this.#skip(left !== 0n, () => this.#and());
      left = truth(left !== 0n || right !== 0n);
    }
    return left;
  }

  #and(): bigint {
    let left = this.#binary(0);
    while (this.#take(/^&&/) !== null) {
      const right = this.#skip(left === 0n, () => this.#binary(0));
      left = truth(left !== 0n && right !== 0n);
    }
    return left;
  }

  #binary(level: number): bigint {
    if (level === LEVELS.length) return this.#power();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#take(/^(?:<<|>>|<=|>=|==|!=|&(?!&)|\|(?!\|)|[-+*/%^<>])(?!=)/) ?? '';
      const how = LEVELS[level][operator];
      if (how === undefined) {
        this.#at -= operator.length;
        return left;
      }
      const right = this.#binary(level + 1);
      if (this.#skipping === 0) left = BigInt.asIntN(64, how(left, right));
    }
  }

  #power(): bigint {
    const base = this.#unary();
    if (this.#take(/^\*\*/) === null) return base;
    const exponent = this.#power();
    if (exponent < 0n) throw new Wrong('exponent less than 0');
    let result = 1n;
    for (let i = 0n; i < exponent && i < 64n; i++) result = BigInt.asIntN(64, result * base);
    return result;
  }

  #unary(): bigint {
    if (++this.#depth > MOST_DEPTH) throw new Wrong('expression recursion level exceeded');
    const value = this.#signed();
    this.#depth--;
    return value;
  }

  #signed(): bigint {
    const step = this.#take(/^(?:\+\+|--)(?=\s*[A-Za-z_])/);
    if (step !== null) {
      const name = this.#take(/^\w+/) ?? '';
      return this.#set(name, this.#value(name) + (step === '++' ? 1n : -1n));
    }
    if (this.#take(/^-/) !== null) return BigInt.asIntN(64, -this.#unary());
    if (this.#take(/^\+/) !== null) return this.#unary();
    if (this.#take(/^!/) !== null) return truth(this.#unary() === 0n);
    if (this.#take(/^~/) !== null) return ~this.#unary();
    return this.#primary();
  }

  #primary(): bigint {
    if (this.#take(/^\(/) !== null) {
      const value = this.#comma();
      if (this.#take(/^\)/) === null) throw new Wrong("missing `)'");
      return value;
    }
    const number = this.#take(/^(?:0[xX][0-9a-fA-F]+|\d+#[0-9a-zA-Z]+|\d\w*)/);
    if (number !== null) return numeral(number);
    const name = this.#take(/^[A-Za-z_]\w*/);
    if (name === null) throw new Wrong('syntax error: operand expected');
    const value = this.#value(name);
    const step = this.#take(/^(?:\+\+|--)/);
    if (step !== null) this.#set(name, value + (step === '++' ? 1n : -1n));
    return value;
  }

  /** A variable may hold an expression. */
  #value(name: string): bigint {
    const text = this.#variables.get(name);
    if (text.trim() === '') return 0n;
    if (this.#depth > MOST_DEPTH) throw new Wrong('expression recursion level exceeded');
    return new Reader(text, this.#variables, this.#depth + 1).all();
  }
}

function numeral(text: string): bigint {
  if (/^0[xX]/.test(text)) return BigInt.asIntN(64, BigInt(text));
  const [, base, digits = ''] = /^(\d+)#(\w+)$/.exec(text) ?? [];
  if (base !== undefined) return inBase(digits, Number(base));
  if (/^0\d/.test(text)) return inBase(text.slice(1), 8);
  if (!/^\d+$/.test(text)) throw new Wrong('value too great for base');
  return BigInt.asIntN(64, BigInt(text));
}

function inBase(digits: string, base: number): bigint {
  if (base < 2 || base > 36) throw new Wrong('invalid arithmetic base');
  let value = 0n;
  for (const digit of digits) {
    const worth = Number.parseInt(digit, 36);
    if (!(worth < base)) throw new Wrong('value too great for base');
    value = value * BigInt(base) + BigInt(worth);
  }
  return BigInt.asIntN(64, value);
}
