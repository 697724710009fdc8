import fc from 'fast-check';
import { cellAt, parseCsv, quotedCell, rawCell, withChanges } from '../grades/csv.ts';

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

test('any cells, quoted, are read back, and any text that parses is given back as it was', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', ' ', '\\', 'é', '=') });
  const rows = fc.array(
    fc.array(
      cell.filter((text) => text.trim() !== ''),
      { minLength: 1 },
    ),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(rows, (cells) => {
      expect(texts(cells.map((row) => row.map(quotedCell).join(',')).join('\r\n'))).toEqual(cells);
    }),
    { seed: 1 },
  );
  fc.assert(
    fc.property(cell, (source) => {
      const table = parseCsv(source, ',');
      if (typeof table === 'string') return;
      const same = table.rows.flat().map((each) => ({ cell: each, raw: rawCell(table, each) }));
      expect(withChanges(table, same)).toBe(source);
    }),
    { seed: 1 },
  );
});
