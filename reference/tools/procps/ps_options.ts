/** The options of ps(1): those with a dash, those without, and long ones, in any order. procps: src/ps/parser.c */
import { PS_COLUMNS } from './ps_columns.ts';
import { BSD_FORMATS, named, SYSV_FORMATS, SYSV_FULL_LONG } from './ps_formats.ts';
import { type Chosen, chosen, type SortKey } from './ps_table.ts';

export class BadOption {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

export interface PsAsked {
  /** What to say instead; null: nothing. */
  text: 'help' | 'version' | null;
  all: 'all' | 'terminals' | 'not leaders' | 'mine' | null;
  pids: number[];
  parents: number[];
  commands: string[];
  users: string[];
  /** From -o. */
  columns: Chosen[];
  format: readonly Chosen[] | null;
  /** That chose it, with a dash. */
  letters: string;
  /** Letters without a dash were given: their default format. */
  isBsd: boolean;
  header: boolean;
  sort: SortKey[];
}

export function parsePs(args: readonly string[]): PsAsked | BadOption {
  const asked: PsAsked = {
    ...{ text: null, all: null, pids: [], parents: [], commands: [], users: [], columns: [], format: null },
    ...{ letters: '', isBsd: false, header: true, sort: [] },
  };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const bad = arg.startsWith('--')
      ? longOption(asked, arg.slice(2), rest)
      : arg.startsWith('-') && arg !== '-'
        ? sysvOptions(asked, arg.slice(1), rest)
        : /^\d/.test(arg)
          ? pidList(asked.pids, arg)
          : bsdOptions(asked, arg, rest);
    if (bad !== null) return bad;
  }
  return asked;
}

/** null: all is well. */
type Result = BadOption | null;

function pidList(to: number[], text: string): Result {
  const words = text.split(/[ ,]+/).filter((word) => word !== '');
  if (!words.every((word) => /^\d+$/.test(word))) return new BadOption('process ID list syntax error');
  to.push(...words.map(Number));
  return null;
}

/** `pid,rss=KB,comm:20`. */
function columnList(asked: PsAsked, text: string): Result {
  for (const word of text.split(/[ ,]/)) {
    const [name, ...title] = word.split('=');
    const [column, width] = name.split(':');
    if (!Object.hasOwn(PS_COLUMNS, column)) return new BadOption(`unknown user-defined format specifier "${column}"`);
    const one = chosen(column);
    if (title.length > 0) {
      const head = title.join('=');
      asked.columns.push({ ...one, head, width: Math.max(one.width, head.length) });
    } else {
      asked.columns.push(width === undefined ? one : { ...one, width: Number(width) });
    }
  }
  return null;
}

function sortList(asked: PsAsked, text: string): Result {
  if (asked.sort.length > 0) return new BadOption('multiple sort options');
  for (const word of text.split(/[ ,]/)) {
    const name = word.replace(/^[-+]/, '');
    if (!Object.hasOwn(PS_COLUMNS, name)) return new BadOption('unknown sort specifier');
    asked.sort.push({ name, descending: word.startsWith('-') });
  }
  return null;
}

/** Options that take a list, by letter or long name: how it is read, and what is said when it is not there. */
const LISTS: Readonly<Record<string, readonly [read: (asked: PsAsked, text: string) => Result, missing: string]>> = {
  p: [(asked, text) => pidList(asked.pids, text), 'list of process IDs must follow -p'],
  o: [columnList, 'format specification must follow -o'],
  C: [(asked, text) => words(asked.commands, text), 'list of command names must follow -C'],
  u: [(asked, text) => words(asked.users, text), 'list of users must follow -u'],
  U: [(asked, text) => words(asked.users, text), 'list of real users must follow -U'],
};

const LONG_LISTS: typeof LISTS = {
  pid: [(asked, text) => pidList(asked.pids, text), 'list of process IDs must follow --pid'],
  ppid: [(asked, text) => pidList(asked.parents, text), 'list of process IDs must follow --ppid'],
  format: [columnList, 'format specification must follow --format'],
  sort: [sortList, 'long sort specification must follow --sort'],
  user: [(asked, text) => words(asked.users, text), 'list of users must follow --user'],
};

function words(to: string[], text: string): Result {
  to.push(...text.split(','));
  return null;
}

function longOption(asked: PsAsked, text: string, rest: string[]): Result {
  const [name, ...value] = text.split('=');
  const list = Object.hasOwn(LONG_LISTS, name) ? LONG_LISTS[name] : null;
  if (list !== null) {
    const given = value.length > 0 ? value.join('=') : rest.shift();
    return given === undefined ? new BadOption(list[1]) : list[0](asked, given);
  }
  if (name === 'no-headers' || name === 'no-heading' || name === 'noheaders' || name === 'noheading')
    asked.header = false;
  else if (name === 'help' || name === 'version') asked.text = name;
  else if (name === 'deselect' || name === 'forest') return new BadOption(`--${name} is not supported here`);
  else if (name !== 'headers' && name !== 'cumulative') return new BadOption('unknown gnu long option');
  return null;
}

function sysvOptions(asked: PsAsked, letters: string, rest: string[]): Result {
  for (const [i, letter] of [...letters].entries()) {
    const list = Object.hasOwn(LISTS, letter) ? LISTS[letter] : null;
    if (list !== null) {
      const behind = letters.slice(i + 1);
      const given = behind !== '' ? behind : rest.shift();
      return given === undefined ? new BadOption(list[1]) : list[0](asked, given);
    }
    if (letter === 'e' || letter === 'A') asked.all = 'all';
    else if (letter === 'a') asked.all ??= 'terminals';
    else if (letter === 'd') asked.all ??= 'not leaders';
    else if (Object.hasOwn(SYSV_FORMATS, letter)) sysvFormat(asked, letter);
    else if (letter === 'V') asked.text = 'version';
    else if (letter !== 'w' && letter !== 'y') return new BadOption('unsupported SysV option');
  }
  return null;
}

/** -f and -l together are one format more. */
function sysvFormat(asked: PsAsked, letter: string): void {
  asked.letters += letter;
  const isBoth = asked.letters.includes('f') && asked.letters.includes('l');
  asked.format = named(isBoth ? SYSV_FULL_LONG : SYSV_FORMATS[letter]);
}

function bsdOptions(asked: PsAsked, letters: string, rest: string[]): Result {
  asked.isBsd = true;
  for (const [i, letter] of [...letters].entries()) {
    if (letter === 'p' || letter === 'o' || letter === 'k') {
      const behind = letters.slice(i + 1);
      const given = behind !== '' ? behind : rest.shift();
      const what = { p: 'list of process IDs', o: 'format specification', k: 'long sort specification' }[letter];
      if (given === undefined) return new BadOption(`${what} must follow ${letter}`);
      return letter === 'p'
        ? pidList(asked.pids, given)
        : letter === 'o'
          ? columnList(asked, given)
          : sortList(asked, given);
    }
    if (letter === 'a') asked.all = asked.all === 'mine' ? 'all' : (asked.all ?? 'terminals');
    else if (letter === 'x') asked.all = asked.all === 'terminals' ? 'all' : (asked.all ?? 'mine');
    else if (letter === 'h') asked.header = false;
    else if (letter === 'r') asked.sort.push({ name: 'pcpu', descending: true });
    else if (Object.hasOwn(BSD_FORMATS, letter)) asked.format = named(BSD_FORMATS[letter]);
    else if (letter === 'V') asked.text = 'version';
    else if (letter !== 'w' && letter !== 'c' && letter !== 'e')
      return new BadOption('unsupported option (BSD syntax)');
  }
  return null;
}
