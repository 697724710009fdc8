/** Holds what came of a sample class against what was written down before. */
import type { Result } from '../../model/result.ts';
import type { Origin } from '../../model/submission.ts';
import type { Graded } from '../../pipeline.ts';
import { type BySystem, type Sample, SYSTEMS, type System } from '../sample.ts';
import { userId } from './canvas.ts';
import type { Attempt, Enrolled } from './enrolled.ts';
import { participantId } from './moodle.ts';

export interface Agreement {
  /** Students who handed in. */
  readonly students: number;
  /** Those with the verdict and the points that were written down, from both systems. */
  readonly agreeing: number;
  /** A sentence for everything that is not as written down. */
  readonly differences: readonly string[];
}

export function agreement({ students }: Sample, graded: BySystem<Graded>): Agreement {
  const handedIn = students.flatMap((each) => (each.attempt === null ? [] : [{ ...each, attempt: each.attempt }]));
  const wrong = handedIn.map((each) => SYSTEMS.flatMap((system) => differences(each, system, graded[system])));
  const strangers = SYSTEMS.flatMap((system) => {
    const { roster } = graded[system];
    const more = roster.submissions.length - handedIn.length;
    return [
      ...(more > 0 ? [`From ${system} there are ${more} submissions that nobody handed in.`] : []),
      ...roster.unmatched.map(({ entry, says }) => `From ${system}, ${entry}: ${says}`),
    ];
  });
  return {
    students: handedIn.length,
    agreeing: wrong.filter((sentences) => sentences.length === 0).length,
    differences: [...wrong.flat(), ...strangers],
  };
}

function differences(each: Enrolled & { readonly attempt: Attempt }, system: System, graded: Graded): string[] {
  const { hands_in, packed, verdict, points } = each.attempt.student;
  const result = resultOf(each, graded);
  const found = result === undefined ? 'was not graded' : `is ${came(result.verdict, result.milli)}`;
  if (found === `is ${came(verdict, points * 1000)}`) return [];
  const expected = came(verdict, points * 1000);
  return [
    `${each.name} <${each.email}> (${hands_in}, ${packed}), from ${system}: ${found}, written down was ${expected}.`,
  ];
}

function came(verdict: Result['verdict'], milli: number): string {
  return `${verdict} with ${milli / 1000} points`;
}

function resultOf(each: Enrolled, { results, roster }: Graded): Result | undefined {
  const theirs = (origin: Origin): boolean =>
    (origin.system === 'moodle' && origin.participant === participantId(each)) ||
    (origin.system === 'canvas' && origin.user === userId(each));
  const key = roster.submissions.find(({ origin }) => theirs(origin))?.key;
  return results.find(({ submission }) => submission.key === key);
}
