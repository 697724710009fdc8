/** `class.yaml`: an invented class, what each student hands in, and what it must come to. Unknown keys are refused. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Assignment } from '../../model/assignment.ts';
import { VERDICT_KINDS } from '../../model/verdict.ts';
import { parsed } from '../sources.ts';

/** Whose work it is: our own, or a folder of class/. `empty-zip` is an archive without any file. */
const Source = z
  .string()
  .regex(
    /^(reference|starter|empty-zip|(example|mutant|class)\/[^/.][^/]*)$/,
    'must be reference, starter, empty-zip, example/<name>, mutant/<name> or class/<name>',
  );

const Student = z
  .strictObject({
    /** As the student spells it, given names first. */
    name: z.string().regex(/^\S+( \S+)*$/, 'must be a name, with single spaces'),
    email: z.email(),
    hands_in: Source,
    /** One zip of the files, the files side by side, or a zip of the whole folder that was given out. */
    packed: z.enum(['zip', 'files', 'project-zip']).default('zip'),
    late: z.boolean().default(false),
    /** What was handed in before, the same way; only the last attempt is graded. */
    resubmitted: Source.optional(),
    verdict: z.enum(VERDICT_KINDS),
    /** Half points come from work that is over budget, but not far. */
    points: z.number().nonnegative().multipleOf(0.5),
  })
  .refine(({ hands_in, resubmitted, packed }) => packed === 'zip' || ![hands_in, resubmitted].includes('empty-zip'), {
    path: ['packed'],
    message: 'must be zip for an empty-zip',
  });
export type Student = z.infer<typeof Student>;

const ClassFile = z.strictObject({
  students: z
    .array(Student)
    .min(1)
    .refine((students) => new Set(students.map(({ email }) => email)).size === students.length, {
      message: 'two students have the same email',
    }),
});

export const CLASS_FILE = 'class.yaml';

/** @throws GraderError ASSIGNMENT_INCOMPLETE if there is none, SUITE_INVALID if it does not fit */
export function studentsOf({ folder }: Assignment): readonly Student[] {
  return parsed(join(folder, CLASS_FILE), ClassFile).students;
}
