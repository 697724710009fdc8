import { block, counted, grouped, heading, line, points, rounded, title } from '../text.ts';

describe('block', () => {
  test('shows what only a terminal or a layout would obey', () => {
    expect(block('a\u0000b\u001b[31mc\u202ed\u2066e\u200bf\u{e0041}g\ud800h\r')).toBe('a�b�[31mc�d�e�f�g�h�');
  });

  test('keeps lines, tabs and what languages need: accents, joiners, right-to-left letters', () => {
    expect(block('a\r\n\tb é\u0301 ❤️\u200d🔥 שלום')).toBe('a\n\tb é\u0301 ❤️\u200d🔥 שלום');
  });

  test('cuts a flood and says so with an ellipsis, never inside a letter of two units', () => {
    expect(block('x'.repeat(10 ** 7)).length).toBe(4001);
    expect(block('ab🔥', 3)).toBe('ab�…');
  });

  test('takes accents off a pile beyond the fourth', () => {
    expect(block(`a${'\u0301'.repeat(50)}b`)).toBe(`a${'\u0301'.repeat(4)}b`);
  });
});

test('line and title put all in one line', () => {
  expect(line('a\n\n\tb')).toBe('a b');
  expect(title(`a\n${'b'.repeat(200)}`)).toBe(`a ${'b'.repeat(158)}…`);
});

test('heading begins with a capital letter, where there is one', () => {
  expect(['after it', 'Émile', '0x7f', ''].map(heading)).toEqual(['After it', 'Émile', '0x7f', '']);
});

test('points have no trailing zeros', () => {
  expect([0, 500, 12_500, 20_000, 333].map(points)).toEqual(['0', '0.5', '12.5', '20', '0.333']);
});

test('counts are grouped by thousands, and agree with their noun', () => {
  expect([0, 999, 1000, 64_056_006].map(grouped)).toEqual(['0', '999', '1,000', '64,056,006']);
  expect([counted(1, 'test'), counted(2, 'test'), counted(0, 'test')]).toEqual(['1 test', '2 tests', '0 tests']);
});

test('ratios have at most two decimals', () => {
  expect([1, 1.904, 1.905, 12.999].map(rounded)).toEqual(['1', '1.9', '1.91', '13']);
});
