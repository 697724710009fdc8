import { format, general } from '../format.ts';

const shown = (pattern: string, ...values: (string | number)[]): string =>
  format(pattern, () => values.shift() ?? '', Number);

describe('format', () => {
  test.each([
    ['%d%%', [7.9], '7%'],
    ['%5d|%-5d|%05d|%+d|% d', [1, 2, -3, 4, 5], '    1|2    |-0003|+4| 5'],
    ['%x %X %#x %o', [255, 255, 255, 8], 'ff FF 0xff 10'],
    ['%.2f %8.3f %.0f %.0f', [1.005, 2.5, 0.5, 1.5], '1.00    2.500 0 2'],
    ['%e %g %g %g', [12345.678, 0.0001, 1e7, 100000], '1.234568e+04 0.0001 1e+07 100000'],
    ['%s %5s|%-5s|%.2s', ['a', 'b', 'c', 'def'], 'a     b|c    |de'],
    ['%*d %c %c', [4, 1, 65, 'xyz'], '   1 A x'],
    ['%q %s', ['a'], '%q a'],
  ])('%s of %j is %s', (pattern, values, text) => {
    expect(shown(pattern, ...values)).toBe(text);
  });
});

describe('general', () => {
  test('shows at most so many digits, and none that say nothing', () => {
    expect([0.1 + 0.2, 1 / 3, 1e6, 123456789, 1e-5, 0].map((value) => general(value, 6))).toEqual([
      '0.3',
      '0.333333',
      '1e+06',
      '1.23457e+08',
      '1e-05',
      '0',
    ]);
  });
});
