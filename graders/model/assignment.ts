/** `assignment.yaml`: an assignment as data. Unknown keys are refused. */
import { z } from 'zod';

export const GROWTH_CLASSES = ['constant', 'logarithmic', 'linear', 'linearithmic', 'quadratic'] as const;
export type GrowthClass = (typeof GROWTH_CLASSES)[number];

/** Work counted at several sizes, held against the reference's own count in the same realm. */
const Budget = z.strictObject({
  /** What is counted, in words: "steps of your code", "page-table reads". */
  measure: z.string().min(1),
  /** At least two, growing. */
  sizes: z
    .array(z.int().positive())
    .min(2)
    .refine((sizes) => sizes.every((size, i) => i === 0 || size > Number(sizes[i - 1])), 'sizes must grow'),
  growth: z.enum(GROWTH_CLASSES),
  /** Full points up to this ratio to the reference's count, half points up to that one. */
  full: z.number().min(1),
  half: z.number().min(1),
});
export type Budget = z.infer<typeof Budget>;

/** What a student is told, by how the criterion went wrong. Gives away no test. */
const Hints = z.strictObject({
  failed: z.string().min(1),
  crashed: z.string().min(1).optional(),
  timedOut: z.string().min(1).optional(),
  overBudget: z.string().min(1).optional(),
});

const Criterion = z.strictObject({
  /** The title of the outermost `describe` of its tests, or of its `budget`. */
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  title: z.string().min(1),
  points: z.int().positive(),
  /** Another criterion's id: unless that one passed, this one is skipped. */
  needs: z.string().optional(),
  hint: Hints,
  budget: Budget.optional(),
});
export type Criterion = z.infer<typeof Criterion>;

export const AssignmentFile = z
  .strictObject({
    title: z.string().min(1),
    /** ISO 8601 with offset. */
    due: z.iso.datetime({ offset: true }),
    /** The files a student fills in, relative to starter/. */
    holes: z.array(z.string().min(1)).min(1),
    /** Globs of further files a submission may bring along. */
    allowed: z.array(z.string().min(1)),
    /** Points that the starter, handed in unchanged, is worth. */
    floor: z.int().nonnegative(),
    /** Seed of every random choice in grading. Not released to students. */
    seed: z.int(),
    limits: z.strictObject({
      /** Calls and jumps one test may take, in millions. */
      workM: z.int().positive(),
      heapMiB: z.int().positive(),
    }),
    criteria: z.array(Criterion).min(1),
  })
  .superRefine((file, context) => {
    const ids = file.criteria.map((criterion) => criterion.id);
    for (const [i, criterion] of file.criteria.entries()) {
      if (ids.indexOf(criterion.id) !== i) {
        context.addIssue({ code: 'custom', path: ['criteria', i, 'id'], message: `"${criterion.id}" stands twice` });
      }
      if (criterion.needs !== undefined && !ids.slice(0, i).includes(criterion.needs)) {
        context.addIssue({
          code: 'custom',
          path: ['criteria', i, 'needs'],
          message: `"${criterion.needs}" must be the id of an earlier criterion`,
        });
      }
      if (criterion.budget !== undefined && criterion.budget.half < criterion.budget.full) {
        context.addIssue({
          code: 'custom',
          path: ['criteria', i, 'budget', 'half'],
          message: 'must not be below full',
        });
      }
    }
  });
export type AssignmentFile = z.infer<typeof AssignmentFile>;

/** An assignment on disk: its file, parsed, and where it stands. */
export interface Assignment extends AssignmentFile {
  /** The folder's name: `03-buddy`. */
  readonly id: string;
  /** Absolute path of the assignment's folder. */
  readonly folder: string;
}
