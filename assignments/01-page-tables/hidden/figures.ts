/** The walk of one address as a picture: level, index, entry, and the first entry that is not as it should be. */
import type { Figure } from '../../../graders/model/verdict.ts';
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_NX,
  _PAGE_PRESENT,
  _PAGE_PROTNONE,
  _PAGE_PSE,
  _PAGE_RW,
  _PAGE_TABLE,
  _PAGE_USER,
  LEVELS,
  PTE_PFN_MASK,
} from '../../../starter/include/pgtable_types.ts';
import type { Pte, VirtAddr } from '../../../starter/include/types.ts';
import { entryAt, type Machine, SPAN } from '../public/machine.ts';
import { expectedAt, hex, type Model, type ModelLeaf } from './model.ts';

const NAMES: readonly [Pte, string][] = [
  [_PAGE_PRESENT, 'P'],
  [_PAGE_RW, 'RW'],
  [_PAGE_USER, 'US'],
  [_PAGE_ACCESSED, 'A'],
  [_PAGE_DIRTY, 'D'],
  [_PAGE_PSE, 'PS'],
  [_PAGE_PROTNONE, 'bit8'],
  [_PAGE_NX, 'NX'],
];

/** An entry in words: `frame 0x55 P RW NX`. */
export function bits(entry: Pte): string {
  if (entry === 0n) return 'empty';
  const names = NAMES.filter(([bit]) => (entry & bit) !== 0n).map(([, name]) => name);
  return [`frame ${hex((entry & PTE_PFN_MASK) / 4096n)}`, ...names].join(' ');
}

type Row = Extract<Figure, { kind: 'grid' }>['rows'][number];

function grid(title: string, rows: readonly (readonly [string, string, string, string, boolean])[]): Figure {
  const wrong = rows.find(([, , , , good]) => !good);
  const cells: Row[] = rows.map(([level, index, entry, expected, good]) => [
    { text: level, mark: 'none' },
    { text: index, mark: 'none' },
    { text: entry, mark: good ? 'good' : 'bad' },
    { text: expected, mark: 'none' },
  ]);
  const text = rows.map(([level, index, entry]) => `${level}[${index}]: ${entry}`).join('; ');
  const verdict = wrong === undefined ? '' : `. The ${wrong[0]} entry should be: ${wrong[3]}`;
  return { kind: 'grid', title, columns: ['level', 'index', 'entry', 'expected'], rows: cells, text: text + verdict };
}

function matches(entry: Pte, expected: ModelLeaf | 'table' | 'empty'): boolean {
  if (expected === 'empty') return entry === 0n;
  if (expected === 'table') return (entry & ~PTE_PFN_MASK & ~_PAGE_ACCESSED) === _PAGE_TABLE;
  return entry === expected.entry;
}

/** The way to an address in memory, beside what the model expects; it ends at the first difference or leaf. */
export function walkFigure({ memory, frames, root }: Machine, model: Model, va: VirtAddr): Figure {
  const rows: [string, string, string, string, boolean][] = [];
  let table = root;
  for (const level of LEVELS) {
    const entry = memory.read64(entryAt(table, level, va));
    const expected = expectedAt(model, Number(va / 4096n), level);
    const words = typeof expected === 'string' ? expected : bits(expected.entry);
    const good = matches(entry, expected);
    rows.push([level.toUpperCase(), String((va / SPAN[level]) % 512n), bits(entry), words, good]);
    table = Number((entry & PTE_PFN_MASK) / 4096n);
    if (!good || expected !== 'table' || !frames.isLive(table)) break;
  }
  return grid(`The walk of ${hex(va)} after the last step`, rows);
}

/** Entries by level as they are, beside those that should be: a walk before and after. */
export function entriesFigure(
  title: string,
  va: VirtAddr,
  rows: readonly { readonly level: (typeof LEVELS)[number]; readonly is: Pte; readonly should: Pte }[],
): Figure {
  return grid(
    title,
    rows.map(({ level, is, should }) => [
      level.toUpperCase(),
      String((va / SPAN[level]) % 512n),
      bits(is),
      bits(should),
      is === should,
    ]),
  );
}
