/** The criteria on a student's page: one row each in the table, and a section for each cause worth explaining. */
import type { CriterionResult } from '../model/result.ts';
import { type Detail, detail } from './detail.ts';
import { counted, points, title } from './text.ts';
import { type Tone, wording } from './wording.ts';

export interface Row {
  readonly title: string;
  readonly icon: string;
  readonly word: string;
  readonly tone: Tone;
  /** "2.5", or "open" while nothing was decided because of a fault of ours. */
  readonly points: string;
  readonly maxPoints: string;
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
  /** The criteria when they are several, each with its own hint where hints differ; empty when that says nothing new. */
  readonly shared: readonly (Row & { readonly hint: string })[];
}

export function row({ title: name, milli, maxMilli, verdict }: CriterionResult): Row {
  const { icon, word, tone } = wording(verdict.kind);
  const earned = verdict.kind === 'broken' ? 'open' : points(milli);
  return { title: title(name), icon, word, tone, points: earned, maxPoints: points(maxMilli) };
}

/**
 * Tells criteria that one cause stopped once: the same error at the same place, the same file that is not there.
 * @param criteria  those to explain, in the assignment's order
 * @param all  how many criteria the assignment has
 */
export function sections(criteria: readonly CriterionResult[], all: number): Section[] {
  const byCause = new Map<string, [CriterionResult, ...CriterionResult[]]>();
  for (const criterion of criteria) {
    const cause = causeOf(criterion);
    const group = byCause.get(cause);
    if (group === undefined) byCause.set(cause, [criterion]);
    else group.push(criterion);
  }
  return [...byCause.values()].map((group) => (group.length === 1 ? single(group[0]) : several(group, all)));
}

/** Wrong answers and budgets have a cause each; of the rest, the facts are the cause, and the hint is not a fact. */
function causeOf({ id, verdict }: CriterionResult): string {
  const { kind } = verdict;
  const own = kind === 'passed' || kind === 'failed' || kind === 'overBudget';
  return own ? id : JSON.stringify({ ...verdict, hint: '' });
}

function single(criterion: CriterionResult): Section {
  const { title: heading, icon, tone, ...score } = row(criterion);
  const told = detail(criterion.verdict);
  return { ...told, anchor: `c-${criterion.id}`, ids: [criterion.id], heading, icon, tone, score, shared: [] };
}

function several(group: readonly [CriterionResult, ...CriterionResult[]], all: number): Section {
  const [first] = group;
  const { icon, tone, word } = row(first);
  const told = detail(first.verdict);
  const hints = group.map(({ verdict }) => detail(verdict).lead);
  const sameHint = hints.every((hint) => hint === told.lead);
  const isWhole = group.length === all;
  const shared = group.map((each, i) => ({ ...row(each), hint: sameHint ? '' : (hints[i] ?? '') }));
  return {
    ...told,
    lead: sameHint ? told.lead : '',
    anchor: `c-${first.id}`,
    ids: group.map(({ id }) => id),
    heading: isWhole ? 'The whole submission' : `${word}: ${counted(group.length, 'part')}`,
    icon,
    tone,
    score: null,
    shared: isWhole && sameHint ? [] : shared,
  };
}
