import { parse } from '../parser.ts';

const wrong = (text: string): string => {
  const parsed = parse(text);
  return parsed.kind === 'script' ? 'a script' : `${parsed.kind}: ${parsed.says}`;
};

describe('parse', () => {
  test.each([
    ['', 'a script'],
    ['# a comment', 'a script'],
    ['a && b || ! c; d &', 'a script'],
    ['for i in 1 2; do echo $i; done', 'a script'],
    ['if a; then b; elif c; then d; else e; fi', 'a script'],
    ['case $x in a|b) c;; (*) d;; esac', 'a script'],
    ['f() { g; }; h () ( i )', 'a script'],
    ['cat << EOF\n$x\nEOF', 'a script'],
    ['if true; then cat <<A; fi\nb\nA', 'a script'],
    ['echo "', 'incomplete: unexpected EOF while looking for matching `"\''],
    ["echo '", "incomplete: unexpected EOF while looking for matching `''"],
    ['while true', 'incomplete: syntax error: unexpected end of file'],
    ['a &&', 'incomplete: syntax error: unexpected end of file'],
    ['cat << EOF\nx', 'incomplete: unexpected end of file in a here-document'],
    ['done', "wrong: syntax error near unexpected token `done'"],
    ['echo )', "wrong: syntax error near unexpected token `)'"],
    ['a | | b', "wrong: syntax error near unexpected token `|'"],
    ['echo >', "wrong: syntax error near unexpected token `newline'"],
    [';;', "wrong: syntax error near unexpected token `;;'"],
    ['if true; then fi', "wrong: syntax error near unexpected token `fi'"],
    ['$'.concat('{a b}'), 'wrong: $'.concat('{a b}: bad substitution')],
    ['{ '.repeat(500), 'wrong: too many commands within one another'],
  ])('%j is %s', (text, is) => {
    expect(wrong(text)).toBe(is);
  });

  test('keeps what was typed of each command, for the list of jobs', () => {
    const parsed = parse('sleep 5 | cat & echo "a  b"');
    expect(parsed.kind === 'script' && parsed.list.map(({ text, background }) => [text, background])).toEqual([
      ['sleep 5 | cat', true],
      ['echo "a  b"', false],
    ]);
  });
});
