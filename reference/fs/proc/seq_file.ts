/** Pieces of text that many files are made of. Linux: fs/seq_file.c, fs/proc/task_mmu.c (the labels). */
import { PAGE_SIZE } from '../../include/param.ts';

/** Pages as kB. */
export const pagesToKb = (pages: number): number => pages * (PAGE_SIZE / 1024);

/** `Rss:                  8 kB`: the label in 16 columns, the number in 8. */
export function kbLine(label: string, kb: number): string {
  return `${`${label}:`.padEnd(16)}${String(kb).padStart(8)} kB\n`;
}

/** `AnonHugePages`, but no unit. */
export function countLine(label: string, count: number): string {
  return `${`${label}:`.padEnd(16)}${String(count).padStart(8)}\n`;
}

/** `name value`, a line each. */
export function plainLines(values: readonly (readonly [name: string, value: number])[]): string {
  return values.map(([name, value]) => `${name} ${value}\n`).join('');
}

/** An address or an offset, in eight digits at least. */
export const hex8 = (value: number): string => value.toString(16).padStart(8, '0');

/** Numbers as ranges: `0-2,5`. Linux: `%*pbl`. @param members  ascending */
export function listOf(members: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const member of members) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === member - 1) last[1] = member;
    else ranges.push([member, member]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/** A set of numbers as bits in hexadecimal, 32 to a group. Linux: `%*pb`. @param width  how many numbers there may be */
export function maskOf(members: readonly number[], width: number): string {
  const groups: string[] = [];
  for (let first = 0; first < width; first += 32) {
    const bits = members.filter((n) => n >= first && n < first + 32).reduce((sum, n) => sum + 2 ** (n - first), 0);
    groups.unshift(bits.toString(16).padStart(Math.ceil(Math.min(width - first, 32) / 4), '0'));
  }
  return groups.join(',');
}
