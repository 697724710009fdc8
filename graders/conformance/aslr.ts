/**
 * Family aslr: where thousands of processes began. Chance cannot be replayed; but each recorded place must be one that
 * the kernel here can choose, and what it chooses must spread as the recorded places do.
 */
import { z } from 'zod';
import type { Kernel } from './kernel.ts';
import { rootOn } from './machine.ts';
import { bootMachine } from './memory.ts';
import { type Disagreement, type Outcome, playSteps, type Step } from './recording.ts';
import { seededBits } from './seeded.ts';

type RandomBits = import('../../reference/mm/mmap_base.ts').RandomBits;

const FIELDS = ['sp', 'at_phdr', 'at_base', 'vdso', 'brk', 'mmap', 'execfn', 'entry'] as const;
/** The addresses of one process, by FIELDS. */
type Places = Readonly<Record<(typeof FIELDS)[number], number>>;

const Row = z.array(z.number()).length(FIELDS.length);
const Spread = z.object({
  varying_bits: z.array(z.number()),
  granularity: z.number(),
  range_entropy_bits: z.number(),
  bit_one_rate: z.record(z.string(), z.number()),
});
type Spread = z.infer<typeof Spread>;
const Binary = z.object({
  aslr_off: Row,
  samples: z.array(Row),
  analysis_of_2000: z.object(Object.fromEntries(FIELDS.map((field) => [field, Spread]))),
});
const Aslr = z.object({
  randomize_va_space: z.literal('2'),
  fields: z.array(z.string()).refine((fields) => fields.join() === FIELDS.join()),
  rlimit_stack: z.number(),
  binaries: z.record(z.string(), Binary),
});

/** Processes that the recorded spread was worked out from. */
const SPREAD_OVER = 2000;
/** How far two rates of 2000 fair bits each may lie apart: five standard deviations. */
const RATE_TOLERANCE = 5 * Math.sqrt((2 * 0.25) / SPREAD_OVER);
/** How far two ranges may differ, in bits: the ends of 2000 places are near the ends of what is possible. */
const RANGE_TOLERANCE = 0.05;

const NO_CHANCE: RandomBits = () => 0;
const MOST_CHANCE: RandomBits = (bits) => 2 ** bits - 1;

export function replayAslr(kernel: Kernel, content: unknown): Outcome {
  const { binaries, rlimit_stack } = Aslr.parse(content);
  const steps = Object.entries(binaries).flatMap(([name, { aslr_off, samples, analysis_of_2000 }]): Step[] => {
    const start = starter(kernel, rlimit_stack, placesOf(aslr_off));
    const [low, high] = [start(NO_CHANCE), start(MOST_CHANCE)];
    const random = seededBits(name);
    const ours = Array.from({ length: SPREAD_OVER }, () => start(random));
    const spreads = FIELDS.map((field) => (): Disagreement | null => {
      const recorded = analysis_of_2000[field];
      return recorded === undefined
        ? null
        : compareSpread(
            name,
            field,
            recorded,
            ours.map((each) => each[field]),
          );
    });
    const possible = samples.map((row, i) => () => checkPlaces(`${name} sample ${i}`, placesOf(row), low, high));
    return [() => checkOff(kernel, rlimit_stack, name, placesOf(aslr_off)), ...possible, ...spreads];
  });
  return playSteps(steps);
}

function placesOf(row: readonly number[]): Places {
  const [sp = 0, at_phdr = 0, at_base = 0, vdso = 0, brk = 0, mmap = 0, execfn = 0, entry = 0] = row;
  return { sp, at_phdr, at_base, vdso, brk, mmap, execfn, entry };
}

/** How a program begins on the kernel here. What its size and strings decide is taken from its start without chance. */
function starter(kernel: Kernel, stack: number, off: Places): (random: RandomBits) => Places {
  const base = kernel['mm/mmap_base'];
  const owner = rootOn(bootMachine(kernel), { stack });
  const mmapOff = base.archPickMmapLayout(owner, null).mmapBase;
  const inMmapArea = off.at_phdr > off.brk;
  const positionIndependent = off.at_phdr >= base.ELF_ET_DYN_BASE && !inMmapArea;
  return (random) => {
    const mmapShift = base.archPickMmapLayout(owner, random).mmapBase - mmapOff;
    const stackShift = base.randomizeStackTop(random) - base.STACK_TOP;
    const programShift = positionIndependent
      ? base.elfDynBase(random) - base.ELF_ET_DYN_BASE
      : inMmapArea
        ? mmapShift
        : 0;
    return {
      sp: base.archAlignStack(off.sp + stackShift, random),
      execfn: off.execfn + stackShift,
      vdso: off.vdso + mmapShift,
      mmap: off.mmap + mmapShift,
      at_base: off.at_base === 0 ? 0 : off.at_base + mmapShift,
      at_phdr: off.at_phdr + programShift,
      entry: off.entry + programShift,
      brk: base.randomizeBrk(off.brk + (positionIndependent ? programShift : 0), random),
    };
  };
}

/** Without chance: the mapping area ends and the programs begin where they must. */
function checkOff(kernel: Kernel, stack: number, name: string, off: Places): Disagreement | null {
  const { archPickMmapLayout, ELF_ET_DYN_BASE, STACK_TOP } = kernel['mm/mmap_base'];
  const { mmapBase } = archPickMmapLayout(rootOn(bootMachine(kernel), { stack }), null);
  const fits = off.vdso < mmapBase && off.mmap < off.vdso && off.execfn < STACK_TOP && off.sp > mmapBase;
  const program = off.at_base === 0 || Math.floor(off.at_phdr / 4096) * 4096 === ELF_ET_DYN_BASE;
  if (fits && program) return null;
  const got = `mmap base ${mmapBase}, programs from ${ELF_ET_DYN_BASE}, stack below ${STACK_TOP}`;
  return { place: `${name} without chance`, op: 'exec', expected: told(off), got };
}

/** Each place must lie between the ends of what is possible, and move with those it is tied to. */
function checkPlaces(place: string, seen: Places, low: Places, high: Places): Disagreement | null {
  const step = (field: keyof Places): number => (field === 'sp' ? 16 : 4096);
  const free: readonly (keyof Places)[] = ['sp', 'vdso', 'execfn', 'at_phdr'];
  const inRange = (field: keyof Places): boolean => {
    const [least, most] = [Math.min(low[field], high[field]), Math.max(low[field], high[field])];
    return seen[field] >= least && seen[field] <= most && (seen[field] - low[field]) % step(field) === 0;
  };
  const tied =
    seen.mmap - seen.vdso === low.mmap - low.vdso &&
    seen.entry - seen.at_phdr === low.entry - low.at_phdr &&
    (low.at_base === 0 ? seen.at_base === 0 : seen.at_base - seen.vdso === low.at_base - low.vdso) &&
    (low.at_phdr <= low.brk || seen.at_phdr - seen.mmap === low.at_phdr - low.mmap);
  // The heap follows a program that lies below it.
  const shift = low.at_phdr < low.brk ? seen.at_phdr - low.at_phdr : 0;
  const above = seen.brk - shift - low.brk;
  const heap = above >= 0 && above % 4096 === 0 && above <= 2 ** 30 - 4096;
  const deeper = seen.execfn - seen.sp - (low.execfn - low.sp);
  const stack = deeper >= 0 && deeper <= 2 ** 13 && deeper % 16 === 0;
  if (free.every(inRange) && tied && heap && stack) return null;
  return { place, op: 'exec', expected: told(seen), got: `between ${told(low)} and ${told(high)}` };
}

function compareSpread(name: string, field: string, recorded: Spread, ours: readonly number[]): Disagreement | null {
  const got = spreadOf(ours);
  const rates = recorded.varying_bits.every((bit) => {
    const [theirs = 0, mine = 0] = [recorded.bit_one_rate[bit], got.bit_one_rate[bit]];
    return Math.abs(theirs - mine) <= RATE_TOLERANCE;
  });
  const same =
    rates &&
    recorded.granularity === got.granularity &&
    recorded.varying_bits.join() === got.varying_bits.join() &&
    Math.abs(recorded.range_entropy_bits - got.range_entropy_bits) <= RANGE_TOLERANCE;
  if (same) return null;
  return {
    place: `${name} ${field}`,
    op: `spread over ${SPREAD_OVER} processes`,
    expected: JSON.stringify(recorded),
    got: JSON.stringify(got),
  };
}

function spreadOf(values: readonly number[]): Spread {
  const first = BigInt(values[0] ?? 0);
  const all = values.map(BigInt);
  const varying = all.reduce((bits, value) => bits | (value ^ first), 0n);
  const bits = Array.from({ length: 48 }, (_, bit) => bit).filter((bit) => (varying >> BigInt(bit)) & 1n);
  const rate = (bit: number): number => all.filter((value) => (value >> BigInt(bit)) & 1n).length / all.length;
  const granularity = Number(varying & -varying);
  const range = values.reduce((most, each) => Math.max(most, each), 0) - Math.min(...values);
  return {
    varying_bits: bits,
    granularity,
    range_entropy_bits: range === 0 ? 0 : Math.log2(range / granularity),
    bit_one_rate: Object.fromEntries(bits.map((bit) => [bit, rate(bit)])),
  };
}

function told(places: Places): string {
  return FIELDS.map((field) => `${field} ${places[field]}`).join(' ');
}
