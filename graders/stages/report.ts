/** Report: makes the pages that student and instructor read. Knows no folder: names and texts come out. */
import type { Assignment } from '../model/assignment.ts';
import type { Result } from '../model/result.ts';
import type { IntakeProblem } from '../model/submission.ts';
import { classView } from '../report/class.ts';
import { comment } from '../report/comment.ts';
import { feedbackView } from '../report/feedback.ts';
import { htmlTemplate, markdownTemplate, sortScriptHash } from '../report/templates.ts';

/**
 * @param results  one for each submission, sorted by key
 * @param unmatched  what intake could give to no submission
 * @returns texts by path, with forward slashes: `<key>/feedback.html`, `<key>/feedback.md`, `<key>/comment.txt`, `class.html`, `class.md`
 */
export function report(
  assignment: Assignment,
  results: readonly Result[],
  unmatched: readonly IntakeProblem[],
): Map<string, string> {
  const pages = new Map<string, string>();
  const toHtml = htmlTemplate('feedback');
  const toMarkdown = markdownTemplate('feedback');
  for (const result of results) {
    const view = feedbackView(result);
    pages.set(`${result.submission.key}/feedback.html`, toHtml(view));
    pages.set(`${result.submission.key}/feedback.md`, toMarkdown(view));
    pages.set(`${result.submission.key}/comment.txt`, comment(result));
  }
  const overview = classView(assignment, results, unmatched);
  pages.set('class.html', htmlTemplate('class')({ ...overview, scriptHash: sortScriptHash() }));
  pages.set('class.md', markdownTemplate('class')(overview));
  return pages;
}
