/**
 * From words to arguments. POSIX.1-2017, 2.6; braces as in bash.
 *
 *     f{1,2}.$x   ->   f1.$x f2.$x   ->   f1.a f1.b ...       braces, then parameters, commands and arithmetic,
 *                                                             then fields, then names of files
 */
import type { Pause } from '../include/tool.ts';
import { evaluate, type Variables } from './arithmetic.ts';
import type { List, Parameter, Part, Word } from './ast.ts';
import { braces } from './braces.ts';
import { compiled } from './coreutils/regexp.ts';
import type { MachineFiles } from './files.ts';
import { filesLike } from './glob.ts';
import { type Piece, patternOf, patternSource } from './pattern.ts';

/** What a word may refer to. */
export interface Scope extends Variables {
  readonly files: MachineFiles;
  /** `$1` ... */
  readonly positional: readonly string[];
  /** null: there is none of this name. */
  find(name: string): string | null;
  /** What a command writes. */
  substitute(list: List): Expanding<string>;
  /** Something is wrong: the command is not run. */
  complain(says: string): void;
}

/** It may run commands. */
export type Expanding<Result> = Generator<Pause, Result, void>;

/** One argument, piece by piece. */
type Field = Piece[];

/** Arguments of a command. */
export function* expandWords(words: readonly Word[], scope: Scope): Expanding<string[]> {
  const result: string[] = [];
  for (const word of words.flatMap(braces)) {
    for (const field of yield* fieldsOf(word, scope)) result.push(...filesLike(field, scope.files));
  }
  return result;
}

/** One text: no fields, no names of files. What stands right of `=` and of `>`. */
export function* expandText(word: Word, scope: Scope): Expanding<string> {
  return (yield* piecesOf(word, scope)).map(({ text }) => text).join('');
}

/** A pattern: what was quoted means itself. */
export function* expandPieces(word: Word, scope: Scope): Expanding<Piece[]> {
  return yield* piecesOf(word, scope);
}

function* piecesOf(word: Word, scope: Scope): Expanding<Piece[]> {
  const pieces: Piece[] = [];
  for (const [i, part] of word.entries()) {
    if (part.kind === 'text') pieces.push(i === 0 ? home(part, scope) : part);
    else pieces.push({ text: (yield* valuesOf(part, scope)).join(' '), quoted: part.quoted });
  }
  return pieces;
}

/** Fields while they are built. */
class Fields {
  readonly all: Field[] = [];
  /** null: none has begun. */
  #last: Field | null = null;

  add(piece: Piece): void {
    if (this.#last === null) {
      this.#last = [];
      this.all.push(this.#last);
    }
    this.#last.push(piece);
  }

  end(): void {
    this.#last = null;
  }

  /** Blanks in it end fields. */
  split(text: string): void {
    for (const [n, part] of text.split(/[ \t\n]+/).entries()) {
      if (n > 0) this.end();
      if (part !== '') this.add({ text: part, quoted: false });
    }
  }
}

function* fieldsOf(word: Word, scope: Scope): Expanding<Field[]> {
  const fields = new Fields();
  for (const [i, part] of word.entries()) {
    if (part.kind === 'text') {
      fields.add(i === 0 ? home(part, scope) : part);
      continue;
    }
    const values = yield* valuesOf(part, scope);
    if (!part.quoted) {
      fields.split(values.join(' '));
      continue;
    }
    for (const [n, text] of values.entries()) {
      if (n > 0) fields.end();
      fields.add({ text, quoted: true });
    }
  }
  return fields.all;
}

function home(part: { text: string; quoted: boolean }, scope: Scope): Piece {
  if (part.quoted || !/^~(?:\/|$)/.test(part.text)) return part;
  return { text: scope.get('HOME') + part.text.slice(1), quoted: part.quoted };
}

/** Several only for `"$@"`. */
function* valuesOf(part: Exclude<Part, { kind: 'text' }>, scope: Scope): Expanding<string[]> {
  switch (part.kind) {
    case 'command':
      return [(yield* scope.substitute(part.list)).replace(/\n+$/, '')];
    case 'arithmetic': {
      const value = evaluate(yield* expandText(part.text, scope), scope);
      if (typeof value === 'bigint') return [String(value)];
      scope.complain(value.says);
      return [''];
    }
    case 'parameter':
      if (part.parameter.name === '@' && part.parameter.op === null) return [...scope.positional];
      return [yield* parameterValue(part.parameter, scope)];
    default: {
      const never: never = part;
      return never;
    }
  }
}

function* parameterValue({ name, op, word }: Parameter, scope: Scope): Expanding<string> {
  const value = scope.find(name);
  const text = value ?? '';
  switch (op) {
    case null:
      return text;
    case '#length':
      return String(text.length);
    case ':-':
    case '-':
      return isMissing(value, op) ? yield* expandText(word, scope) : text;
    case ':+':
    case '+':
      return isMissing(value, op) ? '' : yield* expandText(word, scope);
    case ':=':
    case '=':
      if (!isMissing(value, op)) return text;
      scope.set(name, yield* expandText(word, scope));
      return scope.get(name);
    case ':?':
    case '?':
      if (isMissing(value, op)) {
        const says = yield* expandText(word, scope);
        scope.complain(`${name}: ${says === '' ? 'parameter null or not set' : says}`);
      }
      return text;
    case ':':
      return part(text, yield* expandText(word, scope), scope);
    case '/':
    case '//':
      return replaced(text, op, yield* expandPieces(word, scope));
    default:
      return trimmed(text, op, yield* expandPieces(word, scope));
  }
}

const isMissing = (value: string | null, op: string): boolean => value === null || (op.startsWith(':') && value === '');

/** `${name:offset:length}`. */
function part(text: string, range: string, scope: Scope): string {
  const [offset, length] = range.split(':').map((each) => evaluate(each, scope));
  if (typeof offset !== 'bigint') return text;
  const from = offset < 0n ? text.length + Number(offset) : Number(offset);
  const rest = text.slice(Math.max(from, 0));
  if (typeof length !== 'bigint') return rest;
  return length < 0n ? rest.slice(0, Number(length)) : rest.slice(0, Number(length));
}

/** `${name/pattern/text}`, `${name//pattern/text}`. */
function replaced(text: string, op: string, pieces: readonly Piece[]): string {
  const at = pieces.findIndex((piece) => !piece.quoted && piece.text.includes('/'));
  const whole = at < 0 ? '' : pieces[at].text;
  const cut = whole.indexOf('/');
  const pattern = at < 0 ? pieces : [...pieces.slice(0, at), { text: whole.slice(0, cut), quoted: false }];
  const rest = at < 0 ? [] : [{ text: whole.slice(cut + 1), quoted: false }, ...pieces.slice(at + 1)];
  const by = rest.map((piece) => piece.text).join('');
  const found = patternSource(pattern);
  const matcher = found === '' ? null : compiled(found, op === '//' ? 'gs' : 's');
  return matcher === null ? text : text.replace(matcher, () => by);
}

/** `${name#pattern}` and its like: the shortest or longest match at an end goes. */
function trimmed(text: string, op: string, pieces: readonly Piece[]): string {
  const pattern = patternOf(pieces);
  const cuts = Array.from({ length: text.length + 1 }, (_, n) => n);
  const ordered = op === '#' || op === '%%' ? cuts : cuts.reverse();
  const fits = (cut: number): boolean => pattern.test(op.startsWith('#') ? text.slice(0, cut) : text.slice(cut));
  const cut = ordered.find(fits);
  if (cut === undefined) return text;
  return op.startsWith('#') ? text.slice(cut) : text.slice(0, cut);
}
