import { evaluate } from '../arithmetic.ts';
import { ShellVariables } from '../variables.ts';

const variables = new ShellVariables(
  new Map([
    ['x', '5'],
    ['expression', 'x + 1'],
    ['loop', 'loop'],
  ]),
);
const value = (text: string): string => {
  const result = evaluate(text, variables);
  return typeof result === 'bigint' ? String(result) : result.says;
};

describe('evaluate', () => {
  test.each([
    ['', '0'],
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['2 ** 3 ** 2', '512'],
    ['-7 / 2', '-3'],
    ['-7 % 2', '-1'],
    ['0x10 + 010 + 2#101', '29'],
    ['1 << 4 | 1', '17'],
    ['1 < 2 && 3 != 4', '1'],
    ['0 && 1 / 0', '0'],
    ['1 ? 2 : 1 / 0', '2'],
    ['!5 + ~0', '-1'],
    ['9223372036854775807 + 1', '-9223372036854775808'],
    ['expression * 2', '12'],
    ['unknown', '0'],
  ])('%s is %s', (text, is) => {
    expect(value(text)).toBe(is);
  });

  test('assigns, and steps before or after', () => {
    expect(value('a = b = 3, a++ + ++b')).toBe('7');
    expect([variables.get('a'), variables.get('b')]).toEqual(['4', '4']);
    expect(value('a += 2, a <<= 1')).toBe('12');
  });

  test.each([
    ['1 / 0', '1 / 0: division by 0 (error token is "1 / 0")'],
    ['1 +', '1 +: syntax error: operand expected (error token is "1 +")'],
    ['1 2', '1 2: syntax error in expression (error token is "2")'],
    ['08', '08: value too great for base (error token is "08")'],
    ['loop', 'loop: expression recursion level exceeded (error token is "loop")'],
  ])('%s is wrong: %s', (text, says) => {
    expect(value(text)).toBe(says);
  });
});
