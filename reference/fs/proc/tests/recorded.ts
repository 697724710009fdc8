/** Texts as a real kernel printed them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param name  `self-maps` */
export function recorded(name: string): string {
  return readFileSync(join(__dirname, '../../../recordings/proc-format', `${name}.txt`), 'latin1');
}

export const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);

/** `MemFree:    123 kB` as [MemFree, 123]. */
export function labelled(text: string): [string, number][] {
  return linesOf(text).map((line) => {
    const [, name = '', value = ''] = /^(?:Node \d+ )?([^:]+):\s+(\d+)/.exec(line) ?? [];
    return [name, Number(value)];
  });
}

/** What stands in front of the first colon or space behind the indentation: the shape of a file. */
export function shapeOf(text: string): string[] {
  return linesOf(text).map((line) => line.replace(/^(Node \d+ )?( *[^:\s]+).*$/, '$1$2'));
}
