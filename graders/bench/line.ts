/** How times are shown. */

/** A title, and columns behind it. */
export const line = (title: string, ...columns: string[]): string =>
  title.padEnd(48) + columns.map((column) => column.padStart(12)).join('');

/** With three digits or so: `27.5 ns`, `1.86 us`, `4.48 s`. */
export function time(ns: number): string {
  const units = [
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ] as const;
  const [unit, size] = units.find(([, least]) => ns >= least) ?? ['ns', 1];
  return `${(ns / size).toPrecision(3)} ${unit}`;
}
