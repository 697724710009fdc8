/**
 * What a criterion, or a whole submission, came to. One union; every switch on `kind` ends in a `never`.
 * These shapes are the format of `result.json`: the JSON Schema in docs/results.md is made from them.
 */
import { z } from 'zod';

export const VERDICT_KINDS = [
  'passed',
  'failed',
  'crashed',
  'timedOut',
  'overBudget',
  'skipped',
  'ungradable',
  'broken',
] as const;
export type VerdictKind = (typeof VERDICT_KINDS)[number];

/** Gravest first: the headline of a submission is the gravest kind among its criteria. */
export const GRAVITY = [
  'broken',
  'ungradable',
  'timedOut',
  'crashed',
  'failed',
  'overBudget',
  'skipped',
  'passed',
] as const satisfies readonly VerdictKind[];

/** A place in the student's own file. Lines and columns count from 1. */
export const Location = z
  .strictObject({ file: z.string(), line: z.int(), column: z.int() })
  .meta({ id: 'Location', description: "A place in the student's own file; line and column count from 1." });
export type Location = z.infer<typeof Location>;

/** One stretch of a strip figure: `[from, to)` in the unit of the figure's axis. */
export const Cell = z.strictObject({
  from: z.number(),
  to: z.number(),
  state: z.enum(['free', 'used', 'wrong', 'missing', 'outside']),
  label: z.string(),
});
export type Cell = z.infer<typeof Cell>;

/**
 * A picture of a state, as data; `templates/` draws it. `text` says the same in words.
 * strip: memory as rows of stretches (buddy orders, zones, address space).
 * grid: a table of short texts (a page walk: level, index, entry), the marked cells in another colour.
 */
export const Figure = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('strip'),
      title: z.string(),
      axis: z.strictObject({ unit: z.string(), from: z.number(), to: z.number() }),
      rows: z.array(z.strictObject({ label: z.string(), cells: z.array(Cell) })),
      text: z.string(),
    }),
    z.strictObject({
      kind: z.literal('grid'),
      title: z.string(),
      columns: z.array(z.string()),
      rows: z.array(z.array(z.strictObject({ text: z.string(), mark: z.enum(['none', 'good', 'bad']) }))),
      text: z.string(),
    }),
  ])
  .meta({ id: 'Figure', description: 'A picture of a state, as data, with the same in words in `text`.' });
export type Figure = z.infer<typeof Figure>;

/** The shortest sequence of operations found that goes wrong. Computed, never copied from a test. */
export const Counterexample = z
  .strictObject({
    /** One operation a line, in the words of the assignment: `allocPages(order 3) = 8`. */
    steps: z.array(z.string()),
    expected: z.string(),
    actual: z.string(),
    /** Usually the state before the last step, and after it. */
    figures: z.array(Figure),
  })
  .meta({ id: 'Counterexample', description: 'The shortest sequence of operations found that goes wrong.' });
export type Counterexample = z.infer<typeof Counterexample>;

/** Counted work at growing sizes, beside the reference's own count in the same realm. */
export const Curve = z
  .strictObject({
    measure: z.string(),
    growth: z.string(),
    points: z.array(z.strictObject({ size: z.int(), count: z.int(), reference: z.int() })),
    /** Log-log slope between the first and the last size, and the most the growth class allows. */
    slope: z.number(),
    slopeLimit: z.number(),
    /** The worst ratio to the reference over the sizes, and the ratios up to which full and half points are given. */
    ratio: z.number(),
    full: z.number(),
    half: z.number(),
  })
  .meta({ id: 'Curve', description: "Counted work at growing sizes beside the reference's own count." });
export type Curve = z.infer<typeof Curve>;

/** What the student's code threw, or what the interpreter said when it gave up. */
export const Thrown = z.strictObject({ name: z.string(), message: z.string(), at: z.array(Location) });
export type Thrown = z.infer<typeof Thrown>;

export const Verdict = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('passed'), curve: Curve.optional() }),
    z.strictObject({
      kind: z.literal('failed'),
      hint: z.string(),
      counterexamples: z.array(Counterexample),
      /** How many of the criterion's tests failed, and how many there are. */
      failed: z.int(),
      tests: z.int(),
    }),
    z.strictObject({ kind: z.literal('crashed'), hint: z.string(), thrown: Thrown }),
    z.strictObject({
      kind: z.literal('timedOut'),
      hint: z.string(),
      limit: z.enum(['work', 'wall']),
      at: z.array(Location),
    }),
    z.strictObject({ kind: z.literal('overBudget'), hint: z.string(), why: z.enum(['ratio', 'growth']), curve: Curve }),
    z.strictObject({ kind: z.literal('skipped'), because: z.string() }),
    z.strictObject({ kind: z.literal('ungradable'), reasons: z.array(z.string()) }),
    z.strictObject({ kind: z.literal('broken'), code: z.string(), says: z.string() }),
  ])
  .meta({ id: 'Verdict', description: 'What a criterion came to.' });
export type Verdict = z.infer<typeof Verdict>;
