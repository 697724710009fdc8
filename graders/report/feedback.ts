/** All that the page of one student shows, decided here: `templates/feedback.*` only place it. */
import type { CriterionResult, Finding, Result } from '../model/result.ts';
import { detail, place } from './detail.ts';
import { short } from './figures/scale.ts';
import { type Row, row, type Section, sections } from './section.ts';
import { counted, line, points, title } from './text.ts';
import { type Tone, wording } from './wording.ts';

const MAX_FILES = 60;
const MAX_FINDINGS = 60;

/** A part of the bar under the score: a criterion, as wide as its points, filled as far as they were earned; percent. */
interface Segment {
  readonly x: number;
  readonly width: number;
  readonly filled: number;
  readonly tone: Tone;
}

interface First {
  readonly title: string;
  readonly says: string;
  readonly anchor: string;
  readonly tone: Tone;
}

interface FindingView {
  /** Empty when it is about no line. */
  readonly at: string;
  readonly word: string;
  readonly tone: Tone;
  readonly says: string;
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
  readonly segments: readonly Segment[];
  readonly first: First | null;
  /** With where each is explained; null when there is nothing to explain. */
  readonly rows: readonly (Row & { readonly anchor: string | null })[];
  readonly sections: readonly Section[];
  /** Criteria that passed and were measured. */
  readonly measured: readonly Section[];
  readonly findings: readonly FindingView[];
  readonly findingsLead: string;
  readonly moreFindings: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  readonly moreFiles: string;
}

function segments({ criteria, maxMilli: all }: Result): Segment[] {
  let x = 0;
  return criteria.map(({ milli, maxMilli, verdict }) => {
    const width = (maxMilli / all) * 100;
    const filled = short(width * (milli / maxMilli));
    const segment = { x: short(x), width: short(width), filled, tone: wording(verdict.kind).tone };
    x += width;
    return segment;
  });
}

/** Criteria stand after those they need, so the first one to mend is the first that went wrong by itself. */
function first(criteria: readonly CriterionResult[], explained: readonly Section[]): First | null {
  const wrong = criteria.find(({ verdict }) => !['passed', 'skipped', 'broken'].includes(verdict.kind));
  const section = explained.find(({ ids }) => wrong !== undefined && ids.includes(wrong.id));
  if (wrong === undefined || section === undefined) return null;
  const waiting = criteria.filter(({ verdict }) => verdict.kind === 'skipped' && verdict.because === wrong.title);
  const wait = waiting.length === 0 ? '' : ` ${counted(waiting.length, 'part waits', 'parts wait')} for it.`;
  const says = section.reasons[0] ?? detail(wrong.verdict).lead;
  return { title: section.heading, says: `${says}${wait}`, anchor: section.anchor, tone: section.tone };
}

function findingView({ severity, says, at }: Finding): FindingView {
  const where = { at: at === null ? '' : place(at), says: line(says) };
  return severity === 'error' ? { ...where, word: 'To mend', tone: 'bad' } : { ...where, word: 'Note', tone: 'calm' };
}

const more = (all: number, shown: number, noun: string): string =>
  all > shown ? `and ${counted(all - shown, `more ${noun}`)}` : '';

const FOUND = 'Found before anything was run.';

export function feedbackView(result: Result): FeedbackView {
  const { submission, criteria, findings } = result;
  const isPassed = ({ verdict }: CriterionResult): boolean => verdict.kind === 'passed';
  const wrong = sections(
    criteria.filter((criterion) => !isPassed(criterion)),
    criteria.length,
  );
  const measured = sections(
    criteria.filter(({ verdict }) => verdict.kind === 'passed' && verdict.curve !== undefined),
    criteria.length,
  );
  const anchors = new Map([...wrong, ...measured].flatMap(({ ids, anchor }) => ids.map((id) => [id, anchor])));
  return {
    assignment: { id: title(result.assignment.id), title: title(result.assignment.title) },
    who: title(submission.who),
    late: submission.late,
    points: points(result.milli),
    maxPoints: points(result.maxMilli),
    open: criteria.some(({ verdict }) => verdict.kind === 'broken'),
    headline: wording(result.verdict).headline,
    segments: segments(result),
    first: first(criteria, wrong),
    rows: criteria.map((criterion) => ({ ...row(criterion), anchor: anchors.get(criterion.id) ?? null })),
    sections: wrong,
    measured,
    findings: findings.slice(0, MAX_FINDINGS).map(findingView),
    findingsLead: result.verdict === 'ungradable' ? FOUND : `${FOUND} These cost no points by themselves.`,
    moreFindings: more(findings.length, MAX_FINDINGS, 'finding'),
    files: submission.files
      .slice(0, MAX_FILES)
      .map(({ path, sha256 }) => ({ path: title(path), sha256: sha256.slice(0, 12) })),
    moreFiles: more(submission.files.length, MAX_FILES, 'file'),
  };
}
