/**
 * What reclaim must obey, whatever pages are used and whoever asks for memory: it loses nothing, takes nothing that is
 * locked, counts what it does, and looks at no more than it should.
 */

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

/** In pages; who asked, and what kind they were. */
export interface ReclaimCounts {
  readonly byKswapd: number;
  readonly byTasks: number;
  readonly anon: number;
  readonly file: number;
}

/** A machine with a file and one process, as these laws use it. Pages are numbers 0 .. LAW_PAGES-1, of each kind. */
export interface ReclaimMachine {
  /** @returns whether there was memory for it */
  readFile(page: number): boolean;
  /** Reads and writes. @returns whether there was memory for it */
  touchAnon(page: number): boolean;
  /** The process gives up an anonymous page. */
  forgetAnon(page: number): void;
  /** Locks a page in memory that is there. @returns whether it is */
  lockFile(page: number): boolean;
  unlockFile(page: number): void;
  letTimePass(ns: number): void;
  /** A task reclaims for itself. */
  directReclaim(): void;
  /** A low request wakes kswapd. */
  wakeKswapd(): void;

  readonly filePagesInMemory: ReadonlySet<number>;
  readonly anonPagesInMemory: ReadonlySet<number>;
  readonly anonPagesInSwap: ReadonlySet<number>;
  /** Frames that are neither free nor the kernel's. */
  framesInUse(): number;
  scanned(): ReclaimCounts;
  stolen(): ReclaimCounts;
  /** Whether a zone is above HIGH, or kswapd has given up. */
  isBalanced(): boolean;
  /** Panics if a structure is damaged. */
  validate(): void;
}

/** More than fit in memory. */
export const LAW_PAGES = 3000;
/** Longer than kswapd and the disk are ever busy, in ns. */
const LONG = 10 ** 11;

interface Seen {
  readonly touched: Set<number>;
  readonly locked: Set<number>;
}

/**
 * Plays random calls.
 * @returns null if the laws hold; else the first call after which they do not, and which one
 */
export function breaksReclaimLaw(machine: ReclaimMachine, random: Random, calls: number): string | null {
  const seen: Seen = { touched: new Set(), locked: new Set() };
  for (let i = 0; i < calls; i++) {
    const before = machine.scanned();
    const says = anyCall(machine, seen, random);
    machine.validate();
    const broken = brokenLaw(machine, seen) ?? workLaw(machine, says, before);
    if (broken !== null) return `call ${i}, ${says}: ${broken}`;
  }
  machine.wakeKswapd();
  machine.letTimePass(LONG);
  machine.validate();
  if (!machine.isBalanced()) return 'in the end: kswapd sleeps, but no zone is above HIGH';
  const resident = machine.filePagesInMemory.size + machine.anonPagesInMemory.size;
  const frames = machine.framesInUse();
  return frames === resident ? null : `in the end: ${frames} frames are in use for ${resident} pages`;
}

/** Most calls are reads and touches; half of these go to a tenth of the pages. */
function anyCall(machine: ReclaimMachine, { touched, locked }: Seen, random: Random): string {
  const page = random(2) === 0 ? random(LAW_PAGES) : random(LAW_PAGES / 10);
  const count = 1 + random(60);
  switch (random(10)) {
    case 0:
    case 1:
    case 2:
      for (let each = page; each < Math.min(page + count, LAW_PAGES); each++) machine.readFile(each);
      return `read ${page}..${page + count}`;
    case 3:
    case 4:
    case 5:
      for (let each = page; each < Math.min(page + count, LAW_PAGES); each++) {
        if (machine.touchAnon(each)) touched.add(each);
      }
      return `touch ${page}..${page + count}`;
    case 6:
      machine.forgetAnon(page);
      touched.delete(page);
      return `forget ${page}`;
    case 7:
      return anyLock(machine, locked, page);
    case 8:
      machine.letTimePass(1000 * count * count);
      return 'let time pass';
    default:
      machine.directReclaim();
      return 'direct reclaim';
  }
}

function anyLock(machine: ReclaimMachine, locked: Set<number>, page: number): string {
  const [first] = locked;
  if (first !== undefined && locked.size > 10) {
    machine.unlockFile(first);
    locked.delete(first);
    return `unlock ${first}`;
  }
  if (!locked.has(page) && machine.lockFile(page)) locked.add(page);
  return `lock ${page}`;
}

function brokenLaw(machine: ReclaimMachine, { touched, locked }: Seen): string | null {
  const { filePagesInMemory, anonPagesInMemory, anonPagesInSwap } = machine;
  for (const page of touched) {
    if (!anonPagesInMemory.has(page) && !anonPagesInSwap.has(page)) return `page ${page} is lost`;
  }
  for (const page of locked) {
    if (!filePagesInMemory.has(page)) return `page ${page} was locked, and is gone`;
  }
  const [scanned, stolen] = [machine.scanned(), machine.stolen()];
  for (const [what, counts] of [['scanned', scanned] as const, ['stolen', stolen] as const]) {
    const [who, kind] = [counts.byKswapd + counts.byTasks, counts.anon + counts.file];
    if (who !== kind) return `${who} pages were ${what} by kswapd and tasks, ${kind} of both kinds`;
  }
  for (const key of ['byKswapd', 'byTasks', 'anon', 'file'] as const) {
    if (stolen[key] > scanned[key]) return `${key}: ${stolen[key]} stolen of ${scanned[key]} scanned`;
  }
  return null;
}

/** A task looks at each page twice at most in one go, once more with active ones among them, and at 13 batches of each list. */
function workLaw(machine: ReclaimMachine, says: string, before: ReclaimCounts): string | null {
  if (says !== 'direct reclaim') return null;
  const looked = machine.scanned().byTasks - before.byTasks;
  const most = 4 * 2 * LAW_PAGES + 2 * 13 * 4 * 32;
  return looked <= most ? null : `one task looked at ${looked} pages`;
}
