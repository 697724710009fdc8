/**
 * The machine that the suites test on: physical memory, frames for tables, a root, and tables written by hand, without
 * any code under test. All frames lie above 4 GiB, where 32-bit arithmetic goes wrong.
 */
import type { Access, Translation } from '../../../starter/arch/cpu.ts';
import { TableFrames } from '../../../starter/arch/frames.ts';
import { PhysicalMemory } from '../../../starter/arch/memory.ts';
import { PAGE_SIZE } from '../../../starter/include/param.ts';
import {
  _PAGE_TABLE,
  LEVELS,
  type LeafLevel,
  type Level,
  PTE_SIZE,
  PTRS_PER_TABLE,
} from '../../../starter/include/pgtable_types.ts';
import type { Pfn, PhysAddr, Pte, VirtAddr } from '../../../starter/include/types.ts';

const ROOT: Pfn = 0x10_0001;
const FIRST_TABLE: Pfn = 0x20_0000;
const NR_FRAMES = 0x100_0000;

/** Notes a table that is freed twice, or never was one, and goes on: a test asks afterwards. */
class Ledger extends TableFrames {
  wronglyFreed: Pfn[] = [];

  override freeTable(pfn: Pfn): void {
    if (this.isLive(pfn)) super.freeTable(pfn);
    else this.wronglyFreed.push(pfn);
  }
}

/** What stands in the tables of a memory: entries that are not 0, by frame and index. Kept beside, so a look is not counted. */
const standing = new WeakMap<PhysicalMemory, Map<Pfn, Map<number, Pte>>>();

class WatchedMemory extends PhysicalMemory {
  constructor(nrFrames: number) {
    super(nrFrames);
    standing.set(this, new Map());
  }

  override write64(pa: PhysAddr, value: bigint): void {
    super.write64(pa, value);
    const entries = standing.get(this)?.get(Math.floor(pa / PAGE_SIZE));
    if (value === 0n) entries?.delete((pa % PAGE_SIZE) / PTE_SIZE);
    else entries?.set((pa % PAGE_SIZE) / PTE_SIZE, value);
  }

  override fillFrame(pfn: Pfn, word: bigint): void {
    super.fillFrame(pfn, word);
    standing.get(this)?.set(pfn, new Map());
  }
}

/** The entries of a live table that are not 0, by index, in the order in which they were first written. */
export function entriesOf({ memory }: Machine, table: Pfn): ReadonlyMap<number, Pte> {
  return standing.get(memory)?.get(table) ?? new Map();
}

export interface Machine {
  readonly memory: PhysicalMemory;
  readonly frames: Ledger;
  /** Frame of an empty PGD. */
  readonly root: Pfn;
  /** Its physical address. */
  readonly cr3: PhysAddr;
}

/** @param nrTables  frames for tables, the root not counted */
export function machine(nrTables = 64): Machine {
  const memory = new WatchedMemory(NR_FRAMES);
  const pfns = Array.from({ length: nrTables }, (_, i) => FIRST_TABLE + 3 * (nrTables - i));
  memory.fillFrame(ROOT, 0n);
  return { memory, frames: new Ledger(memory, pfns), root: ROOT, cr3: ROOT * PAGE_SIZE };
}

/** Bytes that one entry of a level covers. */
export const SPAN: Record<Level, bigint> = { pgd: 2n ** 39n, pud: 2n ** 30n, pmd: 2n ** 21n, pte: 2n ** 12n };

/** Physical address of the entry that `va` selects in a table. */
export function entryAt(table: Pfn, level: Level, va: VirtAddr): PhysAddr {
  return table * PAGE_SIZE + Number((va / SPAN[level]) % BigInt(PTRS_PER_TABLE)) * PTE_SIZE;
}

/** Where the entries that translate an address stand. */
export type Path = Partial<Record<Level, PhysAddr>>;

/**
 * Writes the entries that lead to `leaf`, making the tables that are missing. `upper` are the bits of the entries above
 * (_PAGE_TABLE if not named); an entry that stands already is kept unless named.
 */
export function byHand(
  { memory, frames, root }: Machine,
  va: VirtAddr,
  level: LeafLevel,
  leaf: Pte,
  upper: Partial<Record<Level, Pte>> = {},
): Path {
  const path: Path = {};
  let table = root;
  for (const step of LEVELS) {
    const at = entryAt(table, step, va);
    path[step] = at;
    if (step === level) {
      memory.write64(at, leaf);
      break;
    }
    const old = memory.read64(at);
    const next = old === 0n ? frames.allocTable() : Number((old / 4096n) % 2n ** 40n);
    if (next === null) throw new Error('the test has too few frames for its tables');
    if (old === 0n || upper[step] !== undefined) {
      memory.write64(at, BigInt(next) * 4096n + (upper[step] ?? _PAGE_TABLE));
    }
    table = next;
  }
  return path;
}

/** A translation in words: `ok 0x1234`, `pf 0x15`, `gp`. */
export function words(result: Translation): string {
  switch (result.kind) {
    case 'ok':
      return `ok 0x${result.pa.toString(16)}`;
    case 'pf':
      return `pf 0x${result.code.toString(16)}`;
    case 'gp':
      return 'gp';
    default:
      return `no translation: kind ${String((result as { kind?: unknown }).kind)}`;
  }
}

export const USER_READ: Access = { kind: 'read', mode: 'user' };
export const USER_WRITE: Access = { kind: 'write', mode: 'user' };
export const USER_FETCH: Access = { kind: 'fetch', mode: 'user' };
export const KERNEL_READ: Access = { kind: 'read', mode: 'supervisor' };
export const KERNEL_WRITE: Access = { kind: 'write', mode: 'supervisor' };
export const KERNEL_FETCH: Access = { kind: 'fetch', mode: 'supervisor' };
