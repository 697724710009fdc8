import { distinctKeys, fold } from '../submissions/key.ts';

describe('fold', () => {
  test.each([
    ['Ada Lovelace', 'ada-lovelace'],
    ["José O'Neil", 'jose-oneil'],
    ['Weiß', 'weiss'],
    ['Søren Ærø', 'soren-aero'],
    ['Łukasz Đoković', 'lukasz-dokovic'],
    ['Iİıi', 'iiii'],
    ['ﬁne Ⅻ', 'fine-xii'],
    ['  a..b  ', 'a-b'],
    ['../..\\x', 'x'],
    ['李雷', ''],
  ])('spells %s as %s', (name, folded) => {
    expect(fold(name)).toBe(folded);
  });

  test('stays short, and never ends in a hyphen', () => {
    expect(fold('x'.repeat(200))).toHaveLength(60);
    expect(fold(`${'x'.repeat(59)} y`)).toBe('x'.repeat(59));
  });
});

describe('distinctKeys', () => {
  const keys = (...named: [string, string][]) => distinctKeys(named.map(([keyName, keyId]) => ({ keyName, keyId })));

  test('keeps namesakes apart by their id, and by a number where there is none', () => {
    expect(keys(['Ada', '3'], ['Ada', '12'])).toEqual(['ada-3', 'ada-12']);
    expect(keys(['Ada', ''], ['ada', ''], ['ADA', ''])).toEqual(['ada', 'ada-2', 'ada-3']);
  });

  test('gives nobody a number that is the name of another', () => {
    expect(keys(['Ada', ''], ['ada', ''], ['Ada 2', ''])).toEqual(['ada', 'ada-3', 'ada-2']);
  });

  test('never gives out what Windows keeps for devices, nor an empty name', () => {
    expect(keys(['Con', ''], ['LPT1', ''], ['con', '4'], ['李', '7'], ['', ''])).toEqual([
      'student-con',
      'student-lpt1',
      'con-4',
      'student-7',
      'student',
    ]);
  });
});
