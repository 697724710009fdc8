import { cellAt, parseCsv, withChanges } from '../grades/csv.ts';

function texts(source: string, delimiter = ','): string[][] {
  const table = parseCsv(source, delimiter);
  if (typeof table === 'string') throw new Error(table);
  return table.rows.map((row) => row.map(({ text }) => text));
}

describe('parseCsv', () => {
  test('reads quotes, doubled quotes, delimiters and line ends inside cells', () => {
    expect(texts('a,"b ""c"", d","e\nf"\n')).toEqual([['a', 'b "c", d', 'e\nf']]);
  });

  test.each(['\n', '\r', '\r\n'])('reads lines that end in %j, with and without one at the end', (end) => {
    const rows = [
      ['a', 'b'],
      ['', 'c'],
    ];
    expect(texts(`a,b${end},c${end}`)).toEqual(rows);
    expect(texts(`a,b${end},c`)).toEqual(rows);
  });

  test('leaves out a byte order mark, blank lines, and lines of delimiters alone', () => {
    expect(texts('\ufeff"a";b\n\n;  \nc;d\n', ';')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(texts('')).toEqual([]);
  });

  test.each([
    ['a,b\nc,"d', 'line 2 has a quote that is never closed'],
    ['a,b\n\n"c"x,d', 'line 3 has text after a closing quote'],
    ['a,5" disk', 'line 1 has a stray quote'],
  ])('says of %j that %s', (source, says) => {
    expect(parseCsv(source, ',')).toBe(says);
  });
});

describe('withChanges', () => {
  test('changes those cells, in any order, and no other byte', () => {
    const source = '\ufeffa,"b"\r\n"c ""d""", e ,\r\n\r\n"f",g';
    const table = parseCsv(source, ',');
    if (typeof table === 'string') throw new Error(table);
    const [first = [], , third = []] = table.rows;
    const changes = [
      { cell: cellAt(third, 0), raw: '"F"' },
      { cell: cellAt(first, 1), raw: '7' },
    ];
    expect(withChanges(table, changes)).toBe('\ufeffa,7\r\n"c ""d""", e ,\r\n\r\n"F",g');
    expect(withChanges(table, [])).toBe(source);
  });
});
