/** Regular expressions as grep, sed and awk write them, in those of JavaScript. POSIX.1-2017, 9. */

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/** `[...]`, or a letter with a backslash, or a letter. */
const TOKEN = /\[\^?\]?(?:\[:\w+:\]|[^\]])*\]|\\[\s\S]|[\s\S]/g;

/** @returns null: it is no regular expression */
export function regexpOf(pattern: string, kind: 'basic' | 'extended' | 'fixed', flags = ''): RegExp | null {
  return compiled(toRegExp(pattern, kind), flags);
}

/** @param source  as JavaScript writes it. @returns null: it is none */
export function compiled(source: string, flags: string): RegExp | null {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

/** @param kind  basic: `\(` is a group, `+` is a plus. @returns the source of a regular expression */
export function toRegExp(pattern: string, kind: 'basic' | 'extended' | 'fixed'): string {
  if (kind === 'fixed') return pattern.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const tokens = pattern.match(TOKEN) ?? [];
  return tokens
    .map((token, i) => {
      if (token.length > 1 && token.startsWith('[')) return bracket(token);
      if (token === '\\<') return '\\b(?=\\w)';
      if (token === '\\>') return '\\b(?<=\\w)';
      if (kind === 'extended') return token;
      return basic(token, i === 0 || tokens[i - 1] === '\\(' || tokens[i - 1] === '\\|', i === tokens.length - 1);
    })
    .join('');
}

function bracket(token: string): string {
  const [, not = '', inner = ''] = /^\[(\^?)([\s\S]*)\]$/.exec(token) ?? [];
  const parts = inner.match(/\[:\w+:\]|[\s\S]/g) ?? [];
  const set = parts.map((part) => {
    if (part.length > 1) return CLASSES[part.slice(2, -2)] ?? '';
    return /[\\\][^]/.test(part) ? `\\${part}` : part;
  });
  return `[${not}${set.join('')}]`;
}

function basic(token: string, isFirst: boolean, isLast: boolean): string {
  if (/^\\[(){}+?|]$/.test(token)) return token.slice(1);
  if (/^[(){}+?|]$/.test(token)) return `\\${token}`;
  if (token === '*' && isFirst) return '\\*';
  if (token === '^' && !isFirst) return '\\^';
  return token === '$' && !isLast ? '\\$' : token;
}
