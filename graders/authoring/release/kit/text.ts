/** The self-check in plain text, for a terminal. */
import type { CriterionResult, Finding } from '../../../model/result.ts';
import type { Counterexample, Curve, Location, Verdict } from '../../../model/verdict.ts';
import { curveView } from '../../../report/figures/curve.ts';
import { block, counted, grouped, line, points } from '../../../report/text.ts';
import { wording } from '../../../report/wording.ts';
import type { SelfChecked } from './self-check.ts';

export function asText({ result, onlyHidden }: SelfChecked): string {
  const hidden = `Grading has further, hidden tests for all parts${
    onlyHidden.length === 0 ? '' : `, and only those for: ${onlyHidden.join('; ')}`
  }.`;
  return [
    `${result.assignment.title}: the public tests, run as they are in grading`,
    '',
    ...section(result.findings.length === 0 ? ['Types and rules: nothing found.'] : result.findings.map(finding)),
    ...(result.verdict === 'ungradable' ? section(reasons(result.criteria)) : section(parts(result.criteria))),
    `Public tests: ${points(result.milli)} of ${points(result.maxMilli)} points. ${wording(result.verdict).headline}`,
    ...(result.findings.length === 0
      ? []
      : [`At the top: ${counted(result.findings.length, 'remark')} on your files.`]),
    hidden,
    '',
  ].join('\n');
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [...lines, ''];
}

function finding({ severity, says, at }: Finding): string {
  return `${at === null ? '' : `${place(at)}: `}${severity === 'note' ? 'note: ' : ''}${line(says)}`;
}

function reasons(criteria: readonly CriterionResult[]): readonly string[] {
  const verdict = criteria[0]?.verdict;
  const lines = verdict?.kind === 'ungradable' ? verdict.reasons.map((reason) => `  ${line(reason)}`) : [];
  return ['This cannot be graded:', ...lines];
}

function parts(criteria: readonly CriterionResult[]): readonly string[] {
  const told = new Set<string>();
  return criteria.flatMap((criterion) => {
    const cause = causeOf(criterion.verdict);
    const known = cause !== null && told.has(cause);
    if (cause !== null) told.add(cause);
    const lines = known ? ['the same error as above'] : details(criterion.verdict);
    return [head(criterion), ...lines.map((one) => INDENT + one)];
  });
}

/** What may stop several criteria at once, and is then told once. */
function causeOf(verdict: Verdict): string | null {
  if (verdict.kind === 'crashed') return JSON.stringify(verdict.thrown);
  return verdict.kind === 'broken' ? verdict.says : null;
}

const INDENT = ' '.repeat(14);

function head({ title, milli, maxMilli, verdict }: CriterionResult): string {
  const { icon, word } = wording(verdict.kind);
  const worth = `${points(milli)} of ${points(maxMilli)}`.padStart(10);
  return `${icon} ${worth}  ${title}${verdict.kind === 'passed' ? '' : `: ${word.toLowerCase()}`}`;
}

/** What the starter's own functions throw. */
const UNWRITTEN = /^not written yet: /;

function details(verdict: Verdict): readonly string[] {
  switch (verdict.kind) {
    case 'passed':
      return verdict.curve === undefined ? [] : budget(verdict.curve);
    case 'failed':
      return [
        `${verdict.failed} of ${counted(verdict.tests, 'test')} failed; "npm test" shows them.`,
        ...folded(verdict.hint),
        ...verdict.counterexamples.flatMap(counterexample),
      ];
    case 'crashed':
      return [
        line(`${verdict.thrown.name}: ${verdict.thrown.message}`),
        ...verdict.thrown.at.map(place),
        ...(UNWRITTEN.test(verdict.thrown.message) ? [] : folded(verdict.hint)),
      ];
    case 'timedOut':
      return [...verdict.at.map(place), ...folded(verdict.hint)];
    case 'overBudget':
      return [...budget(verdict.curve), ...folded(verdict.hint)];
    case 'skipped':
      return [`First make this pass: "${verdict.because}".`];
    case 'ungradable':
      return verdict.reasons;
    case 'broken':
      return [line(verdict.says)];
    default:
      return verdict satisfies never;
  }
}

function counterexample({ steps, expected, actual }: Counterexample): readonly string[] {
  return [
    ...steps.map((step, i) => `${i + 1}. ${line(step)}`),
    ...block(`expected ${expected}\nbut got  ${actual}`).split('\n'),
  ];
}

function budget(curve: Curve): readonly string[] {
  const { measure, points: sizes, growth, slope, slopeLimit, ratio, full } = curve;
  const rows = sizes.map(({ size, count, reference }) => [grouped(size), grouped(count), grouped(reference)]);
  const head = ['size', 'yours', 'reference'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [
    `${measure}:`,
    ...[head, ...rows].map((row) => row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ')),
    `ratio ${ratio} at size ${curveView(curve).worstSize}, up to ${full} for full points; growth n^${slope}, up to n^${slopeLimit} (${growth})`,
  ];
}

function place({ file, line: row, column }: Location): string {
  return `${line(file)}:${row}:${column}`;
}

const WIDTH = 90;

/** A text in lines of at most so many characters, broken between words. */
function folded(text: string): readonly string[] {
  return (line(text, WIDTH * 20).match(new RegExp(`.{1,${WIDTH}}(?= |$)|\\S+`, 'g')) ?? []).map((one) => one.trim());
}
