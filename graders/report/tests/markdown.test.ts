import fc from 'fast-check';
import { code, fence, text } from '../markdown.ts';

/** Anything, but often made of what Markdown is made of. */
const nasty = fc.oneof(
  fc.string(),
  fc.string({
    unit: fc.constantFrom(
      '`',
      '``',
      '*',
      '_',
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      '&',
      '|',
      '\\',
      '#',
      '\n',
      ' ',
      'a',
      '1',
      '.',
      '-',
    ),
  }),
);

describe('text', () => {
  test('leaves plain words, numbers and file names as they are', () => {
    const plain = 'mm/page_alloc.ts has 12.5 of 20 points (not 21), doesn’t it?';
    expect(text(plain)).toBe(plain);
  });

  test('disarms markup, HTML, tables, links and mentions', () => {
    expect(text('**b** _i_ `c` [x](http://y) <img onerror=1> &lt; |')).toBe(
      '\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\[x\\](http\\:\\/\\/y) &lt;img onerror=1&gt; &amp;lt; \\|',
    );
    expect(text('see www.x.org, @ada, #12 and a@b.c')).toBe('see www\\.x.org, \\@ada, \\#12 and a\\@b.c');
  });

  test('begins no heading, list, rule or quotation', () => {
    expect(['# a', '- a', '+ a', '---', '===', '1. a', '2) a', '> a'].map(text)).toEqual([
      '\\# a',
      '\\- a',
      '\\+ a',
      '\\---',
      '\\===',
      '1\\. a',
      '2\\) a',
      '&gt; a',
    ]);
  });

  test('is one line, without a bare bracket or backtick, whatever it is given', () => {
    fc.assert(
      fc.property(nasty, (value) => {
        const shown = text(value).replace(/\\[^\n]/g, '');
        expect(shown).not.toMatch(/[\n`*[\]<>|]/);
      }),
    );
  });
});

describe('code', () => {
  test('takes more backticks than it holds', () => {
    expect(['a', 'a`b', '`a``', ' a ', '', ' \n'].map(code)).toEqual([
      '`a`',
      '``a`b``',
      '``` `a`` ```',
      '`  a  `',
      '(empty)',
      '(empty)',
    ]);
  });

  test('ends where it began, whatever it is given', () => {
    fc.assert(
      fc.property(nasty, (value) => {
        const shown = code(value);
        const ticks = /^`+/.exec(shown)?.[0] ?? '';
        const runs = shown.match(/`+/g) ?? [];
        expect(shown).not.toContain('\n');
        expect(runs.filter((run) => run === ticks).length).toBe(shown === '(empty)' ? 0 : 2);
      }),
    );
  });
});

describe('fence', () => {
  test('is longer than any run of backticks inside', () => {
    expect(fence('a\n```\nb\n')).toBe('````text\na\n```\nb\n````');
    expect(fence('')).toBe('```text\n\n```');
  });

  test('is closed by its own last line only, whatever it is given', () => {
    fc.assert(
      fc.property(nasty, (value) => {
        const lines = fence(value).split('\n');
        const ticks = lines.at(-1) ?? '';
        expect(lines.findIndex((each, i) => i > 0 && each.trim().startsWith(ticks))).toBe(lines.length - 1);
      }),
    );
  });
});
