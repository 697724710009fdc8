import { fixed } from '../printf.ts';
import { humanSize, textTable } from '../util-linux/table.ts';

describe('fixed', () => {
  test('halves go to the even neighbour', () => {
    expect([0.5, 1.5, 2.5, -0.5, 3].map((value) => fixed(value, 0))).toEqual(['0', '2', '2', '-0', '3']);
    expect([0.25, 0.75, 0.125].map((value) => fixed(value, 1))).toEqual(['0.2', '0.8', '0.1']);
  });

  test('what is no half is rounded as it is', () => {
    expect([0.15, 0.35, 1.005, 99.95].map((value) => fixed(value, 1))).toEqual(['0.1', '0.3', '1.0', '100.0']);
  });
});

describe('humanSize', () => {
  test('one decimal, unless it is none', () => {
    const sizes = [0, 1023, 1024, 1536, 204800000, 2147479552, 2 ** 40];
    expect(sizes.map(humanSize)).toEqual(['0B', '1023B', '1K', '1.5K', '195.3M', '2G', '1T']);
  });
});

describe('textTable', () => {
  test('columns are as wide as their titles, shown or not', () => {
    const rows = [
      ['a', '1'],
      ['bcd', '234'],
    ];
    const isRight = [false, true];
    expect(textTable({ titles: ['NAME', 'N'], hidesTitles: false, rows, isRight })).toBe(
      'NAME   N\na      1\nbcd  234\n',
    );
    expect(textTable({ titles: ['NAME', 'N'], hidesTitles: true, rows, isRight })).toBe('a      1\nbcd  234\n');
  });
});
