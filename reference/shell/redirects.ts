/** Reads redirections: `> file`, `2>&1`, and documents that stand in the script. POSIX.1-2017, 2.7. */
import type { Redirect, RedirectOp, Word } from './ast.ts';
import { NotAScript, type Source } from './source.ts';
import { type ReadCommands, WordReader } from './words.ts';

export interface ReadRedirect {
  /** All that stand here. */
  all(): Redirect[];
  /** Behind a line end: the documents that were announced before it. */
  documents(): void;
}

/** A document that begins on the next line. */
interface Announced {
  readonly end: string;
  /** As between double quotes, or as it stands. */
  readonly expands: boolean;
  readonly stripTabs: boolean;
  readonly fill: (body: Word) => void;
}

const OPERATOR = /(\d*)(<<<|<<-?|<&|<|>>|>&|>\||>)|(&>>?)/y;

export class RedirectReader implements ReadRedirect {
  readonly #source: Source;
  readonly #words: WordReader;
  readonly #commands: ReadCommands;
  readonly #announced: Announced[] = [];

  constructor(source: Source, words: WordReader, commands: ReadCommands) {
    this.#source = source;
    this.#words = words;
    this.#commands = commands;
  }

  all(): Redirect[] {
    const redirects: Redirect[] = [];
    for (;;) {
      this.#source.skipBlanks();
      const found = this.#source.match(OPERATOR);
      if (found === null) return redirects;
      redirects.push(this.#redirect(found[1] ?? '', found[2] ?? found[3]));
    }
  }

  documents(): void {
    for (const { end, expands, stripTabs, fill } of this.#announced.splice(0)) {
      const lines: string[] = [];
      for (;;) {
        if (this.#source.atEnd) throw new NotAScript('unexpected end of file in a here-document', true);
        const line = (this.#source.match(/[^\n]*/y)?.[0] ?? '').replace(stripTabs ? /^\t+/ : /^(?!)/, '');
        this.#source.take('\n');
        if (line === end) break;
        lines.push(`${line}\n`);
      }
      const body = lines.join('');
      fill(expands ? WordReader.quoted(body, this.#commands) : [{ kind: 'text', text: body, quoted: true }]);
    }
  }

  #redirect(number: string, operator: string): Redirect {
    this.#source.skipBlanks();
    const target = this.#words.word();
    if (target === null) {
      if (this.#source.atEnd || this.#source.peek() === '\n') {
        throw new NotAScript("syntax error near unexpected token `newline'", false);
      }
      throw new NotAScript(`syntax error near unexpected token \`${this.#source.peek()}'`, false);
    }
    const fd = number === '' ? (operator.startsWith('<') ? 0 : 1) : Number(number);
    if (!operator.startsWith('<<') || operator === '<<<') return { op: plain(operator), fd, target };
    return this.#document(fd, target, operator === '<<-');
  }

  #document(fd: number, delimiter: Word, stripTabs: boolean): Redirect {
    const document = { op: '<<' as const, fd, target: [] as Word };
    const end = delimiter.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    const expands = delimiter.every((part) => part.kind === 'text' && !part.quoted);
    const fill = (body: Word): void => {
      document.target = body;
    };
    this.#announced.push({ end, expands, stripTabs, fill });
    return document;
  }
}

function plain(operator: string): RedirectOp {
  const ops: readonly RedirectOp[] = ['<', '>', '>>', '<<<', '>&', '<&', '&>', '&>>'];
  return ops.find((op) => op === operator) ?? '>';
}
