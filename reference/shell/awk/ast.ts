/** Programs of awk. POSIX.1-2017, awk, Grammar. */

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  /** `/x/`; alone: whether the line matches. */
  | { readonly kind: 'regexp'; readonly source: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'field'; readonly index: Expression }
  | { readonly kind: 'element'; readonly array: string; readonly keys: readonly Expression[] }
  | { readonly kind: 'in'; readonly array: string; readonly keys: readonly Expression[] }
  | { readonly kind: 'assign'; readonly op: string; readonly target: Target; readonly value: Expression }
  | { readonly kind: 'step'; readonly op: '++' | '--'; readonly prefix: boolean; readonly target: Target }
  | { readonly kind: 'unary'; readonly op: '!' | '-' | '+'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

export type Target = Extract<Expression, { kind: 'variable' | 'field' | 'element' }>;

export type Statement =
  | { readonly kind: 'expression'; readonly value: Expression }
  | { readonly kind: 'print'; readonly values: readonly Expression[] }
  | { readonly kind: 'printf'; readonly values: readonly Expression[] }
  | { readonly kind: 'if'; readonly condition: Expression; readonly yes: Statement; readonly no: Statement | null }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: Statement; readonly first: boolean }
  | {
      readonly kind: 'for';
      readonly first: Statement | null;
      readonly condition: Expression | null;
      readonly step: Statement | null;
      readonly body: Statement;
    }
  | { readonly kind: 'forIn'; readonly name: string; readonly array: string; readonly body: Statement }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'delete'; readonly array: string; readonly keys: readonly Expression[] | null }
  | { readonly kind: 'next' | 'break' | 'continue' }
  | { readonly kind: 'exit'; readonly status: Expression | null };

/** When a rule is run: before all, after all, for lines like this, from one line to another. */
export type Pattern =
  | { readonly kind: 'BEGIN' | 'END' | 'always' }
  | { readonly kind: 'when'; readonly condition: Expression }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression };

export interface Rule {
  readonly pattern: Pattern;
  readonly body: Statement;
}
