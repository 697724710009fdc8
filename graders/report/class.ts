/** All that the class page shows, decided here: `templates/class.*` only place it. */
import type { Assignment, Criterion } from '../model/assignment.ts';
import type { CriterionResult, Result } from '../model/result.ts';
import type { IntakeProblem } from '../model/submission.ts';
import { VERDICT_KINDS } from '../model/verdict.ts';
import { type HistogramView, histogramView } from './figures/histogram.ts';
import { short } from './figures/scale.ts';
import { line, points, rounded, title } from './text.ts';
import { type Tone, wording } from './wording.ts';

interface Cell {
  readonly icon: string;
  readonly word: string;
  readonly tone: Tone;
  readonly points: string;
  /** What the column is sorted by. */
  readonly milli: number;
}

interface Student {
  readonly who: string;
  readonly key: string;
  readonly href: string;
  readonly late: boolean;
  readonly points: string;
  readonly milli: number;
  readonly headline: Cell;
  readonly cells: readonly Cell[];
}

interface Rate {
  readonly id: string;
  readonly title: string;
  /** How many of a hundred passed. */
  readonly percent: number;
  /** Shares of the bar, in percent: all points, some, none. */
  readonly full: number;
  readonly partly: number;
  readonly partlyFrom: number;
  readonly mean: string;
  readonly maxPoints: string;
}

interface Concern {
  readonly icon: string;
  readonly tone: Tone;
  readonly who: string;
  /** Empty when there is no page to go to. */
  readonly href: string;
  readonly says: string;
}

export interface ClassView {
  readonly assignment: { readonly id: string; readonly title: string };
  readonly maxPoints: string;
  readonly submissions: number;
  readonly late: number;
  readonly mean: string;
  readonly median: string;
  readonly full: number;
  readonly kinds: readonly {
    readonly icon: string;
    readonly word: string;
    readonly tone: Tone;
    readonly count: number;
  }[];
  readonly concerns: readonly Concern[];
  readonly histogram: HistogramView;
  readonly rates: readonly Rate[];
  readonly columns: readonly { readonly id: string; readonly title: string; readonly maxPoints: string }[];
  readonly students: readonly Student[];
}

/** Whether a fault of ours keeps the points from being final. */
const isOpen = ({ criteria }: Result): boolean => criteria.some(({ verdict }) => verdict.kind === 'broken');
const pageOf = (key: string): string => `${encodeURIComponent(key)}/feedback.html`;

/** 0 when there is nothing to take the mean of. */
const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / (values.length || 1);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return mean(sorted.slice(sorted.length % 2 === 0 ? middle - 1 : middle, middle + 1));
}

function cell({ verdict, milli }: CriterionResult): Cell {
  const { icon, word, tone } = wording(verdict.kind);
  return { icon, word, tone, milli, points: verdict.kind === 'broken' ? 'open' : points(milli) };
}

const NO_CELL: Cell = { icon: '', word: 'No result', tone: 'calm', milli: 0, points: '' };

/** How each is called: by the name alone, where no two have the same. */
function callingOf(results: readonly Result[]): (submission: Result['submission']) => string {
  const shared = new Map<string, number>();
  for (const { submission } of results) shared.set(submission.who, (shared.get(submission.who) ?? 0) + 1);
  return ({ who, key }) => ((shared.get(who) ?? 0) > 1 ? `${who} (${key})` : who);
}

function student(result: Result, criteria: readonly Criterion[], who: string): Student {
  const { submission } = result;
  const byId = new Map(result.criteria.map((criterion) => [criterion.id, cell(criterion)]));
  const { icon, word, tone } = wording(result.verdict);
  return {
    who: line(who, 60),
    key: title(submission.key),
    href: pageOf(submission.key),
    late: submission.late,
    points: points(result.milli),
    milli: result.milli,
    headline: { icon, word, tone, milli: VERDICT_KINDS.indexOf(result.verdict), points: '' },
    cells: criteria.map(({ id }) => byId.get(id) ?? NO_CELL),
  };
}

function rate({ id, title: name, points: max }: Criterion, results: readonly Result[]): Rate {
  const mine = results.flatMap(({ criteria }) => criteria.filter((criterion) => criterion.id === id));
  const decided = mine.filter(({ verdict }) => verdict.kind !== 'broken');
  const all = decided.length || 1;
  const full = decided.filter(({ milli, maxMilli }) => milli === maxMilli).length;
  const partly = decided.filter(({ milli, maxMilli }) => milli > 0 && milli < maxMilli).length;
  const passed = decided.filter(({ verdict }) => verdict.kind === 'passed').length;
  return {
    id,
    title: title(name),
    percent: Math.round((passed / all) * 100),
    full: short((full / all) * 100),
    partly: short((partly / all) * 100),
    partlyFrom: short((full / all) * 100),
    mean: rounded(mean(decided.map(({ milli }) => milli)) / 1000),
    maxPoints: points(max * 1000),
  };
}

/** Why a person must look at a submission, or nothing. */
function concern({ submission, criteria }: Result, called: string): Concern[] {
  const of = { who: title(called), href: pageOf(submission.key) };
  const broken = criteria.flatMap(({ id, verdict }) => (verdict.kind === 'broken' ? [{ id, ...verdict }] : []));
  const [fault] = broken;
  if (fault !== undefined) {
    const { icon, tone } = wording('broken');
    const says = `${title(fault.code)} in ${broken.map(({ id }) => id).join(', ')}: ${line(fault.says)}`;
    return [{ ...of, icon, tone, says: `Not graded by a fault of ours; no zero was given. ${says}` }];
  }
  const reasons = criteria.flatMap(({ verdict }) => (verdict.kind === 'ungradable' ? verdict.reasons : []));
  if (reasons.length === 0) return [];
  const { icon, tone } = wording('ungradable');
  return [{ ...of, icon, tone, says: line([...new Set(reasons)].join(' ')) }];
}

const stray = ({ entry, says }: IntakeProblem): Concern => ({
  icon: '…',
  tone: 'calm',
  who: title(entry),
  href: '',
  says: `${line(says)} It was not graded.`,
});

/** @param results  one for each submission, sorted by key */
export function classView(
  assignment: Assignment,
  results: readonly Result[],
  unmatched: readonly IntakeProblem[],
): ClassView {
  const maxMilli = assignment.criteria.reduce((sum, criterion) => sum + criterion.points * 1000, 0);
  const decided = results.filter((result) => !isOpen(result)).map(({ milli }) => milli);
  const called = callingOf(results);
  const concerns = results.flatMap((result) => concern(result, called(result.submission)));
  return {
    assignment: { id: title(assignment.id), title: title(assignment.title) },
    maxPoints: points(maxMilli),
    submissions: results.length,
    late: results.filter(({ submission }) => submission.late).length,
    mean: rounded(mean(decided) / 1000),
    median: rounded(median(decided) / 1000),
    full: decided.filter((milli) => milli === maxMilli).length,
    kinds: VERDICT_KINDS.flatMap((kind) => {
      const count = results.filter(({ verdict }) => verdict === kind).length;
      const { icon, word, tone } = wording(kind);
      return count === 0 ? [] : { icon, word, tone, count };
    }),
    concerns: [
      ...concerns.filter(({ tone }) => tone === 'ours'),
      ...unmatched.map(stray),
      ...concerns.filter(({ tone }) => tone !== 'ours'),
    ],
    histogram: histogramView(decided, maxMilli),
    rates: assignment.criteria.map((criterion) => rate(criterion, results)),
    columns: assignment.criteria.map(({ id, title: name, points: max }) => ({
      id,
      title: title(name),
      maxPoints: points(max * 1000),
    })),
    students: results.map((result) => student(result, assignment.criteria, called(result.submission))),
  };
}
