/** The few lines that go into the comment field of an LMS: the score, and where the points went. */
import type { Result } from '../model/result.ts';
import { line, points } from './text.ts';
import { wording } from './wording.ts';

/** Criteria named at most: the field is small, the feedback page has them all. */
const NAMED = 12;

/** Plain text, a fact a line; empty for a submission that a fault of ours left open. */
export function comment({ verdict, milli, maxMilli, criteria }: Result): string {
  if (verdict === 'broken') return '';
  const missed = criteria.filter((criterion) => criterion.milli < criterion.maxMilli);
  const more = missed.length - NAMED;
  return [
    `${points(milli)} of ${points(maxMilli)} points. ${wording(verdict).headline}`,
    ...(verdict === 'ungradable' ? reasons(criteria) : missed.slice(0, NAMED).map(named)),
    ...(verdict !== 'ungradable' && more > 0 ? [`and ${more} more.`] : []),
    ...(missed.length > 0 ? ['The feedback page shows what went wrong, and how to see it.'] : []),
  ]
    .map((text) => `${text}\n`)
    .join('');
}

function named({ title, milli, maxMilli, verdict }: Result['criteria'][number]): string {
  return `${title}: ${wording(verdict.kind).word.toLowerCase()} (${points(milli)} of ${points(maxMilli)})`;
}

function reasons(criteria: Result['criteria']): string[] {
  const first = criteria[0]?.verdict;
  return first?.kind === 'ungradable' ? first.reasons.map((reason) => line(reason)) : [];
}
