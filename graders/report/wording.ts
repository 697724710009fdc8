/** How each verdict is said: to the student, in the class list, and in a sign that does not need its colour. */
import type { VerdictKind } from '../model/verdict.ts';

/** Which of the page's colours goes with it. */
export type Tone = 'good' | 'bad' | 'warn' | 'calm' | 'ours';

export interface Wording {
  readonly icon: string;
  /** In a table's cell. */
  readonly word: string;
  readonly tone: Tone;
  /** The page's first sentence, when this is the gravest verdict. */
  readonly headline: string;
}

export function wording(kind: VerdictKind): Wording {
  switch (kind) {
    case 'passed':
      return { icon: '✓', word: 'Passed', tone: 'good', headline: 'Everything that was asked for works.' };
    case 'failed':
      return { icon: '✗', word: 'Not right yet', tone: 'bad', headline: 'Some answers are not right yet.' };
    case 'crashed':
      return {
        icon: '!',
        word: 'Threw an error',
        tone: 'bad',
        headline: 'Your code threw an error where an answer was expected.',
      };
    case 'timedOut':
      return { icon: '∞', word: 'Did not finish', tone: 'bad', headline: 'Part of your code did not come to an end.' };
    case 'overBudget':
      return {
        icon: '▲',
        word: 'Over budget',
        tone: 'warn',
        headline: 'Part of your code does more work than the assignment allows.',
      };
    case 'skipped':
      return { icon: '–', word: 'Not tried yet', tone: 'calm', headline: 'Part of your code could not be tried yet.' };
    case 'ungradable':
      return {
        icon: '?',
        word: 'Not gradable',
        tone: 'warn',
        headline: 'This submission could not be graded as it is.',
      };
    case 'broken':
      return {
        icon: '⊘',
        word: 'Our fault',
        tone: 'ours',
        headline: 'Something went wrong on our side. It is not your fault, and no zero was given.',
      };
    default:
      return kind satisfies never;
  }
}
