import { isPattern, patternOf } from '../pattern.ts';

const plain = (text: string) => [{ text, quoted: false }];

describe('patternOf', () => {
  test.each([
    ['*', 'anything', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[]x]', ']', true],
    ['a.c', 'abc', false],
    ['(a|b)', 'a', false],
    ['[b-a]', '[b-a]', true],
    ['[', '[', true],
  ])('%s and %s: %s', (pattern, text, fits) => {
    expect(patternOf(plain(pattern)).test(text)).toBe(fits);
  });

  test('what is quoted means itself', () => {
    const pieces = [{ text: '*', quoted: true }, ...plain('*')];
    expect(patternOf(pieces).test('*x')).toBe(true);
    expect(patternOf(pieces).test('xx')).toBe(false);
    expect(isPattern([{ text: '*', quoted: true }])).toBe(false);
  });
});
