/** `osgrade grade` and `osgrade bundle`: grade a class, and pack what the LMS imports. */
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { basename, join } from 'node:path';
import { COURSE } from '../course.ts';
import { GraderError } from '../errors.ts';
import type { GradeFile } from '../lms/grades/grade-file.ts';
import { GRAVITY } from '../model/verdict.ts';
import { type Graded, grade, rebundle } from '../pipeline.ts';
import { withCrew } from '../play/crew.ts';
import { line, points } from '../report/text.ts';
import { wording } from '../report/wording.ts';
import { writeWhole } from '../store/write.ts';
import { progressOn } from './progress.ts';
import { table } from './table.ts';

export interface GradeOptions {
  readonly out?: string;
  readonly jobs?: number;
  readonly gradebook?: string;
  readonly column?: string;
}

/** Submissions listed one by one at most; of a larger class, those that need attention. */
const LISTED = 40;
/** Criteria named in one line of it. */
const NAMED = 4;

export async function gradeCommand(assignment: string, source: string, options: GradeOptions): Promise<string> {
  const out = options.out ?? join('results', assignment);
  const started = new Date();
  const progress = progressOn(process.stderr, assignment);
  const workers = options.jobs ?? availableParallelism();
  const request = {
    assignment,
    source,
    out,
    ...gradeFileOf(options),
  };
  let graded: Graded;
  try {
    graded = await withCrew(workers, (crew) => grade(COURSE, { ...request, crew }, progress));
  } finally {
    progress.end();
  }
  const seconds = (Date.now() - started.getTime()) / 1000;
  const about = {
    started: started.toISOString(),
    seconds,
    host: hostname(),
    node: process.version,
    source,
    workers,
  };
  writeWhole(join(out, 'run.json'), `${JSON.stringify(about, null, 2)}\n`);
  return summary(graded, out, `in ${seconds.toFixed(1)} s`);
}

export async function bundleCommand(results: string, options: GradeOptions): Promise<string> {
  const graded = await rebundle(COURSE, results, gradeFileOf(options));
  return summary(graded, results, 'by an earlier run');
}

function gradeFileOf({ gradebook, column }: GradeOptions): { gradeFile: GradeFile | null; column: string | null } {
  if (gradebook === undefined) return { gradeFile: null, column: column ?? null };
  try {
    return { gradeFile: { name: basename(gradebook), bytes: readFileSync(gradebook) }, column: column ?? null };
  } catch (cause) {
    throw new GraderError(
      'BUNDLE_TEMPLATE',
      `The grade file ${gradebook} cannot be read: ${(cause as Error).message}.`,
      cause,
    );
  }
}

/** The first few, and how many more there are: a line of a terminal is short. */
function few(criteria: readonly string[]): string {
  const more = criteria.length - NAMED;
  return criteria.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function summary({ assignment, results, roster, notes }: Graded, out: string, when: string): string {
  const attention = results.filter(({ verdict }) => verdict === 'broken' || verdict === 'ungradable');
  const listed = results.length <= LISTED ? results : attention;
  const rows = listed.map(({ submission, milli, maxMilli, verdict, criteria }) => {
    const wrong = criteria.filter(({ verdict: { kind } }) => kind === verdict && kind !== 'passed').map(({ id }) => id);
    const where = verdict === 'ungradable' || verdict === 'broken' ? '' : few(wrong);
    return [
      line(submission.who, 40),
      verdict === 'broken' ? '-' : `${points(milli)} of ${points(maxMilli)}`,
      submission.late ? 'late' : '',
      wording(verdict).word,
      where,
    ];
  });
  const counts = GRAVITY.toReversed().flatMap((kind) => {
    const count = results.filter(({ verdict }) => verdict === kind).length;
    return count === 0 ? [] : [`${count} ${wording(kind).word.toLowerCase()}`];
  });
  return [
    '',
    `${assignment.title}: ${results.length} submissions, graded ${when}: ${counts.join(', ')}.`,
    '',
    ...(rows.length === 0 ? [] : [table(['Name', 'Points', '', 'Verdict', 'Where'], rows), '']),
    ...roster.unmatched.map(({ entry, says }) => `Not matched: ${line(entry)}: ${says}`),
    ...notes.map((note) => `Note: ${note}`),
    '',
    'Look at:',
    `  ${join(out, 'class.html')}   the class on one page, with a link to each feedback page`,
    `  ${join(out, 'bundle')}   what to upload to the LMS`,
  ].join('\n');
}
