import type { BuddyinfoZone } from '../../include/mmzone.ts';

const column = (value: string | number, width: number) => `${' '.repeat(Math.max(0, width - `${value}`.length))}${value} `;

export const fragShow = (node: number, zones: readonly BuddyinfoZone[]): string =>
  zones.reduce(
    (text, { name, managedPages, nrFree }) =>
      managedPages ? `${text}Node ${node}, zone ${column(name, 8)}${nrFree.map((n) => column(n, 6)).join('')}\n` : text,
    '',
  );
