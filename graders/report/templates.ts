/**
 * The door to Handlebars: reads `templates/` and makes pages of it. A value that a template names and the view does not
 * have is an error everywhere, in blocks and helpers too. HTML escapes every value; Markdown has each value name its escape.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Handlebars from 'handlebars';
import * as escapes from './markdown.ts';

const FOLDER = resolve(import.meta.dirname, '../../templates');
const BLOCKS = ['if', 'unless', 'each', 'with'] as const;

export type Render = (view: object) => string;

/** Line ends as they were committed, whatever a checkout made of them: pages are the same bytes everywhere. */
const read = (...path: string[]): string => readFileSync(join(FOLDER, ...path), 'utf8').replaceAll('\r\n', '\n');

function present<T>(helper: string, value: T | undefined): T {
  if (value === undefined) throw new Handlebars.Exception(`"${helper}" was given a value that is not there`);
  return value;
}

/** An environment whose blocks refuse a missing value, as strict mode makes plain values do. */
function environment(): typeof Handlebars {
  const made = Handlebars.create();
  for (const name of BLOCKS) {
    const original: Handlebars.HelperDelegate | undefined = Handlebars.helpers[name];
    made.registerHelper(name, function (this: unknown, value: unknown, options: Handlebars.HelperOptions) {
      return original?.call(this, present(name, value), options);
    });
  }
  return made;
}

function registerPartials(made: typeof Handlebars, ending: string): void {
  for (const file of readdirSync(join(FOLDER, 'partials')).sort()) {
    if (file.endsWith(ending)) made.registerPartial(file.slice(0, -ending.length), read('partials', file));
  }
}

/** Pages in HTML: every value is escaped. */
export function htmlTemplate(name: string): Render {
  const made = environment();
  registerPartials(made, '.html.hbs');
  const source = read(`${name}.html.hbs`);
  return made.compile(source, { strict: true, noEscape: false, preventIndent: true });
}

/** Pages in Markdown: each value goes through the helper that its template names. */
export function markdownTemplate(name: string): Render {
  const made = environment();
  registerPartials(made, '.md.hbs');
  for (const [name, disarm] of Object.entries(escapes)) {
    made.registerHelper(name, (value: unknown) => disarm(String(present(name, value))));
  }
  return made.compile(read(`${name}.md.hbs`), { strict: true, noEscape: true, preventIndent: true });
}

/** The one script of the class page, as its Content-Security-Policy names it: nothing else on the page may run. */
export function sortScriptHash(): string {
  return `sha256-${createHash('sha256').update(read('partials', 'sort.html.hbs')).digest('base64')}`;
}
