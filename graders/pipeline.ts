/**
 * The way of a class through the seven stages: intake, check, compile, run, judge, report, bundle. Each stage takes a value
 * and gives a value; only this file knows their order.
 */
import type { Course } from './course.ts';
import { loadAssignment } from './course.ts';
import type { GradeFile } from './lms/grades/grade-file.ts';
import type { Assignment } from './model/assignment.ts';
import type { Result } from './model/result.ts';
import type { Submission } from './model/submission.ts';
import { assess } from './pipeline/assess.ts';
import type { Crew } from './play/crew.ts';
import { bundle } from './stages/bundle.ts';
import { intake } from './stages/intake.ts';
import { report } from './stages/report.ts';
import { assessorHash, submissionHash } from './store/hash.ts';
import { ResultsFolder } from './store/results.ts';
import { keepRoster, type Roster, readRoster } from './store/roster.ts';

export interface GradeRequest {
  readonly assignment: string;
  /** Path of a folder or zip with submissions. */
  readonly source: string;
  /** Path of the results folder. */
  readonly out: string;
  readonly crew: Crew;
  /** The worksheet or gradebook of the LMS, to be filled in; null when there is none yet. */
  readonly gradeFile: GradeFile | null;
  /** Canvas: id or title of the assignment's column; null when there is only one. */
  readonly column: string | null;
}

/** Told how far the work is. */
export interface Watch {
  /** @param reused  results of an earlier run that still hold */
  begin(submissions: number, reused: number): void;
  graded(result: Result): void;
}

export interface Graded {
  readonly assignment: Assignment;
  /** Sorted by key. */
  readonly results: readonly Result[];
  readonly roster: Roster;
  /** All that the instructor must know, a sentence each. */
  readonly notes: readonly string[];
}

/** @throws GraderError; what is graded by then is kept, and the next run goes on from there */
export async function grade(course: Course, request: GradeRequest, watch: Watch): Promise<Graded> {
  const assignment = loadAssignment(course, request.assignment);
  const received = await intake(request.source);
  const folder = ResultsFolder.open(request.out, assignment.id);
  const roster = keepRoster(folder, received);

  const assessor = assessorHash(course, assignment);
  const hashOf = (submission: Submission): string => submissionHash(assessor, submission);
  const known = received.submissions.flatMap((submission) => folder.known(submission.key, hashOf(submission)) ?? []);
  const keys = new Set(known.map(({ submission }) => submission.key));
  const fresh = received.submissions.filter(({ key }) => !keys.has(key));
  watch.begin(received.submissions.length, known.length);

  const results = [...known];
  await assess(course, assignment, fresh, { crew: request.crew, order: null }, (submission, result) => {
    folder.keep(hashOf(submission), result);
    results.push(result);
    watch.graded(result);
  });
  results.sort((a, b) => (a.submission.key < b.submission.key ? -1 : 1));
  const notes = await publish(folder, assignment, results, roster, request);
  return { assignment, results, roster, notes };
}

/**
 * Packs the bundle of a results folder again, with a grade file this time.
 * @throws GraderError OUTPUT_FOREIGN, RESULT_INVALID, BUNDLE_TEMPLATE, OUTPUT_FAILED
 */
export async function rebundle(
  course: Course,
  path: string,
  given: Pick<GradeRequest, 'gradeFile' | 'column'>,
): Promise<Graded> {
  const folder = ResultsFolder.reopen(path);
  const assignment = loadAssignment(course, folder.assignment);
  const roster = readRoster(folder);
  const results = roster.submissions.flatMap(({ key }) => folder.last(key) ?? []);
  const notes = await publish(folder, assignment, results, roster, given);
  return { assignment, results, roster, notes };
}

/** Renders and packs: the last two stages. Nothing is written unless everything could be made. */
async function publish(
  folder: ResultsFolder,
  assignment: Assignment,
  results: readonly Result[],
  roster: Roster,
  { gradeFile, column }: Pick<GradeRequest, 'gradeFile' | 'column'>,
): Promise<string[]> {
  const pages = report(assignment, results, roster.unmatched);
  const graded = roster.submissions.map((submission) => {
    const result = results.find((candidate) => candidate.submission.key === submission.key);
    const page = (name: string): [string, string][] => {
      const text = pages.get(`${submission.key}/${name}`);
      return text === undefined ? [] : [[name, text]];
    };
    return {
      submission,
      points:
        result === undefined || result.verdict === 'broken' ? null : { milli: result.milli, maxMilli: result.maxMilli },
      comment: pages.get(`${submission.key}/comment.txt`) ?? '',
      feedback: new Map([...page('feedback.html'), ...page('feedback.md')]),
    };
  });
  const packed = await bundle({ system: roster.system, graded, gradeFile, column });
  for (const [path, text] of pages) folder.write(path, text);
  for (const [name, bytes] of packed.files) folder.write(`bundle/${name}`, bytes);
  const others = folder.others(roster.submissions.map(({ key }) => key));
  const left =
    others.length === 0
      ? []
      : [`Results of an earlier run that are not in this class were left as they are: ${others.join(', ')}.`];
  return [...packed.notes, ...left];
}
