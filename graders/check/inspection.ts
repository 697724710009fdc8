import type { Finding } from '../model/result.ts';

/** What one look at a submission brought. */
export interface Inspection {
  readonly findings: readonly Finding[];
  /** Why it cannot be graded, in sentences; each is also a finding. Empty when it can. */
  readonly reasons: readonly string[];
}

/** An inspection that knows where in the file it spoke up: the type checker's words about that would only confuse. */
export interface Located extends Inspection {
  /** Offsets in the file. */
  readonly at: readonly number[];
}

export function joined(parts: readonly Inspection[]): Inspection {
  return { findings: parts.flatMap((part) => part.findings), reasons: parts.flatMap((part) => part.reasons) };
}

/** A finding that leaves the submission gradable. */
export function remark(finding: Finding): Inspection {
  return { findings: [finding], reasons: [] };
}

/** A finding for which the submission cannot be graded. */
export function refusal(finding: Finding): Inspection {
  const place = finding.at === null ? '' : `${finding.at.file}, line ${finding.at.line}: `;
  return { findings: [finding], reasons: [place + finding.says] };
}

/** What is said when type checking was given up. */
export function stoppedTypes(): Finding {
  return {
    severity: 'error',
    rule: 'type',
    says: 'Type checking took too long and was stopped: some type here is far too complicated. The code was graded all the same.',
    at: null,
  };
}

/** Findings of one rule that are shown; the rest is counted. */
const SHOWN = 20;

/** The first few findings of each rule, in their order, each rule closed by how many more there are. */
export function capped(findings: readonly Finding[]): readonly Finding[] {
  const rules = [...new Set(findings.map((finding) => finding.rule))];
  const hidden = rules.flatMap((rule): Finding[] => {
    const all = findings.filter((finding) => finding.rule === rule);
    const more = all.length - SHOWN;
    const severity = all.some((finding) => finding.severity === 'error') ? 'error' : 'note';
    return more > 0 ? [{ severity, rule, says: `and ${more} more of this kind`, at: null }] : [];
  });
  const seen = new Map<string, number>();
  const shown = findings.filter(({ rule }) => {
    seen.set(rule, (seen.get(rule) ?? 0) + 1);
    return (seen.get(rule) ?? 0) <= SHOWN;
  });
  return [...shown, ...hidden];
}

const LONGEST = 300;

/** Text of a student, or of a compiler about it, fit to stand in a sentence: one line, no control characters, not long. */
export function quotable(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}...`;
}
