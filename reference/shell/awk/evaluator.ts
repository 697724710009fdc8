/** Values of expressions, and the variables they are about. POSIX.1-2017, awk, Expressions. */
import { regexpOf } from '../coreutils/regexp.ts';
import { general } from '../format.ts';
import type { Expression, Target } from './ast.ts';
import { callPlain } from './functions.ts';
import { isNumeric, Line, split, toNumber, toText, type Value } from './record.ts';

const SUBSEP = '\x1c';

export class Evaluator {
  readonly line = new Line();
  readonly #variables = new Map<string, Value>([
    ['FS', ' '],
    ['OFS', ' '],
    ['ORS', '\n'],
    ['SUBSEP', SUBSEP],
    ['OFMT', '%.6g'],
  ]);
  readonly #arrays = new Map<string, Map<string, Value>>();

  /** The next line, and its number. */
  read(text: string, number: number): void {
    this.line.read(text, this.text(this.variable('FS')));
    this.#variables.set('NR', number);
  }

  setVariable(name: string, value: Value): void {
    this.#variables.set(name, value);
    if (name === 'NF') this.line.setCount(toNumber(value), this.text(this.variable('OFS')));
  }

  variable(name: string): Value {
    return name === 'NF' ? this.line.count : (this.#variables.get(name) ?? { read: '' });
  }

  array(name: string): Map<string, Value> {
    const array = this.#arrays.get(name) ?? new Map<string, Value>();
    this.#arrays.set(name, array);
    return array;
  }

  key(keys: readonly Expression[]): string {
    return keys.map((key) => this.text(this.value(key))).join(SUBSEP);
  }

  text(value: Value): string {
    return toText(value, (number) => general(number, 6));
  }

  holds(expression: Expression): boolean {
    return isTrue(this.value(expression));
  }

  value(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value;
      case 'regexp':
        return Number(regexp(expression.source).test(this.line.field(0)));
      case 'variable':
        return this.variable(expression.name);
      case 'field':
        return { read: this.line.field(toNumber(this.value(expression.index))) };
      case 'element':
        return this.#element(expression.array, this.key(expression.keys));
      case 'in':
        return Number(this.array(expression.array).has(this.key(expression.keys)));
      case 'assign':
        return this.#assign(expression.op, expression.target, this.value(expression.value));
      case 'step': {
        const before = toNumber(this.value(expression.target));
        const after = before + (expression.op === '++' ? 1 : -1);
        this.#set(expression.target, after);
        return expression.prefix ? after : before;
      }
      case 'unary': {
        const operand = this.value(expression.operand);
        if (expression.op === '!') return Number(!isTrue(operand));
        return expression.op === '-' ? -toNumber(operand) : toNumber(operand);
      }
      case 'binary':
        return this.#binary(expression.op, expression.left, expression.right);
      case 'choice':
        return this.value(this.holds(expression.condition) ? expression.yes : expression.no);
      case 'call':
        return this.#call(expression.name, expression.args);
      default: {
        const never: never = expression;
        return never;
      }
    }
  }

  #element(array: string, key: string): Value {
    const values = this.array(array);
    const value = values.get(key) ?? { read: '' };
    values.set(key, value);
    return value;
  }

  #assign(op: string, target: Target, value: Value): Value {
    if (op === '=') return this.#set(target, value);
    return this.#set(target, arithmetic(op.slice(0, -1), toNumber(this.value(target)), toNumber(value)));
  }

  #set(target: Target, value: Value): Value {
    if (target.kind === 'variable') this.setVariable(target.name, value);
    else if (target.kind === 'element') this.array(target.array).set(this.key(target.keys), value);
    else {
      const [separator, joint] = ['FS', 'OFS'].map((name) => this.text(this.variable(name)));
      this.line.set(toNumber(this.value(target.index)), this.text(value), separator, joint);
    }
    return value;
  }

  #binary(op: string, left: Expression, right: Expression): Value {
    if (op === '&&') return Number(this.holds(left) && this.holds(right));
    if (op === '||') return Number(this.holds(left) || this.holds(right));
    const a = this.value(left);
    if (op === '~' || op === '!~') return Number(this.#pattern(right).test(this.text(a)) === (op === '~'));
    const b = this.value(right);
    if (op === '') return this.text(a) + this.text(b);
    if (/^[-+*/%^]$/.test(op)) return arithmetic(op, toNumber(a), toNumber(b));
    return Number(this.#compare(op, a, b));
  }

  #compare(op: string, a: Value, b: Value): boolean {
    const isEmpty = (value: Value): boolean => typeof value === 'object' && value.read === '';
    const numbers = (isNumeric(a) || isEmpty(a)) && (isNumeric(b) || isEmpty(b)) && !(isEmpty(a) && isEmpty(b));
    const [x, y] = numbers ? [toNumber(a), toNumber(b)] : [this.text(a), this.text(b)];
    const order = x < y ? -1 : x > y ? 1 : 0;
    if (op === '==') return order === 0;
    if (op === '!=') return order !== 0;
    if (op.startsWith('<')) return order < 0 || (op === '<=' && order === 0);
    return order > 0 || (op === '>=' && order === 0);
  }

  #pattern(expression: Expression): RegExp {
    return regexp(expression.kind === 'regexp' ? expression.source : this.text(this.value(expression)));
  }

  #call(name: string, args: readonly Expression[]): Value {
    const [first, second] = args;
    if (name === 'split') return this.#split(args);
    if (name === 'sub' || name === 'gsub') return this.#substitute(name, args);
    if (name === 'match') {
      const found = this.#pattern(second).exec(this.text(this.value(first)));
      this.setVariable('RSTART', found === null ? 0 : found.index + 1);
      this.setVariable('RLENGTH', found === null ? -1 : found[0].length);
      return found === null ? 0 : found.index + 1;
    }
    if (name === 'length' && first?.kind === 'variable' && this.#arrays.has(first.name)) {
      return this.array(first.name).size;
    }
    const values = name === 'length' && args.length === 0 ? [this.line.field(0)] : args.map((each) => this.value(each));
    return callPlain(name, values, (value) => this.text(value)) ?? '';
  }

  #split([text, array, separator]: readonly Expression[]): number {
    if (array?.kind !== 'variable') return 0;
    const by = separator === undefined ? this.text(this.variable('FS')) : this.#separator(separator);
    const parts = split(this.text(this.value(text)), by);
    const values = this.array(array.name);
    values.clear();
    for (const [i, part] of parts.entries()) values.set(String(i + 1), { read: part });
    return parts.length;
  }

  #separator(expression: Expression): string {
    return expression.kind === 'regexp' ? expression.source : this.text(this.value(expression));
  }

  /** `&` in the text is what was found. */
  #substitute(name: 'sub' | 'gsub', [pattern, by, target]: readonly Expression[]): number {
    const into: Target =
      target?.kind === 'variable' || target?.kind === 'field' || target?.kind === 'element'
        ? target
        : { kind: 'field', index: { kind: 'number', value: 0 } };
    const text = this.text(this.value(by));
    const found = this.#pattern(pattern);
    let count = 0;
    const result = this.text(this.value(into)).replace(name === 'gsub' ? new RegExp(found, 'g') : found, (match) => {
      count++;
      return text.replace(/\\?&/g, (each) => (each === '&' ? match : '&'));
    });
    if (count > 0) this.#set(into, result);
    return count;
  }
}

const isTrue = (value: Value): boolean =>
  isNumeric(value) ? toNumber(value) !== 0 : (typeof value === 'object' ? value.read : value) !== '';

/** What is no regular expression matches nothing. */
const regexp = (source: string): RegExp => regexpOf(source, 'extended') ?? /(?!)/;

function arithmetic(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    default:
      return a ** b;
  }
}
