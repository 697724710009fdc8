import { table } from '../table.ts';

describe('table', () => {
  test('makes each column as wide as its widest cell', () => {
    expect(
      table(
        ['Name', 'Points'],
        [
          ['Ada', '100 of 100'],
          ['Grace Hopper', '7'],
        ],
      ),
    ).toBe(
      ['Name          Points', '------------  ----------', 'Ada           100 of 100', 'Grace Hopper  7'].join('\n'),
    );
  });

  test('counts wide characters as two columns and combining marks as none', () => {
    expect(
      table(
        ['N', 'P'],
        [
          ['李雷', '1'],
          ['é', '2'],
        ],
      ),
    ).toBe(['N     P', '----  -', '李雷  1', 'é     2'].join('\n'));
  });
});
