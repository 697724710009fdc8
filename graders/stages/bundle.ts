/** Last stage: packs grades and feedback into the files that the LMS imports. */
import { packZip } from '../lms/archive/write.ts';
import { canvasFeedback } from '../lms/canvas/feedback.ts';
import { fillGradebook } from '../lms/canvas/gradebook.ts';
import type { GradeFile } from '../lms/grades/grade-file.ts';
import { type FeedbackFiles, type Filled, type Graded, inRange, listed, nameOf } from '../lms/grades/graded.ts';
import { summaryCsv } from '../lms/grades/summary.ts';
import { moodleFeedback } from '../lms/moodle/feedback.ts';
import { fillWorksheet } from '../lms/moodle/worksheet.ts';
import type { Origin } from '../model/submission.ts';

export interface GradedClass {
  readonly system: Origin['system'];
  /** In the order of the summary. */
  readonly graded: readonly Graded[];
  /** The worksheet or gradebook that the instructor downloaded; null when there is none yet. */
  readonly gradeFile: GradeFile | null;
  /** Canvas: id or exact title of the assignment; null when the export has only one. */
  readonly column: string | null;
}

export interface Bundle {
  /** File name to content: the same bytes for the same class, on every system and version of Node. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** All that the instructor must know, a sentence each: above all, who will not get a grade this way. */
  readonly notes: readonly string[];
}

/** @throws GraderError BUNDLE_TEMPLATE when the grade file cannot be filled in: nothing is packed then */
export async function bundle(course: GradedClass): Promise<Bundle> {
  const { system, graded } = course;
  const given = graded.filter(({ points }) => points !== null && inRange(points));
  const grades = fill(course);
  const feedback = await answer(system, given);
  const files = new Map<string, Uint8Array>();
  if (grades.text !== null) files.set(FILES[system].grades, Buffer.from(grades.text));
  if (feedback.files.size > 0) files.set(FILES[system].feedback, await packZip(feedback.files));
  files.set('summary.csv', Buffer.from(summaryCsv(graded)));
  return { files, notes: [...ungraded(graded), ...grades.notes, ...feedback.notes] };
}

const FILES = {
  moodle: { grades: 'moodle-worksheet.csv', feedback: 'moodle-feedback.zip' },
  canvas: { grades: 'canvas-gradebook.csv', feedback: 'canvas-comments.zip' },
  folder: { grades: 'grades.csv', feedback: 'feedback.zip' },
} as const;

const AGAIN = 'Then run: osgrade bundle <results folder> --gradebook FILE';

/** What to say when there is no grade file yet. */
const HOW_TO_FILL: Readonly<Record<Origin['system'], readonly string[]>> = {
  moodle: [
    `No grades were packed, for they go into Moodle's own worksheet. Tick "Offline grading worksheet" in the settings of the assignment, and choose "Download grading worksheet" where the submissions are listed. ${AGAIN}`,
  ],
  canvas: [
    `No grades were packed, for they go into Canvas's own gradebook export. Choose "Export" in Grades. ${AGAIN}`,
  ],
  folder: [],
};

function fill({ system, graded, gradeFile, column }: GradedClass): Filled {
  if (gradeFile === null) return { text: null, notes: HOW_TO_FILL[system] };
  switch (system) {
    case 'moodle':
      return fillWorksheet(gradeFile, graded);
    case 'canvas':
      return fillGradebook(gradeFile, graded, column);
    case 'folder':
      return {
        text: null,
        notes: [
          'These submissions came from a plain folder, without the ids of an LMS, so the grade file was not filled in.',
        ],
      };
    default:
      return system satisfies never;
  }
}

async function answer(system: Origin['system'], given: readonly Graded[]): Promise<FeedbackFiles> {
  switch (system) {
    case 'moodle':
      return moodleFeedback(given);
    case 'canvas':
      return canvasFeedback(given);
    case 'folder': {
      const files = given.flatMap(({ submission, feedback }) =>
        [...feedback].map(([name, text]) => [`${submission.key}/${name}`, text] as const),
      );
      return { files: new Map(files), notes: [] };
    }
    default:
      return system satisfies never;
  }
}

function ungraded(graded: readonly Graded[]): string[] {
  const broken = graded.filter(({ points }) => points === null);
  const odd = graded.filter(({ points }) => points !== null && !inRange(points));
  return [
    ...listed(
      'Grading broke down on these, through no fault of theirs; they get neither grade nor feedback',
      broken.map(nameOf),
    ),
    ...listed('The points of these are out of range; they get neither grade nor feedback', odd.map(nameOf)),
  ];
}
