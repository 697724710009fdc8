import fc from 'fast-check';
import { type Result, Result as ResultSchema } from '../../model/result.ts';
import { VERDICT_KINDS } from '../../model/verdict.ts';
import { classView } from '../../report/class.ts';
import { htmlTemplate } from '../../report/templates.ts';
import { assignment, criterion, everyKind, result, verdicts } from '../../report/tests/samples.ts';
import { wording } from '../../report/wording.ts';
import { report } from '../report.ts';

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '{{constructor}} {{{lookup this "x"}}} {{> style}}',
  '</pre></code></style></title></svg>',
  '&lt;b&gt; &#x202e; javascript:alert(1)',
  '`**[x](javascript:alert(1))**` | <b>',
  '\n# heading\n```\n- item',
  '\u202e\u0000\u001b[31m\ud800',
];

/** A class in which each student writes one of these wherever a student can write. */
const render = (texts: readonly string[]): Map<string, string> =>
  report(
    assignment,
    texts.map((said, i) => ({ ...everyKind(said), submission: { ...everyKind(said).submission, key: `s${i}` } })),
    texts.map((said) => ({ entry: said, says: said })),
  );
/** Every tag with its attributes: what a page is, apart from what it says. */
const tags = (html = ''): string[] => html.match(/<[^>]*>/g) ?? [];
/** Every heading, list, table and fence, apart from what they say. */
const shape = (markdown = ''): string[] =>
  markdown
    .replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '= block')
    .split('\n')
    .filter((line) => /^([#|=`-]|\d+\.)/.test(line))
    .map((line) => line.slice(0, 2));

const plain = render(HOSTILE.map(() => 'a name'));
const hostile = render(HOSTILE);
const page = (name: string): string => plain.get(name) ?? '';
const FEEDBACK = 's0/feedback.html';

test('gives two pages and a comment for each submission, and two pages for the class', () => {
  const one = everyKind();
  expect([...report(assignment, [one], []).keys()]).toEqual([
    'student-broken/feedback.html',
    'student-broken/feedback.md',
    'student-broken/comment.txt',
    'class.html',
    'class.md',
  ]);
});

describe('feedback', () => {
  test.each(VERDICT_KINDS)('of a submission that is %s says so in both formats', (kind) => {
    const one = result([criterion(verdicts('x')[kind])], kind);
    const pages = report(assignment, [one], []);
    for (const format of ['html', 'md']) {
      const text = pages.get(`${one.submission.key}/feedback.${format}`) ?? '';
      expect(text).toContain(wording(kind).headline);
      expect(text).toContain(wording(kind).word);
      expect(text).toContain(`Title of ${kind}`);
    }
  });

  test('says what a student needs, in this order', () => {
    const html = page(FEEDBACK);
    const order = [
      '<b>3</b> <span>of 24 points so far</span>',
      'Look at this first',
      'Score by criterion',
      'In your files',
      'id="c-failed"',
      '<li value="1"><code>allocPages(order 1) &#x3D; 12</code></li>',
      '<dt>Expected</dt><dd><pre>[8..15]</pre></dd>',
      '<dt>Yours</dt><dd><pre>a name</pre></dd>',
      'grows like n<sup>2</sup>; the assignment allows n<sup>1.25</sup> (linear)',
      'Measured, and within the budget',
    ];
    const places = order.map((text) => html.indexOf(text));
    expect(places.includes(-1)).toBe(false);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('says each figure in words too', () => {
    for (const name of [FEEDBACK, 's0/feedback.md']) {
      expect(page(name)).toContain('12..13 stands alone a name');
      expect(page(name)).toContain('PMD has no W a name');
      expect(page(name)).toContain('65,536');
    }
  });
});

describe('what a student writes', () => {
  test.each(HOSTILE.map((said, i) => [said, i] as const))('is inert: %j', (_, i) => {
    expect(tags(hostile.get(`s${i}/feedback.html`))).toEqual(tags(plain.get(`s${i}/feedback.html`)));
    expect(shape(hostile.get(`s${i}/feedback.md`))).toEqual(shape(plain.get(`s${i}/feedback.md`)));
  });

  test('is inert on the class page', () => {
    expect(tags(hostile.get('class.html'))).toEqual(tags(plain.get('class.html')));
    expect(shape(hostile.get('class.md'))).toEqual(shape(plain.get('class.md')));
  });

  test('is inert whatever it is', () => {
    const texts = fc.sample(fc.string({ minLength: 1, unit: 'binary' }), { numRuns: 40, seed: 1 });
    const pages = render(texts);
    const expected = tags(plain.get(FEEDBACK));
    for (const i of texts.keys()) expect(tags(pages.get(`s${i}/feedback.html`))).toEqual(expected);
    expect(tags(pages.get('class.html'))).toEqual(tags(render(texts.map(() => 'a name')).get('class.html')));
  });

  test('is seen where it would hide or turn text', () => {
    const pages = render(['a\u202eb\u0000c\u2066d']);
    pages.delete('s0/comment.txt');
    for (const text of pages.values()) expect(text).toContain('a\ufffdb\ufffdc\ufffdd');
    for (const text of pages.values()) expect(text).not.toMatch(/(?!\n)[\p{Cc}\u202e\u2066]/u);
  });
});

describe.each([FEEDBACK, 'class.html'])('%s', (name) => {
  test('asks nothing of the network', () => {
    const html = page(name);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/https?:|\bsrc=|@import|url\((?!#)/);
    const links = Array.from(html.matchAll(/href="([^"]*)"/g), ([, href]) => href);
    expect(links.filter((href) => !/^(#c-[a-z]+|s\d+\/feedback\.html)$/.test(href ?? ''))).toEqual([]);
  });

  test('tells language, character set and width, and has one first heading', () => {
    const html = page(name);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">/);
    expect(html).toContain('name="viewport" content="width=device-width, initial-scale=1"');
    expect(html.match(/<h1>/g)).toHaveLength(1);
  });

  test('closes every element that it opens', () => {
    const open: string[] = [];
    for (const tag of tags(page(name))) {
      const [, close, element = '', self] = /^<(\/?)([a-z0-9]+)[^>]*?(\/?)>$/.exec(tag) ?? [];
      if (element === '' || self === '/' || ['meta', 'br'].includes(element)) continue;
      if (close === '/') expect(open.pop()).toBe(element);
      else open.push(element);
    }
    expect(open).toEqual([]);
  });
});

describe('class page', () => {
  test('runs the one script whose hash it names', () => {
    const html = page('class.html');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toMatch(/script-src 'sha256-[^']+'/);
    expect(page(FEEDBACK)).not.toContain('<script');
  });

  test('stays below a megabyte for three hundred submissions', () => {
    const many = Array.from({ length: 300 }, (_, i): Result => {
      const one = everyKind(`Student ${i}`);
      return { ...one, submission: { ...one.submission, key: `student-${i}` } };
    });
    const html = htmlTemplate('class')({ ...classView(assignment, many, []), scriptHash: '' });
    expect(html.match(/<th scope="row"/g)).toHaveLength(300);
    expect(html.length).toBeLessThan(1_000_000);
  });
});

test('the same results give the same bytes, also when they come back from a file', () => {
  const one = everyKind();
  const again = ResultSchema.parse(JSON.parse(JSON.stringify(one)));
  expect([...report(assignment, [again], [])]).toEqual([...report(assignment, [one], [])]);
});

test('changes none of its results', () => {
  const one = everyKind();
  const before = JSON.stringify(one);
  report(assignment, [one], []);
  expect(JSON.stringify(one)).toBe(before);
});
