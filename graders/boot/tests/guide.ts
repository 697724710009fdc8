/** The rows of guide.yaml: commands of the guide, and what a machine answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const Row = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  under: z.string(),
  command: z.string(),
  insteadOf: z.string().optional(),
  fill: z.record(z.string(), z.string()).default({}),
  run: z.string().optional(),
  machine: z.enum(['laptop', 'server-numa', 'tiny']).default('laptop'),
  first: z.string().optional(),
  needs: z.array(z.string()).default([]),
  stop: z.number().optional(),
  after: z.string().optional(),
  status: z.int().default(0),
  prints: z.array(z.union([z.string(), z.number().transform(String)])).optional(),
  like: z.string().optional(),
});
export type Row = z.infer<typeof Row>;

export const GUIDE: readonly Row[] = z.array(Row).parse(parse(readFileSync(join(__dirname, 'guide.yaml'), 'utf8')));

/** What is typed. */
export function typedOf({ command, run, fill }: Row): string {
  const words = Object.entries(fill);
  return run ?? words.reduce((text, [open, word]) => text.replaceAll(open, word), command);
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `/\d+ kB/ 3..`: a pattern, and how often such a line comes; anything else is a line as it stands. */
function patternOf(print: string): string {
  const [, pattern, least, range, most] = /^\/(.*)\/(?: (\d+)(\.\.)?(\d+)?)?$/.exec(print) ?? [];
  if (pattern === undefined) return `${literally(print)}\\n`;
  const times = least === undefined ? '' : `{${least}${range === undefined ? '' : `,${most ?? ''}`}}`;
  return `(?:${pattern}\\n)${times}`;
}

/** Of all that is printed. */
export const patternOfAll = (prints: readonly string[]): RegExp => new RegExp(`^${prints.map(patternOf).join('')}$`);

/** The words of a text, and how far numbers reach; so two texts of the same format are alike. */
export const shapeOf = (text: string): string => text.replace(/ *\d+/g, (number) => `${'#'.padStart(number.length)}`);
