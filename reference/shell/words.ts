/**
 * Reads words: quotes, parameters, substitutions. POSIX.1-2017, Shell Command Language, 2.2 and 2.6.
 *
 *     a"b $c"$(d)   text a, quoted text `b `, quoted parameter c, command d
 */
import type { List, Parameter, Part, Word } from './ast.ts';
import { NotAScript, Source } from './source.ts';

/** Reads commands until a text, which is left behind. The parser, which words with `$(` need. */
export type ReadCommands = (source: Source, end: string) => List;

const NAME = /[A-Za-z_]\w*/y;
const SPECIAL = /[0-9?$!#@*-]/y;
/** Longest first. */
const OPERATIONS = [':-', ':=', ':+', ':?', '##', '%%', '//', '-', '=', '+', '?', '#', '%', '/', ':'] as const;

export class WordReader {
  readonly #source: Source;
  readonly #commands: ReadCommands;

  constructor(source: Source, commands: ReadCommands) {
    this.#source = source;
    this.#commands = commands;
  }

  /** A word as it stands in a command. @returns null: here is none */
  word(): Word | null {
    const parts = this.#parts((next) => /[\s;&|<>()]/.test(next));
    return parts.length > 0 ? parts : null;
  }

  /** The rest of a text, as between double quotes. */
  static quoted(text: string, commands: ReadCommands): Word {
    return new WordReader(new Source(text), commands).#quoted('', true);
  }

  /** @param ends  whether a letter that is not quoted ends it */
  #parts(ends: (next: string) => boolean): Part[] {
    const source = this.#source;
    const parts: Part[] = [];
    while (!source.atEnd) {
      const next = source.peek();
      if (ends(next)) break;
      if (source.take('\\\n')) continue;
      if (source.take('\\')) parts.push(text(this.#letter(), true));
      else if (source.take("'")) parts.push(text(source.until("'", "'"), true));
      else if (source.take("$'")) parts.push(text(ansi(this.#ansi()), true));
      else if (source.take('"')) parts.push(text('', true), ...this.#quoted('"', false));
      else if (next === '$' || next === '`') parts.push(this.#dollar(false));
      else parts.push(text(this.#letter(), false));
    }
    return joined(parts);
  }

  #letter(): string {
    const letter = this.#source.peek();
    this.#source.at++;
    return letter;
  }

  #ansi(): string {
    const found = this.#source.match(/(?:[^'\\]|\\[\s\S])*/y);
    this.#source.until("'", "'");
    return found?.[0] ?? '';
  }

  /** Between double quotes, or in a document. @param end  '': the end of the text */
  #quoted(end: string, plainQuotes: boolean): Part[] {
    const source = this.#source;
    const parts: Part[] = [];
    while (!(end !== '' && source.take(end))) {
      if (source.atEnd) {
        if (end === '') break;
        throw new NotAScript(`unexpected EOF while looking for matching \`${end}'`, true);
      }
      const escaped = source.match(plainQuotes ? /\\([$`\\\n])/y : /\\([$`"\\\n])/y);
      if (escaped !== null) parts.push(text(escaped[1] === '\n' ? '' : escaped[1], true));
      else if (source.peek() === '$' || source.peek() === '`') parts.push(this.#dollar(true));
      else parts.push(text(this.#letter(), true));
    }
    return joined(parts);
  }

  #dollar(quoted: boolean): Part {
    const source = this.#source;
    if (source.take('`')) {
      const inner = source.until('`', '`').replace(/\\([$`\\])/g, '$1');
      return { kind: 'command', list: this.#commands(new Source(inner), ''), quoted };
    }
    source.at++;
    if (source.take('((')) return { kind: 'arithmetic', text: this.arithmetic(), quoted };
    if (source.take('(')) return { kind: 'command', list: this.#commands(source, ')'), quoted };
    if (source.take('{')) return { kind: 'parameter', parameter: this.#braced(), quoted };
    const name = (source.match(NAME) ?? source.match(SPECIAL))?.[0];
    if (name === undefined) return text('$', quoted);
    return { kind: 'parameter', parameter: { name, op: null, word: [] }, quoted };
  }

  /** Up to the `))` that belongs to it. */
  arithmetic(): Word {
    const source = this.#source;
    const from = source.at;
    let depth = 0;
    for (; !source.atEnd; source.at++) {
      if (source.peek() === '(') depth++;
      if (source.peek() !== ')') continue;
      if (depth === 0 && source.sees('))')) break;
      depth--;
    }
    const inner = source.text.slice(from, source.at);
    if (!source.take('))')) throw new NotAScript("unexpected EOF while looking for matching `)'", true);
    return WordReader.quoted(inner, this.#commands);
  }

  /** Behind `${`. */
  #braced(): Parameter {
    const source = this.#source;
    const from = source.at;
    const length = source.sees('#') && source.peek(1) !== '}' && source.take('#');
    const name = (source.match(NAME) ?? source.match(/\d+/y) ?? source.match(SPECIAL))?.[0];
    const bad = (): never => {
      const rest = source.text.slice(from).split('}')[0];
      throw new NotAScript(`\${${rest}}: bad substitution`, false);
    };
    if (name === undefined) return bad();
    if (source.take('}')) return { name, op: length ? '#length' : null, word: [] };
    const op = OPERATIONS.find((each) => source.take(each));
    if (op === undefined || length) return bad();
    const word = this.#parts((next) => next === '}');
    if (!source.take('}')) throw new NotAScript("unexpected EOF while looking for matching `}'", true);
    return { name, op, word };
  }
}

const text = (letters: string, quoted: boolean): Part => ({ kind: 'text', text: letters, quoted });

/** Neighbouring texts become one. */
function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part.kind === 'text' && last?.kind === 'text' && last.quoted === part.quoted) {
      result[result.length - 1] = text(last.text + part.text, part.quoted);
    } else result.push(part);
  }
  return result;
}

const LETTERS: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"' },
};

/** Escapes as in C: `\n`, `\t`, `\x41`, `\101`. */
export function ansi(escaped: string): string {
  return escaped.replace(/\\(x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|[\s\S])/g, (whole, code: string) => {
    if (code.startsWith('x') && code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    return LETTERS[code] ?? whole;
  });
}
