import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { feedbackView } from '../feedback.ts';
import { htmlTemplate, markdownTemplate, sortScriptHash } from '../templates.ts';
import { everyKind } from './samples.ts';

const FOLDER = join(__dirname, '../../../templates');
const FILES = [...readdirSync(FOLDER), ...readdirSync(join(FOLDER, 'partials')).map((file) => join('partials', file))]
  .filter((file) => file.endsWith('.hbs'))
  .sort();
const sourceOf = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** Every `{{value}}` of a template. */
function mustaches(file: string): hbs.AST.MustacheStatement[] {
  const found: hbs.AST.MustacheStatement[] = [];
  class Finder extends Handlebars.Visitor {
    override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
      found.push(mustache);
    }
  }
  new Finder().accept(Handlebars.parse(sourceOf(file)));
  return found;
}

test('no template lets a value through unescaped', () => {
  const raw = FILES.flatMap((file) => mustaches(file).filter(({ escaped }) => !escaped));
  expect(raw).toEqual([]);
});

test('each value of a Markdown template names its escape', () => {
  const markdown = FILES.filter((file) => file.endsWith('.md.hbs'));
  const helpers = markdown.flatMap((file) =>
    mustaches(file).map(({ path }) => (path as hbs.AST.PathExpression).original),
  );
  expect(markdown.length).toBe(4);
  expect(new Set(helpers)).toEqual(new Set(['text', 'code', 'fence']));
});

describe.each([
  ['HTML', htmlTemplate],
  ['Markdown', markdownTemplate],
] as const)('%s', (_, template) => {
  const view = feedbackView(everyKind());

  test.each(Object.keys(view))('refuses a view without "%s"', (missing) => {
    const less = Object.fromEntries(Object.entries(view).filter(([key]) => key !== missing));
    const isUsed = !(template === markdownTemplate && missing === 'segments');
    const render = (): string => template('feedback')(less);
    if (isUsed) expect(render).toThrow(/not there|not defined|undefined/);
    else expect(render()).toContain('The buddy allocator');
  });
});

test('the script that the class page allows is the one it holds', () => {
  const script = sourceOf('partials/sort.html.hbs').replaceAll('\r\n', '\n');
  expect(sortScriptHash()).toBe(`sha256-${createHash('sha256').update(script).digest('base64')}`);
});
