/**
 * The scenario language: what a simulated program does, a statement a line. docs/scenarios.md describes it.
 *
 *     a = alloc 64M        # memory, nothing touched yet
 *     touch a 0-99         # the first hundred pages
 *     fork
 *       touch a            # copy on write
 *     end
 *     wait
 */

/** A line, with the statements inside of it. */
export interface Statement {
  /** From 1. */
  readonly line: number;
  /** The variable in front of `=`; null: none. */
  readonly name: string | null;
  readonly verb: string;
  readonly args: readonly string[];
  /** Of fork and repeat. */
  readonly body: readonly Statement[];
  /** With `try` in front: the program goes on when it fails. */
  readonly mayFail: boolean;
}

export interface ScenarioError {
  readonly line: number;
  readonly why: string;
}

/** How many arguments each verb takes, least and most, and whether it gives a value. */
const VERBS: Readonly<Record<string, readonly [least: number, most: number, gives?: 'value']>> = {
  ...{ alloc: [1, 6, 'value'], map: [1, 5, 'value'], memfd: [1, 1, 'value'], malloc: [1, 1, 'value'] },
  ...{ touch: [1, 9], read: [1, 9], free: [1, 2], forget: [1, 1], resize: [2, 2], advise: [2, 3] },
  ...{ protect: [2, 3], lock: [1, 2], unlock: [1, 2], put: [2, 4], get: [1, 3] },
  ...{
    fork: [0, 1],
    wait: [0, 0],
    repeat: [1, 1],
    sleep: [1, 1],
    compute: [1, 1],
    exit: [0, 1],
    say: [0, 99],
    name: [1, 1],
  },
  ...{ readfile: [1, 2], writefile: [2, 2], sync: [0, 0], limit: [2, 2], policy: [1, 2], bind: [2, 3], cpu: [1, 1] },
};
export const VERB_NAMES: readonly string[] = Object.keys(VERBS);
const BLOCKS: readonly string[] = ['fork', 'repeat'];

/** @returns the statements, or the first thing that is wrong */
export function parseScenario(text: string): readonly Statement[] | ScenarioError {
  const lines = text.split('\n').map((raw, i) => ({ line: i + 1, words: wordsOf(raw) }));
  const open: { statement: Statement; body: Statement[] }[] = [];
  const top: Statement[] = [];
  for (const { line, words } of lines) {
    if (words.length === 0) continue;
    if (words.length === 1 && words[0] === 'end') {
      if (open.pop() === undefined) return { line, why: '`end`, but nothing was begun' };
      continue;
    }
    const body: Statement[] = [];
    const statement = statementOf(line, words, body);
    if ('why' in statement) return statement;
    (open.at(-1)?.body ?? top).push(statement);
    if (BLOCKS.includes(statement.verb)) open.push({ statement, body });
  }
  const last = open.pop();
  return last === undefined ? top : { line: last.statement.line, why: `\`${last.statement.verb}\` has no \`end\`` };
}

/** Without a comment. */
function wordsOf(raw: string): string[] {
  return raw
    .replace(/(^|\s)#.*$/, '')
    .split(/\s+/)
    .filter((word) => word !== '');
}

function statementOf(line: number, words: readonly string[], body: Statement[]): Statement | ScenarioError {
  const mayFail = words[0] === 'try';
  const rest = mayFail ? words.slice(1) : words;
  const isNamed = rest[1] === '=';
  const [verb = '', ...args] = isNamed ? rest.slice(2) : rest;
  const shape = Object.hasOwn(VERBS, verb) ? VERBS[verb] : null;
  if (shape === null) return { line, why: `there is no \`${verb}\`` };
  const [least, most, gives] = shape;
  const name = isNamed ? rest[0] : null;
  if (name !== null && gives === undefined) return { line, why: `\`${verb}\` gives no value` };
  if (name === null && gives !== undefined) return { line, why: `\`${verb}\` needs a name: \`a = ${verb} ...\`` };
  if (name !== null && !/^[a-z_]\w*$/i.test(name)) return { line, why: `\`${name}\` is no name` };
  if (args.length < least || args.length > most) {
    const wanted = least === most ? String(least) : `${least} to ${most}`;
    return { line, why: `\`${verb}\` takes ${wanted} arguments, not ${args.length}` };
  }
  return { line, name, verb, args, body, mayFail };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, P: 4096 };

/** `4096`, `64K`, `2M`, `1G`, `16P` (pages): bytes; null: it is no size. */
export function sizeOf(text: string): number | null {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([KMGP]?)B?$/i.exec(text) ?? [];
  return digits === undefined ? null : Math.round(Number(digits) * UNITS[unit.toUpperCase()]);
}

/** `5`, `1.5s`, `200ms`, `3us`, `2m`, `1h`: ns; null: it is no time. */
export function timeOf(text: string): number | null {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(h|m|s|ms|us|ns)?$/.exec(text) ?? [];
  const ns: Readonly<Record<string, number>> = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1 };
  return digits === undefined ? null : Math.round(Number(digits) * ns[unit ?? 's']);
}

/** Pages from the first to the one behind the last. */
export interface PageRange {
  readonly first: number;
  readonly end: number;
}

/** `3`, `0-7`, `all`: pages of an area of so many; null: it is no range, or goes beyond the end. */
export function pagesOf(text: string, pages: number): PageRange | null {
  if (text === 'all') return { first: 0, end: pages };
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (from === undefined) return null;
  const range = { first: Number(from), end: Number(to) + 1 };
  return range.first < range.end && range.end <= pages ? range : null;
}
