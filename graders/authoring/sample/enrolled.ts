/** The students of a sample class as an LMS knows them: numbers, names, times and what was uploaded. */
import { createHash } from 'node:crypto';
import type { Course } from '../../course.ts';
import { byCodeUnits } from '../../lms/archive/entry.ts';
import type { Assignment } from '../../model/assignment.ts';
import { type Student, studentsOf } from './class-file.ts';
import { type Bytes, uploaderOf } from './upload.ts';

export interface Enrolled extends Pick<Student, 'name' | 'email'> {
  /** Place in an order that has nothing to do with names, from 1: LMS ids are made from it. */
  readonly number: number;
  /** Null when nothing was handed in. */
  readonly attempt: Attempt | null;
}

export interface Attempt {
  readonly student: Student;
  readonly uploads: Bytes;
  /** Names of what the same student had uploaded before, in an earlier attempt. */
  readonly before: readonly string[];
  /** Minutes before the due date; negative when late. */
  readonly minutesLeft: number;
}

/** Every course has one who never hands in. */
const ABSENT = { name: 'Konrad Stille', email: 'konrad.stille@example.edu' };

/** In the order of `class.yaml`, and then whoever handed in nothing. */
export async function enrol(course: Course, assignment: Assignment): Promise<readonly Enrolled[]> {
  const students = studentsOf(assignment);
  const upload = uploaderOf(course, assignment);
  const emails = [...students, ABSENT].map(({ email }) => email);
  const number = numbers(emails);
  const enrolled: Enrolled[] = [];
  for (const [i, student] of students.entries()) {
    const { name, email, packed, hands_in, resubmitted, late } = student;
    const before = resubmitted === undefined ? [] : [...(await upload(resubmitted, packed)).keys()];
    const uploads = await upload(hands_in, packed);
    const minutesLeft = (i * 97 + 11) % 1440;
    const attempt = { student, uploads, before, minutesLeft: late ? -1 - minutesLeft : minutesLeft };
    enrolled.push({ name, email, number: number(email), attempt });
  }
  return [...enrolled, { ...ABSENT, number: number(ABSENT.email), attempt: null }];
}

/** Shuffled, yet the same for ever. */
function numbers(emails: readonly string[]): (email: string) => number {
  const rank = (email: string): string => createHash('sha256').update(email).digest('hex');
  const shuffled = [...emails].sort((a, b) => byCodeUnits(rank(a), rank(b)));
  return (email) => shuffled.indexOf(email) + 1;
}
