/** `result.json`: all that the machine found about one submission. No time, host or path of the run stands in it. */
import { z } from 'zod';
import { Location, VERDICT_KINDS, Verdict } from './verdict.ts';

/** What the check stage says about a file, in words a student understands. */
export const Finding = z
  .strictObject({
    severity: z.enum(['error', 'note']),
    /** `syntax`, `type`, `forbidden`, `missing-file`, `extra-file`, `given-file`, `shape`, `unreadable` ... */
    rule: z.string(),
    says: z.string(),
    at: Location.nullable(),
  })
  .meta({ id: 'Finding', description: 'What was found in a file before it ran.' });
export type Finding = z.infer<typeof Finding>;

export const CriterionResult = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    /** Thousandths of a point. */
    milli: z.int(),
    maxMilli: z.int(),
    verdict: Verdict,
  })
  .meta({ id: 'CriterionResult', description: 'One criterion; points are integers, in thousandths.' });
export type CriterionResult = z.infer<typeof CriterionResult>;

export const Result = z
  .strictObject({
    format: z.literal('osgrade-result/1'),
    assignment: z.strictObject({ id: z.string(), title: z.string() }),
    submission: z.strictObject({
      key: z.string(),
      who: z.string(),
      late: z.boolean(),
      files: z.array(z.strictObject({ path: z.string(), sha256: z.string() })),
    }),
    /** The headline: `passed`, or the gravest kind among the criteria. */
    verdict: z.enum(VERDICT_KINDS),
    milli: z.int(),
    maxMilli: z.int(),
    criteria: z.array(CriterionResult),
    findings: z.array(Finding),
  })
  .meta({ id: 'Result', title: 'osgrade result', description: 'All that the machine found about one submission.' });
export type Result = z.infer<typeof Result>;
