import type { Assignment } from '../../model/assignment.ts';
import type { Result } from '../../model/result.ts';
import type { VerdictKind } from '../../model/verdict.ts';
import type { Graded } from '../../pipeline.ts';
import { agreement } from '../sample/agreement.ts';
import type { Enrolled } from '../sample/enrolled.ts';

const ASSIGNMENT: Assignment = {
  id: '07-twice',
  folder: '/07-twice',
  title: 'Twice',
  due: '2026-11-20T23:59:00+01:00',
  holes: ['mm/twice.ts'],
  allowed: [],
  floor: 0,
  seed: 1,
  limits: { workM: 1, heapMiB: 1 },
  criteria: [{ id: 'double', title: 'Doubling', points: 3, hint: { failed: 'Add it to itself.' } }],
};

const ADA: Enrolled = {
  name: 'Ada Lovelace',
  email: 'ada@example.edu',
  number: 2,
  attempt: {
    student: {
      name: 'Ada Lovelace',
      email: 'ada@example.edu',
      hands_in: 'reference',
      packed: 'zip',
      late: false,
      verdict: 'passed',
      points: 2.5,
    },
    uploads: new Map(),
    before: [],
    minutesLeft: 1,
  },
};

const ABSENT: Enrolled = { name: 'Konrad Stille', email: 'konrad@example.edu', number: 1, attempt: null };

const SAMPLE = { students: [ADA, ABSENT], files: new Map() };

function result(key: string, verdict: VerdictKind, milli: number): Result {
  return {
    format: 'osgrade-result/1',
    assignment: { id: '07-twice', title: 'Twice' },
    submission: { key, who: 'Ada Lovelace', late: false, files: [] },
    verdict,
    milli,
    maxMilli: 3000,
    criteria: [],
    findings: [],
  };
}

function fromMoodle(verdict: VerdictKind, milli: number): Graded {
  const origin = { system: 'moodle', participant: '2', folder: 'Ada Lovelace_2_assignsubmission_file' } as const;
  const submissions = [{ key: 'ada-2', who: 'Ada Lovelace', late: false, origin }];
  const roster = { system: 'moodle', submissions, unmatched: [] } as const;
  return { assignment: ASSIGNMENT, results: [result('ada-2', verdict, milli)], roster, notes: [] };
}

function fromCanvas(user: string): Graded {
  const origin = { system: 'canvas', user, anonymous: false, entries: [] } as const;
  const submissions = [{ key: 'ada-4102', who: 'lovelaceada', late: false, origin }];
  const roster = { system: 'canvas', submissions, unmatched: [] } as const;
  return { assignment: ASSIGNMENT, results: [result('ada-4102', 'passed', 2500)], roster, notes: [] };
}

describe('agreement', () => {
  test('counts a student when both systems came to what was written down', () => {
    const graded = { moodle: fromMoodle('passed', 2500), canvas: fromCanvas('4102') };
    expect(agreement(SAMPLE, graded)).toEqual({ students: 1, agreeing: 1, differences: [] });
  });

  test('tells of other points, by name and system', () => {
    const graded = { moodle: fromMoodle('passed', 3000), canvas: fromCanvas('4102') };
    expect(agreement(SAMPLE, graded)).toEqual({
      students: 1,
      agreeing: 0,
      differences: [
        'Ada Lovelace <ada@example.edu> (reference, zip), from moodle: is passed with 3 points, written down was passed with 2.5 points.',
      ],
    });
  });

  test('tells of another verdict with the same points', () => {
    const graded = { moodle: fromMoodle('failed', 2500), canvas: fromCanvas('4102') };
    expect(agreement(SAMPLE, graded).differences).toEqual([expect.stringContaining('is failed with 2.5 points')]);
  });

  test('tells of a student who was not graded, of a stranger, and of what belongs to nobody', () => {
    const canvas = fromCanvas('4103');
    const more = canvas.roster.submissions.map((each) => ({ ...each, key: 'eve-4104' }));
    const unmatched = [{ entry: 'notes.txt', says: 'This entry has no ids.' }];
    const roster = { ...canvas.roster, submissions: [...canvas.roster.submissions, ...more], unmatched };
    const graded = { moodle: fromMoodle('passed', 2500), canvas: { ...canvas, roster } };
    expect(agreement(SAMPLE, graded)).toEqual({
      students: 1,
      agreeing: 0,
      differences: [
        'Ada Lovelace <ada@example.edu> (reference, zip), from canvas: was not graded, written down was passed with 2.5 points.',
        'From canvas there are 1 submissions that nobody handed in.',
        'From canvas, notes.txt: This entry has no ids.',
      ],
    });
  });
});
