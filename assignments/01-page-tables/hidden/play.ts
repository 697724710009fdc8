/** Random operations on an address space, played on the code under test and on the flat model; checked after each. */
import fc from 'fast-check';
import { Wrong } from '../../../graders/suite/index.ts';
import type { Translation } from '../../../starter/arch/cpu.ts';
import {
  _PAGE_ACCESSED,
  _PAGE_DIRTY,
  _PAGE_PRESENT,
  _PAGE_RW,
  _PAGE_USER,
  PAGE_KERNEL,
  PAGE_NONE,
  PAGE_READONLY,
  PAGE_SHARED,
  PAGE_SHARED_EXEC,
  type Pgprot,
  PTE_PFN_MASK,
} from '../../../starter/include/pgtable_types.ts';
import type { PageTable } from '../../../starter/mm/pgtable_map.ts';
import { KERNEL_READ, KERNEL_WRITE, type Machine, machine, USER_READ, USER_WRITE, words } from '../public/machine.ts';
import { walkFigure } from './figures.ts';
import { address, flawOf, hex, Model } from './model.ts';

export type Op =
  | { readonly do: 'map'; readonly page: number; readonly pfn: number; readonly count: number; readonly prot: Pgprot }
  | {
      readonly do: 'huge';
      readonly page: number;
      readonly pfn: number;
      readonly level: 'pmd' | 'pud';
      readonly prot: Pgprot;
    }
  | { readonly do: 'protect'; readonly page: number; readonly count: number; readonly prot: Pgprot }
  | { readonly do: 'unmap'; readonly page: number; readonly count: number }
  | { readonly do: 'access'; readonly page: number; readonly write: boolean; readonly user: boolean };

/** Names the protections by what they are called in the handout. */
const PROTS: readonly [string, Pgprot][] = [
  ['PAGE_SHARED', PAGE_SHARED],
  ['PAGE_READONLY', PAGE_READONLY],
  ['PAGE_NONE', PAGE_NONE],
  ['PAGE_KERNEL', PAGE_KERNEL],
  ['PAGE_SHARED_EXEC', PAGE_SHARED_EXEC],
];

function protName(prot: Pgprot): string {
  return PROTS.find(([, known]) => known === prot)?.[0] ?? hex(prot);
}

/** First pages of places where something ends: a table of PTEs, a PMD, a PUD, a half. */
const EDGES = [512 * 3, 2 ** 18, 2 ** 27, 2 ** 35, 2 ** 52 - 2 ** 35 + 512, 2 ** 52];
const page = fc.tuple(fc.constantFrom(...EDGES), fc.integer({ min: -3, max: 2 })).map(([edge, by]) => edge + by);
const hugePage = fc
  .tuple(fc.constantFrom(...EDGES), fc.constantFrom(-512, 0, 512, 1))
  .map(([edge, by]) => Math.min(edge + by, 2 ** 52 - 512));
const prot = fc.constantFrom(...PROTS.map(([, known]) => known));
const few = fc.integer({ min: 1, max: 5 });
const many = fc.constantFrom(1, 2, 3, 5, 512, 514, 1024, 2 ** 18);
const pfn = fc.constantFrom(1, 0x55, 2 ** 20 + 3, 2 ** 34 - 6);
const hugePfn = fc.constantFrom(0, 2 ** 18, 512 * 5, 2 ** 33, 256);

const OPS: { readonly [Kind in Op['do']]: fc.Arbitrary<Op> } = {
  map: fc.record({ do: fc.constant('map' as const), page, pfn, count: few, prot }),
  huge: fc.record({
    do: fc.constant('huge' as const),
    page: hugePage,
    pfn: hugePfn,
    level: fc.constantFrom('pmd' as const, 'pmd' as const, 'pud' as const),
    prot,
  }),
  protect: fc.record({ do: fc.constant('protect' as const), page, count: many, prot }),
  unmap: fc.record({ do: fc.constant('unmap' as const), page, count: many }),
  access: fc.record({ do: fc.constant('access' as const), page, write: fc.boolean(), user: fc.boolean() }),
};

/** Sequences of the kinds named, those named twice twice as often. */
export function sequences(kinds: readonly Op['do'][], maxLength = 10): fc.Arbitrary<readonly Op[]> {
  return fc.array(fc.oneof(...kinds.map((kind) => OPS[kind])), { minLength: 1, maxLength });
}

function say(op: Op): string {
  const at = hex(address(op.page));
  switch (op.do) {
    case 'map':
      return `mapRange(${at}, pfn ${hex(op.pfn)}, ${op.count} pages, ${protName(op.prot)})`;
    case 'huge':
      return `mapHuge(${at}, pfn ${hex(op.pfn)}, '${op.level}', ${protName(op.prot)})`;
    case 'protect':
      return `protectRange(${at}, ${op.count} pages, ${protName(op.prot)})`;
    case 'unmap':
      return `unmapRange(${at}, ${op.count} pages)`;
    case 'access':
      return `the MMU: ${op.user ? 'user' : 'supervisor'} ${op.write ? 'write' : 'read'} at ${at}`;
  }
}

/** What the MMU should answer, by the flat model; marks A and D. */
function modelAccess(model: Model, op: Extract<Op, { do: 'access' }>): string {
  if (op.page >= 2 ** 35 && op.page < 2 ** 52 - 2 ** 35) return 'gp';
  const code = (op.write ? 2 : 0) + (op.user ? 4 : 0);
  const [first, leaf] = model.find(op.page) ?? [0, undefined];
  if (leaf === undefined || (leaf.entry & _PAGE_PRESENT) === 0n) return `pf ${hex(code)}`;
  const user = (leaf.entry & _PAGE_USER) !== 0n;
  if (user !== op.user || (op.write && (leaf.entry & _PAGE_RW) === 0n)) return `pf ${hex(code + 1)}`;
  model.mark(op.page, _PAGE_ACCESSED | (op.write ? _PAGE_DIRTY : 0n));
  const frame = (leaf.entry & PTE_PFN_MASK) + address(op.page - first);
  return `ok ${hex(frame)}`;
}

export interface Parts {
  readonly newPageTable: (m: Machine) => PageTable;
  /** The MMU of the code under test, if the sequences hold accesses. */
  readonly walk?: (m: Machine, va: bigint, access: typeof USER_READ) => Translation;
}

/** Plays a sequence; throws a `Wrong` at the first step that goes wrong. */
export function play(parts: Parts, ops: readonly Op[]): void {
  const m = machine();
  const model = new Model();
  const pt = parts.newPageTable(m);
  const steps: string[] = [];
  const wrong = (expected: string, actual: string, at: number): never => {
    const figures = at >= 0 && at < 2 ** 52 ? [walkFigure(m, model, address(at))] : [];
    throw new Wrong({ steps, expected, actual, figures });
  };
  for (const op of ops.filter(({ page }) => page < 2 ** 52)) {
    steps.push(say(op));
    const [expected, actual] = perform(parts, m, model, pt, op);
    if (actual !== expected) wrong(expected, actual, op.page);
    const flaw = flawOf(m, model);
    if (flaw !== null)
      wrong(`${model.leaves.size} leaves in ${model.tables()} tables, as mapped`, flaw.says, flaw.page ?? op.page);
    lookAround(pt, model, op, wrong);
  }
}

function perform(parts: Parts, m: Machine, model: Model, pt: PageTable, op: Op): [string, string] {
  const va = address(op.page);
  switch (op.do) {
    case 'map':
      return [`${model.map(op.page, op.pfn, op.count, op.prot)}`, `${pt.mapRange(va, op.pfn, op.count, op.prot)}`];
    case 'huge':
      return [`${model.mapHuge(op.page, op.pfn, op.level, op.prot)}`, `${pt.mapHuge(va, op.pfn, op.level, op.prot)}`];
    case 'protect':
      return [`${model.protect(op.page, op.count, op.prot)}`, `${pt.protectRange(va, op.count, op.prot)}`];
    case 'unmap':
      return [`${model.unmap(op.page, op.count)}`, `${pt.unmapRange(va, op.count)}`];
    case 'access': {
      if (parts.walk === undefined) throw new Error('these sequences need an MMU');
      const access = op.user ? (op.write ? USER_WRITE : USER_READ) : op.write ? KERNEL_WRITE : KERNEL_READ;
      return [modelAccess(model, op), words(parts.walk(m, va, access))];
    }
  }
}

/** `lookup` of the first page, the one before and the one behind. */
function lookAround(
  pt: PageTable,
  model: Model,
  op: Op,
  wrong: (expected: string, actual: string, at: number) => never,
): void {
  const behind = op.page + ('count' in op ? op.count : 1);
  for (const at of [op.page, op.page - 1, behind]) {
    if (at < 0 || at >= 2 ** 52) continue;
    const leaf = model.find(at)?.[1];
    const found = pt.lookup(address(at));
    const expected = leaf === undefined ? 'null' : `${leaf.level} ${hex(leaf.entry)}`;
    const actual = found === null ? 'null' : `${found.level} ${hex(found.entry)}`;
    if (actual !== expected) wrong(`lookup(${hex(address(at))}) = ${expected}`, actual, at);
  }
}
