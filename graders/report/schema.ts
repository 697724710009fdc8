/** The format of `result.json` for who reads it with a program: docs/results.md, made from the schema that we parse with. */
import { z } from 'zod';
import { Result } from '../model/result.ts';
import { VERDICT_KINDS, type VerdictKind } from '../model/verdict.ts';

const MEANING: Readonly<Record<VerdictKind, string>> = {
  passed: 'Every test of the criterion passed; of a budget, all points.',
  failed: 'At least one answer was wrong. Holds the hint and the shortest wrong sequences of operations found.',
  crashed: 'The code threw where it should have answered. Holds the error and the places in the student’s own files.',
  timedOut: 'The code was stopped: by the limit of counted work, or, as a last resort, by a clock.',
  overBudget: 'The answers are right, but take too much work or grow too fast. Half the points, or none.',
  skipped: 'Another criterion has to pass first; `because` is its title.',
  ungradable: 'Nothing could be run: a file is missing, or does not parse. Holds the reasons.',
  broken: 'A fault of the grader, never of the student. The points of this criterion are open, not zero.',
};

/** JSON Schema, draft 2020-12. */
export function resultSchema(): object {
  return z.toJSONSchema(Result);
}

/** The whole of docs/results.md. */
export function resultsPage(): string {
  const kinds = VERDICT_KINDS.map((kind) => `| \`${kind}\` | ${MEANING[kind]} |`);
  return `# The format of a result

\`results/<assignment>/<key>/result.json\` holds all that the machine found about one submission. The same submission
gives the same bytes on every machine: no time, host or path of the run stands in it.

- Points are integers, in thousandths of a point: \`milli\` of \`maxMilli\`. They are rounded once, when they leave for a
  learning system.
- \`verdict\` of the whole is the gravest among the criteria, and \`passed\` only when all are.
- \`key\` names the submission in the class, and its folder.
- Names, messages, paths and labels are the student's text, as it came. Escape them before you show them.
- \`format\` changes when a reader of the old one would misread the new one. Unknown keys are refused.

Do not edit the file: it is written anew when the class is graded again.

## Verdicts

| kind | means |
| :--- | :--- |
${kinds.join('\n')}

## Schema

\`\`\`json
${JSON.stringify(resultSchema(), null, 2)}
\`\`\`
`;
}
