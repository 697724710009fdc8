/**
 * Reads scripts as bash does, as far as it is needed to look at a machine. POSIX.1-2017, Shell Command Language, 2.10.
 *
 *     list      and-or ; and-or & and-or
 *     and-or    pipeline && pipeline || pipeline
 *     pipeline  ! command | command
 */
import type { AndOr, Arm, Assignment, Branch, Command, Compound, List, Pipeline, Word } from './ast.ts';
import { type ReadRedirect, RedirectReader } from './redirects.ts';
import { NotAScript, Source } from './source.ts';
import { WordReader } from './words.ts';

export type Parsed =
  | { readonly kind: 'script'; readonly list: List }
  /** More lines are needed. */
  | { readonly kind: 'incomplete'; readonly says: string }
  | { readonly kind: 'wrong'; readonly says: string };

/** Words that end a list. */
const CLOSING = ['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}'] as const;
/** How deep commands may be nested. */
const MOST_DEPTH = 100;

export function parse(text: string): Parsed {
  const source = new Source(text);
  try {
    return { kind: 'script', list: new Parser(source, 0).script('') };
  } catch (error) {
    if (!(error instanceof NotAScript)) throw error;
    return { kind: error.incomplete ? 'incomplete' : 'wrong', says: error.message };
  }
}

class Parser {
  readonly #source: Source;
  readonly #words: WordReader;
  readonly #redirects: ReadRedirect;
  #depth: number;

  constructor(source: Source, depth: number) {
    this.#source = source;
    this.#depth = depth;
    const commands = (inner: Source, end: string): List => new Parser(inner, depth + 1).script(end);
    this.#words = new WordReader(source, commands);
    this.#redirects = new RedirectReader(source, this.#words, commands);
  }

  /** All commands until a text, which is left behind. @param end  '': the end of the script */
  script(end: string): List {
    const list = this.#list();
    if (end === '' ? this.#source.atEnd : this.#source.take(end)) return list;
    throw this.#unexpected();
  }

  #list(): List {
    const list: AndOr[] = [];
    for (;;) {
      this.#newlines();
      if (this.#source.atEnd || this.#closes()) return list;
      list.push(this.#andOr());
      if (!this.#source.match(/(?:;(?!;)|&|(?=\n))/y)) return list;
    }
  }

  /** A word that ends a list, or a bracket. */
  #closes(): boolean {
    return this.#source.peek() === ')' || this.#source.sees(';;') || CLOSING.some((word) => this.#isWord(word));
  }

  #andOr(): AndOr {
    const source = this.#source;
    const from = source.at;
    const pipelines: { after: '&&' | '||' | null; pipeline: Pipeline }[] = [];
    for (let after: '&&' | '||' | null = null; ; ) {
      pipelines.push({ after, pipeline: this.#pipeline() });
      source.skipBlanks();
      const found: string | undefined = source.match(/&&|\|\|/y)?.[0];
      if (found === undefined) break;
      after = found === '&&' ? '&&' : '||';
      this.#newlines();
    }
    const text = source.text.slice(from, source.at).trim();
    return { pipelines, background: source.peek() === '&', text };
  }

  #pipeline(): Pipeline {
    this.#source.skipBlanks();
    let negated = false;
    while (this.#takeWord('!')) negated = !negated;
    const commands = [this.#command()];
    for (;;) {
      this.#source.skipBlanks();
      if (!this.#source.match(/\|(?!\|)&?/y)) return { negated, commands };
      this.#newlines();
      commands.push(this.#command());
    }
  }

  #command(): Command {
    if (++this.#depth > MOST_DEPTH) throw new NotAScript('too many commands within one another', false);
    this.#source.skipBlanks();
    const compound = this.#compound();
    this.#depth--;
    if (compound === null) return this.#simple();
    return { kind: 'compound', compound, redirects: this.#redirects.all() };
  }

  #compound(): Compound | null {
    const source = this.#source;
    const name = source.match(/([A-Za-z_][\w-]*)[ \t]*\(\)/y)?.[1];
    if (name !== undefined) {
      this.#newlines();
      return { kind: 'function', name, body: this.#command() };
    }
    if (source.take('((')) return { kind: 'arithmetic', text: this.#words.arithmetic() };
    if (source.take('(')) return { kind: 'subshell', body: this.script(')') };
    if (this.#takeWord('[[')) return { kind: 'test', words: this.#testWords() };
    if (this.#takeWord('{')) return { kind: 'group', body: this.#body('}') };
    if (this.#takeWord('if')) return { kind: 'if', branches: this.#branches() };
    if (this.#takeWord('while')) return this.#loop(false);
    if (this.#takeWord('until')) return this.#loop(true);
    if (this.#takeWord('for')) return this.#for();
    return this.#takeWord('case') ? this.#case() : null;
  }

  /** Up to `]]`. */
  #testWords(): Word[] {
    const words: Word[] = [];
    for (;;) {
      this.#source.skipBlanks();
      if (this.#takeWord(']]')) return words;
      const operator = this.#source.match(/&&|\|\||[<>()]/y)?.[0];
      const word =
        operator === undefined ? this.#words.word() : [{ kind: 'text' as const, text: operator, quoted: false }];
      if (word === null) throw this.#unexpected();
      words.push(word);
    }
  }

  /** A list and the word that ends it. */
  #body(end: string): List {
    const list = this.#some();
    this.#expect(end);
    return list;
  }

  /** A list that is not empty. */
  #some(): List {
    const list = this.#list();
    if (list.length === 0) throw this.#unexpected();
    return list;
  }

  #branches(): Branch[] {
    const branches: Branch[] = [{ condition: this.#body('then'), body: this.#some() }];
    for (;;) {
      if (this.#takeWord('fi')) return branches;
      if (this.#takeWord('else')) branches.push({ condition: null, body: this.#some() });
      else {
        this.#expect('elif');
        branches.push({ condition: this.#body('then'), body: this.#some() });
      }
    }
  }

  #loop(until: boolean): Compound {
    return { kind: 'loop', until, condition: this.#body('do'), body: this.#body('done') };
  }

  #for(): Compound {
    const source = this.#source;
    source.skipBlanks();
    if (source.take('((')) return this.#count();
    const name = source.match(/[A-Za-z_]\w*/y)?.[0];
    if (name === undefined) throw this.#unexpected();
    this.#newlines();
    const words: Word[] = [];
    const listed = this.#takeWord('in');
    for (let word = this.#nextWord(); listed && word !== null; word = this.#nextWord()) words.push(word);
    source.match(/;/y);
    this.#newlines();
    this.#expect('do');
    return { kind: 'for', name, words: listed ? words : null, body: this.#body('done') };
  }

  /** `for ((i = 0; i < 3; i++))`, behind the brackets. */
  #count(): Compound {
    const inner = this.#source.until('))', ')').split(';');
    if (inner.length !== 3) throw new NotAScript('syntax error: arithmetic expression required', false);
    const [first, condition, step] = inner.map((text): Word => [{ kind: 'text', text, quoted: true }]);
    this.#source.skipBlanks();
    this.#source.match(/;/y);
    this.#newlines();
    this.#expect('do');
    return { kind: 'count', parts: [first, condition, step], body: this.#body('done') };
  }

  #case(): Compound {
    const word = this.#nextWord();
    if (word === null) throw this.#unexpected();
    this.#newlines();
    this.#expect('in');
    const arms: Arm[] = [];
    for (;;) {
      this.#newlines();
      if (this.#takeWord('esac')) return { kind: 'case', word, arms };
      this.#source.match(/\(/y);
      const patterns: Word[] = [];
      do {
        const pattern = this.#nextWord();
        if (pattern === null) throw this.#unexpected();
        patterns.push(pattern);
        this.#source.skipBlanks();
      } while (this.#source.take('|'));
      if (!this.#source.take(')')) throw this.#unexpected();
      arms.push({ patterns, body: this.#list() });
      this.#source.take(';;');
    }
  }

  #simple(): Command {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects = this.#redirects.all();
    for (;;) {
      const assigned = words.length === 0 ? this.#source.match(/([A-Za-z_]\w*)(\+?)=/y) : null;
      if (assigned !== null) {
        const [, name, plus] = assigned;
        assignments.push({ name, append: plus === '+', value: this.#words.word() ?? [] });
      } else {
        const word = this.#words.word();
        if (word !== null) words.push(word);
        else if (words.length + assignments.length + redirects.length === 0) throw this.#unexpected();
        else return { kind: 'simple', assignments, words, redirects };
      }
      redirects.push(...this.#redirects.all());
    }
  }

  #nextWord(): Word | null {
    this.#source.skipBlanks();
    return this.#words.word();
  }

  /** Blanks, comments and line ends; documents that begin behind one are read. */
  #newlines(): void {
    for (;;) {
      this.#source.skipBlanks();
      if (!this.#source.take('\n')) return;
      this.#redirects.documents();
    }
  }

  #isWord(word: string): boolean {
    return this.#source.sees(word) && /^[\s;&|<>()]?$/.test(this.#source.peek(word.length));
  }

  #takeWord(word: string): boolean {
    this.#source.skipBlanks();
    return this.#isWord(word) && this.#source.take(word);
  }

  #expect(word: string): void {
    if (!this.#takeWord(word)) throw this.#unexpected();
  }

  #unexpected(): NotAScript {
    const source = this.#source;
    source.skipBlanks();
    if (source.atEnd) return new NotAScript('syntax error: unexpected end of file', true);
    const token = source.match(/\n|;;|&&|\|\||>>|<<|[;&|<>()]|[^\s;&|<>()]+/y)?.[0] ?? '';
    return new NotAScript(`syntax error near unexpected token \`${token === '\n' ? 'newline' : token}'`, false);
  }
}
