/** All that the page of one student shows, decided here: `templates/feedback.*` only place it. */
import type { CriterionResult, Finding, Result } from '../model/result.ts';
import { type Detail, detail, place } from './detail.ts';
import { short } from './figures/scale.ts';
import { counted, line, points, title } from './text.ts';
import { type Tone, wording } from './wording.ts';

const MAX_FILES = 60;
const MAX_FINDINGS = 60;

export interface Row {
  readonly title: string;
  readonly icon: string;
  readonly word: string;
  readonly tone: Tone;
  /** "2.5", or "open" while nothing was decided because of a fault of ours. */
  readonly points: string;
  readonly maxPoints: string;
  /** Where on the page it is explained; null when there is nothing to explain. */
  readonly anchor: string | null;
}

/** A criterion, explained; or several, when one cause stopped them all. */
export interface Section extends Detail {
  readonly anchor: string;
  readonly ids: readonly string[];
  readonly heading: string;
  readonly icon: string;
  readonly tone: Tone;
  /** The one criterion's points; null when there are several. */
  readonly score: { readonly points: string; readonly maxPoints: string } | null;
  /** Several criteria, unless they are all there are. */
  readonly shared: readonly Row[];
}

/** A part of the bar under the score: a criterion, as wide as its points, filled as far as they were earned. */
interface Segment {
  readonly x: number;
  readonly width: number;
  readonly filled: number;
  readonly tone: Tone;
}

export interface FeedbackView {
  readonly assignment: { readonly id: string; readonly title: string };
  readonly who: string;
  readonly late: boolean;
  readonly points: string;
  readonly maxPoints: string;
  /** Not every criterion could be decided, by a fault of ours. */
  readonly open: boolean;
  readonly headline: string;
  readonly tone: Tone;
  readonly segments: readonly Segment[];
  readonly first: { readonly title: string; readonly says: string; readonly anchor: string } | null;
  readonly rows: readonly Row[];
  readonly sections: readonly Section[];
  /** Criteria that passed and were measured. */
  readonly measured: readonly Section[];
  readonly findings: readonly {
    readonly at: string;
    readonly word: string;
    readonly tone: Tone;
    readonly says: string;
  }[];
  /** What findings are. */
  readonly findingsLead: string;
  readonly moreFindings: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  readonly moreFiles: string;
}

/** Criteria with the very same verdict, of the same kind and with the same facts, are told once. */
function groups(criteria: readonly CriterionResult[]): CriterionResult[][] {
  const byFacts = new Map<string, CriterionResult[]>();
  for (const criterion of criteria) {
    const facts = JSON.stringify(criterion.verdict);
    byFacts.set(facts, [...(byFacts.get(facts) ?? []), criterion]);
  }
  return [...byFacts.values()];
}

function row(criterion: CriterionResult, anchor: string | null): Row {
  const { kind } = criterion.verdict;
  const { icon, word, tone } = wording(kind);
  const partly = kind === 'passed' && criterion.milli < criterion.maxMilli;
  return {
    title: title(criterion.title),
    icon,
    word: partly ? 'Passed in part' : word,
    tone: partly ? 'warn' : tone,
    points: kind === 'broken' ? 'open' : points(criterion.milli),
    maxPoints: points(criterion.maxMilli),
    anchor,
  };
}

/**
 * @param group  one criterion, or those with the same verdict
 * @param titles  of all criteria, by id
 */
function section(group: readonly CriterionResult[], titles: ReadonlyMap<string, string>): Section[] {
  const [criterion] = group;
  if (criterion === undefined) return [];
  const { verdict, id } = criterion;
  const because = verdict.kind === 'skipped' ? (titles.get(verdict.because) ?? title(verdict.because)) : '';
  const whole = group.length === titles.size;
  const alone = row(criterion, null);
  return [
    {
      ...detail(verdict, because),
      anchor: `c-${id}`,
      ids: group.map((each) => each.id),
      heading:
        group.length === 1
          ? alone.title
          : whole
            ? 'The whole submission'
            : `${alone.word}: ${counted(group.length, 'part')}`,
      icon: alone.icon,
      tone: alone.tone,
      score: group.length === 1 ? alone : null,
      shared: group.length === 1 || whole ? [] : group.map((each) => row(each, null)),
    },
  ];
}

function segments(result: Result): Segment[] {
  let x = 0;
  return result.criteria.map(({ milli, maxMilli, verdict }) => {
    const width = short((maxMilli / result.maxMilli) * 100);
    const segment = { x: short(x), width, filled: short(width * (milli / maxMilli)), tone: wording(verdict.kind).tone };
    x += width;
    return segment;
  });
}

/** Criteria stand after those they need, so the first one to mend is the first that went wrong by itself. */
function first(result: Result, sections: readonly Section[]): FeedbackView['first'] {
  const wrong = result.criteria.find(({ verdict }) => !['passed', 'skipped', 'broken'].includes(verdict.kind));
  const told = sections.find(({ ids }) => wrong !== undefined && ids.includes(wrong.id));
  if (wrong === undefined || told === undefined) return null;
  const waiting = result.criteria.filter(({ verdict }) => verdict.kind === 'skipped' && verdict.because === wrong.id);
  const wait = waiting.length === 0 ? '' : ` ${counted(waiting.length, 'part waits', 'parts wait')} for it.`;
  return { title: told.heading, says: `${told.reasons[0] ?? told.lead}${wait}`, anchor: told.anchor };
}

const finding = ({ severity, says, at }: Finding): FeedbackView['findings'][number] => ({
  at: at === null ? '' : place(at),
  ...(severity === 'error' ? { word: 'To mend', tone: 'bad' as const } : { word: 'Note', tone: 'calm' as const }),
  says: line(says),
});

const more = (all: number, shown: number, noun: string): string =>
  all > shown ? `and ${counted(all - shown, noun)} more` : '';

export function feedbackView(result: Result): FeedbackView {
  const { submission, criteria, findings } = result;
  const titles = new Map(criteria.map((criterion) => [criterion.id, title(criterion.title)]));
  const isPassed = ({ verdict }: CriterionResult): boolean => verdict.kind === 'passed';
  const isMeasured = ({ verdict }: CriterionResult): boolean =>
    verdict.kind === 'passed' && verdict.curve !== undefined;
  const toSections = (some: readonly CriterionResult[]): Section[] =>
    groups(some).flatMap((group) => section(group, titles));
  const sections = toSections(criteria.filter((criterion) => !isPassed(criterion)));
  const measured = toSections(criteria.filter(isMeasured));
  const anchors = new Map([...sections, ...measured].flatMap(({ ids, anchor }) => ids.map((id) => [id, anchor])));
  const { headline, tone } = wording(result.verdict);
  return {
    assignment: { id: title(result.assignment.id), title: title(result.assignment.title) },
    who: title(submission.who),
    late: submission.late,
    points: points(result.milli),
    maxPoints: points(result.maxMilli),
    open: criteria.some(({ verdict }) => verdict.kind === 'broken'),
    headline,
    tone,
    segments: segments(result),
    first: first(result, sections),
    rows: criteria.map((criterion) => row(criterion, anchors.get(criterion.id) ?? null)),
    sections,
    measured,
    findings: findings.slice(0, MAX_FINDINGS).map(finding),
    findingsLead: `Found before anything was run.${result.verdict === 'ungradable' ? '' : ' These cost no points by themselves.'}`,
    moreFindings: more(findings.length, MAX_FINDINGS, 'finding'),
    files: submission.files
      .slice(0, MAX_FILES)
      .map(({ path, sha256 }) => ({ path: title(path), sha256: sha256.slice(0, 12) })),
    moreFiles: more(submission.files.length, MAX_FILES, 'file'),
  };
}
