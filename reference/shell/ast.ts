/** What a line of the shell means, before anything is expanded. POSIX.1-2017, Shell Command Language, 2.9 and 2.10. */

/** A piece of a word. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'parameter'; readonly parameter: Parameter; readonly quoted: boolean }
  | { readonly kind: 'command'; readonly list: List; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly text: Word; readonly quoted: boolean };

export type Word = readonly Part[];

/** `$name`, or `${name op word}`; op '#length': `${#name}`. */
export interface Parameter {
  readonly name: string;
  readonly op: string | null;
  readonly word: Word;
}

export type RedirectOp = '<' | '>' | '>>' | '<<<' | '<<' | '>&' | '<&' | '&>' | '&>>';

export interface Redirect {
  readonly op: RedirectOp;
  readonly fd: number;
  readonly target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly append: boolean;
  readonly value: Word;
}

export interface SimpleCommand {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
}

/** `if`, then each `elif`: a condition and what is done; `else` has no condition. */
export interface Branch {
  readonly condition: List | null;
  readonly body: List;
}

export type Compound =
  | { readonly kind: 'group'; readonly body: List }
  | { readonly kind: 'subshell'; readonly body: List }
  | { readonly kind: 'if'; readonly branches: readonly Branch[] }
  | { readonly kind: 'loop'; readonly until: boolean; readonly condition: List; readonly body: List }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[] | null; readonly body: List }
  | { readonly kind: 'count'; readonly parts: readonly [Word, Word, Word]; readonly body: List }
  | { readonly kind: 'arithmetic'; readonly text: Word }
  | { readonly kind: 'test'; readonly words: readonly Word[] }
  | { readonly kind: 'case'; readonly word: Word; readonly arms: readonly Arm[] }
  | { readonly kind: 'function'; readonly name: string; readonly body: Command };

export interface Arm {
  readonly patterns: readonly Word[];
  readonly body: List;
}

export type Command =
  | SimpleCommand
  | { readonly kind: 'compound'; readonly compound: Compound; readonly redirects: readonly Redirect[] };

export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

/** `a && b || c`: each with what stands before it. */
export interface AndOr {
  readonly pipelines: readonly { readonly after: '&&' | '||' | null; readonly pipeline: Pipeline }[];
  readonly background: boolean;
  /** As it was typed. */
  readonly text: string;
}

export type List = readonly AndOr[];
