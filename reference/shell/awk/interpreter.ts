/** Runs awk programs, line by line. POSIX.1-2017, awk, Actions. */
import type { Ticks } from '../../include/types.ts';
import type { Expression, Rule, Statement } from './ast.ts';
import { Evaluator } from './evaluator.ts';
import { formatted } from './functions.ts';
import { toNumber } from './record.ts';

/** What ends a statement before its end. */
type Leave = 'next' | 'break' | 'continue' | 'exit';

/** It gives way to others now and then. */
type Steps<Result> = Generator<Ticks, Result, void>;

/** Statements before somebody else may run. */
const BURST = 10_000;

export class Awk {
  status = 0;
  readonly #rules: readonly Rule[];
  readonly #out: (text: string) => void;
  readonly #values = new Evaluator();
  /** Rules from one line to another that have begun. */
  readonly #open = new Set<Rule>();
  #steps = 0;

  constructor(rules: readonly Rule[], out: (text: string) => void) {
    this.#rules = rules;
    this.#out = out;
  }

  setVariable(name: string, text: string): void {
    this.#values.setVariable(name, { read: text });
  }

  /** Whether it needs lines at all. */
  get reads(): boolean {
    return this.#rules.some(({ pattern }) => pattern.kind !== 'BEGIN');
  }

  /** @returns false: it is over */
  *begin(): Steps<boolean> {
    return yield* this.#rulesOf('BEGIN');
  }

  *end(): Steps<boolean> {
    return yield* this.#rulesOf('END');
  }

  *#rulesOf(kind: 'BEGIN' | 'END'): Steps<boolean> {
    for (const { pattern, body } of this.#rules) {
      if (pattern.kind === kind && (yield* this.#run(body)) === 'exit') return false;
    }
    return true;
  }

  /** @returns false: it is over */
  *line(text: string, number: number): Steps<boolean> {
    this.#values.read(text, number);
    for (const rule of this.#rules) {
      if (!this.#applies(rule)) continue;
      const leave = yield* this.#run(rule.body);
      if (leave === 'exit') return false;
      if (leave === 'next') break;
    }
    return true;
  }

  #applies(rule: Rule): boolean {
    const { pattern } = rule;
    if (pattern.kind === 'always') return true;
    if (pattern.kind === 'when') return this.#values.holds(pattern.condition);
    if (pattern.kind !== 'range') return false;
    if (!this.#open.has(rule) && !this.#values.holds(pattern.from)) return false;
    this.#open.add(rule);
    if (this.#values.holds(pattern.to)) this.#open.delete(rule);
    return true;
  }

  /** @returns null: it came to its end */
  *#run(statement: Statement): Steps<Leave | null> {
    if (++this.#steps % BURST === 0) yield 0;
    switch (statement.kind) {
      case 'expression':
        this.#values.value(statement.value);
        return null;
      case 'print':
        this.#print(statement.values);
        return null;
      case 'printf':
        this.#out(
          formatted(
            statement.values.map((each) => this.#values.value(each)),
            (value) => this.#values.text(value),
          ),
        );
        return null;
      case 'if':
        if (this.#values.holds(statement.condition)) return yield* this.#run(statement.yes);
        return statement.no === null ? null : yield* this.#run(statement.no);
      case 'while':
        return yield* this.#loop(statement.first, statement.condition, statement.body, null);
      case 'for':
        if (statement.first !== null) yield* this.#run(statement.first);
        return yield* this.#loop(false, statement.condition, statement.body, statement.step);
      case 'forIn':
        return yield* this.#forIn(statement.name, statement.array, statement.body);
      case 'block':
        for (const each of statement.body) {
          const leave = yield* this.#run(each);
          if (leave !== null) return leave;
        }
        return null;
      case 'delete':
        if (statement.keys === null) this.#values.array(statement.array).clear();
        else this.#values.array(statement.array).delete(this.#values.key(statement.keys));
        return null;
      case 'exit':
        if (statement.status !== null) this.status = toNumber(this.#values.value(statement.status)) & 255;
        return 'exit';
      case 'next':
      case 'break':
      case 'continue':
        return statement.kind;
      default: {
        const never: never = statement;
        return never;
      }
    }
  }

  *#loop(first: boolean, condition: Expression | null, body: Statement, step: Statement | null): Steps<Leave | null> {
    for (let turn = 0; (first && turn === 0) || condition === null || this.#values.holds(condition); turn++) {
      const leave = yield* this.#run(body);
      if (leave === 'break') return null;
      if (leave === 'next' || leave === 'exit') return leave;
      if (step !== null) yield* this.#run(step);
    }
    return null;
  }

  /** Keys in the order in which they came. */
  *#forIn(name: string, array: string, body: Statement): Steps<Leave | null> {
    for (const key of [...this.#values.array(array).keys()]) {
      this.setVariable(name, key);
      const leave = yield* this.#run(body);
      if (leave === 'break') return null;
      if (leave === 'next' || leave === 'exit') return leave;
    }
    return null;
  }

  #print(values: readonly Expression[]): void {
    const texts = values.map((each) => this.#values.text(this.#values.value(each)));
    const text =
      values.length === 0 ? this.#values.line.field(0) : texts.join(this.#values.text(this.#values.variable('OFS')));
    this.#out(text + this.#values.text(this.#values.variable('ORS')));
  }
}
