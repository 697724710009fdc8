import { flags, getopt, withValue } from '../getopt.ts';

const LONG = {
  ...flags({ wide: 'w', write: 'W', help: 'h' }),
  ...withValue('required', { seconds: 's' }),
  ...withValue('optional', { show: 'show' }),
};
const parse = (line: string) => getopt(line.split(' '), 'ab:c::s:', LONG);
const names = (line: string): string =>
  parse(line)
    .options.map(({ name, value }) => (value === '' ? name : `${name}=${value}`))
    .join(' ');

describe('getopt', () => {
  test('letters alone, together, and with a value behind or beside', () => {
    expect(names('-a -b 3 -ab4 -c -c5 -as 6')).toBe('a b=3 a b=4 c c=5 a s=6');
  });

  test('long ones, as long as needed, with a value behind or beside', () => {
    expect(names('--wide --sec 2 --seconds=3 --show --show=x --he')).toBe('w s=2 s=3 show show=x h');
  });

  test('operands may stand anywhere; behind -- nothing is an option', () => {
    expect(parse('x -a y -- -b').operands).toEqual(['x', 'y', '-b']);
    expect(parse('-').operands).toEqual(['-']);
  });

  test('with + the first operand ends the options', () => {
    expect(getopt(['-a', 'cat', '-a'], '+a')).toEqual({ options: [{ name: 'a', value: '' }], operands: ['cat', '-a'] });
  });

  test.each([
    ['-x', "invalid option -- 'x'"],
    ['-b', "option requires an argument -- 'b'"],
    ['--nothing', "unrecognized option '--nothing'"],
    ['--wide=3', "option '--wide' doesn't allow an argument"],
    ['--seconds', "option '--seconds' requires an argument"],
    ['--w', "option '--w' is ambiguous; possibilities: '--wide' '--write'"],
  ])('%s: says what is wrong', (line, why) => {
    expect(parse(line).options).toEqual([{ name: '?', value: why }]);
  });
});
