/** `intake.json`: who handed in and from where, kept so that a bundle can be packed again without the class's zip. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { GraderError } from '../errors.ts';
import type { Intake, Submission } from '../model/submission.ts';
import { jsonIn, type ResultsFolder } from './results.ts';

const Origin = z.discriminatedUnion('system', [
  z.strictObject({ system: z.literal('folder'), folder: z.string() }),
  z.strictObject({ system: z.literal('moodle'), participant: z.string().nullable(), folder: z.string() }),
  z.strictObject({
    system: z.literal('canvas'),
    user: z.string(),
    anonymous: z.boolean(),
    entries: z.array(z.string()),
  }),
]);

const Problem = z.strictObject({ entry: z.string(), says: z.string() });

const Roster = z.strictObject({
  format: z.literal('osgrade-intake/1'),
  system: z.enum(['folder', 'moodle', 'canvas']),
  submissions: z.array(z.strictObject({ key: z.string(), who: z.string(), late: z.boolean(), origin: Origin })),
  unmatched: z.array(Problem),
});

/** An intake without the files. */
export interface Roster {
  readonly system: Intake['system'];
  readonly submissions: readonly Pick<Submission, 'key' | 'who' | 'late' | 'origin'>[];
  readonly unmatched: Intake['unmatched'];
}

const FILE = 'intake.json';

export function keepRoster(folder: ResultsFolder, { system, submissions, unmatched }: Intake): Roster {
  const roster: Roster = {
    system,
    submissions: submissions.map(({ key, who, late, origin }) => ({ key, who, late, origin })),
    unmatched,
  };
  folder.write(FILE, `${JSON.stringify({ format: 'osgrade-intake/1', ...roster }, null, 2)}\n`);
  return roster;
}

/** @throws GraderError RESULT_INVALID */
export function readRoster(folder: ResultsFolder): Roster {
  const path = join(folder.path, FILE);
  const parsed = Roster.safeParse(existsSync(path) ? jsonIn(path) : undefined);
  if (!parsed.success) {
    throw new GraderError('RESULT_INVALID', `${path} is missing or damaged. Grade the class again into this folder.`);
  }
  return parsed.data;
}
