/**
 * What swap must obey, whatever is done with it: no content is lost or mixed up, a slot is in use exactly while its page
 * is cached or somebody refers to it, and in the end nothing is left. Random things are done on the machine and on a plain
 * list of who has what; after each step every page must hold what it should, here or in its slot.
 */
import type { Pfn, SwpEntry } from '../include/types.ts';

/** Swap, its cache and some memory, as these laws use them. Whoever holds a page or an entry stands for a page table. */
export interface SwapMachine {
  /** Slots that can be used, all areas together. */
  readonly slots: number;
  /** A new page that holds a word; null: no memory. */
  page(word: number): Pfn | null;
  word(pfn: Pfn): number;
  /** The holder's page becomes an entry; null: no slot, and the page is as it was. */
  pageOut(pfn: Pfn): SwpEntry | null;
  /** The holder's entry becomes a page, held; null: no memory or not readable, and the entry is as it was. */
  pageIn(entry: SwpEntry): Pfn | null;
  /** One more holder of an entry. @returns 0 or -ENOMEM */
  duplicate(entry: SwpEntry): number;
  dropEntry(entry: SwpEntry): void;
  dropPage(pfn: Pfn): void;
  /** The holder, who alone has the page, changes it. @returns false: others may have it, or have it in swap */
  write(pfn: Pfn, word: number): boolean;
  /** Clean pages that only the cache has go. */
  evictAll(): void;
  /** Slots in use, and those of them whose page is cached. */
  used(): { readonly all: number; readonly cached: number };
  /** How many hold an entry. */
  count(entry: SwpEntry): number;
  /** Free frames; all I/O is over. */
  freeFrames(): number;
  /** Lets I/O go on for a while. */
  pass(): void;
  validate(): void;
}

/** A source of numbers 0 ≤ n < below. */
export type Random = (below: number) => number;

/** Somebody who has a page of memory, in memory or in swap. */
type Holder = { readonly word: number } & ({ readonly pfn: Pfn } | { readonly entry: SwpEntry });

/** @returns null, or the first step after which a law is broken */
export function breaksSwapLaw(machine: SwapMachine, random: Random, steps: number): string | null {
  const before = machine.freeFrames();
  let holders: readonly Holder[] = [];
  for (let i = 0; i < steps; i++) {
    holders = step(machine, holders, random);
    const wrong = differs(machine, holders);
    if (wrong !== null) return `step ${i}: ${wrong}`;
    machine.validate();
  }
  for (const holder of holders) drop(machine, holder);
  machine.freeFrames();
  machine.evictAll();
  const { all } = machine.used();
  if (all !== 0) return `in the end ${all} slots are in use`;
  const after = machine.freeFrames();
  return after === before ? null : `in the end ${before - after} frames are lost`;
}

function step(machine: SwapMachine, holders: readonly Holder[], random: Random): readonly Holder[] {
  const i = random(holders.length + 3);
  const holder = holders[i];
  if (holder === undefined) return around(machine, holders, random);
  const others = holders.toSpliced(i, 1);
  return [...others, ...changed(machine, holder, random)];
}

/** What concerns nobody in particular. */
function around(machine: SwapMachine, holders: readonly Holder[], random: Random): readonly Holder[] {
  const what = random(6);
  if (what === 0) machine.evictAll();
  else if (what === 1) machine.pass();
  else {
    const word = random(50);
    const pfn = machine.page(word);
    if (pfn !== null) return [...holders, { word, pfn }];
  }
  return holders;
}

/** @returns what stands in the holder's place */
function changed(machine: SwapMachine, holder: Holder, random: Random): readonly Holder[] {
  const { word } = holder;
  const what = random(8);
  if (what === 0) {
    drop(machine, holder);
    return [];
  }
  if ('pfn' in holder) {
    if (what < 4) {
      const next = random(50);
      return [machine.write(holder.pfn, next) ? { word: next, pfn: holder.pfn } : holder];
    }
    const entry = machine.pageOut(holder.pfn);
    return [entry === null ? holder : { word, entry }];
  }
  if (what < 4) return machine.duplicate(holder.entry) === 0 ? [holder, holder] : [holder];
  const pfn = machine.pageIn(holder.entry);
  return [pfn === null ? holder : { word, pfn }];
}

function drop(machine: SwapMachine, holder: Holder): void {
  if ('pfn' in holder) machine.dropPage(holder.pfn);
  else machine.dropEntry(holder.entry);
}

function differs(machine: SwapMachine, holders: readonly Holder[]): string | null {
  const counts = new Map<SwpEntry, number>();
  for (const holder of holders) {
    if ('entry' in holder) counts.set(holder.entry, (counts.get(holder.entry) ?? 0) + 1);
    else if (machine.word(holder.pfn) !== holder.word) {
      return `pfn ${holder.pfn} holds ${machine.word(holder.pfn)}, not ${holder.word}`;
    }
  }
  for (const [entry, count] of counts) {
    if (machine.count(entry) !== count) return `entry ${entry} has ${count} holders, counted ${machine.count(entry)}`;
  }
  const { all, cached } = machine.used();
  if (all > machine.slots) return `${all} of ${machine.slots} slots are in use`;
  const least = Math.max(counts.size, cached);
  return all >= least && all <= counts.size + cached
    ? null
    : `${all} slots in use: ${counts.size} held, ${cached} cached`;
}
