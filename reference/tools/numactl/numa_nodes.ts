/** Lists of nodes and CPUs, as sysfs writes them and libnuma reads them. numactl: libnuma.c */
import type { Files } from '../../include/tool.ts';
import { readText } from '../proc_files.ts';

/** `0-2,5`: the numbers, ascending. */
function ranges(text: string): number[] {
  const numbers = text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number);
      return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => first + i);
    });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** CPUs of a node. */
export const cpusOf = (files: Files, node: number): number[] =>
  ranges(readText(files, `/sys/devices/system/node/node${node}/cpulist`));

/** What a process may use, from its status. */
export function allowed(files: Files, label: 'Cpus_allowed_list' | 'Mems_allowed_list'): number[] {
  const line = new RegExp(`^${label}:\\s+(.*)$`, 'm').exec(readText(files, '/proc/self/status'));
  return ranges(line?.[1] ?? '');
}

/**
 * A list of the command line: `0,2-3`, `all`, `!1`, `+0`.
 * @returns the members; a number that does not exist; null: it is no list
 */
export function listOf(text: string, all: readonly number[]): number[] | number | null {
  if (text === 'all') return [...all];
  const isOthers = text.startsWith('!');
  const isRelative = text.replace(/^!/, '').startsWith('+');
  const list = text.replace(/^!?\+?/, '');
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return null;
  const numbers = ranges(list).map((number) => (isRelative ? (all[number] ?? -1 - number) : number));
  const missing = numbers.find((number) => !all.includes(number));
  if (missing !== undefined) return missing;
  return isOthers ? all.filter((number) => !numbers.includes(number)) : numbers;
}
