import type { CriterionResult } from '../../model/result.ts';
import type { Verdict } from '../../model/verdict.ts';
import { row, sections } from '../section.ts';
import { criterion, verdicts } from './samples.ts';

const named = (id: string, verdict: Verdict): CriterionResult => ({
  ...criterion(verdict),
  id,
  title: `Title of ${id}`,
});
const crash = (hint: string): Verdict => ({
  kind: 'crashed',
  hint,
  thrown: { name: 'Error', message: 'not written yet: freePages', at: [] },
});

describe('row', () => {
  test('gives points in decimals, and leaves open what a fault of ours kept from being decided', () => {
    const { failed, broken } = verdicts('x');
    expect(row(criterion(failed, 1250))).toEqual({
      title: 'Title of failed',
      icon: '✗',
      word: 'Not right yet',
      tone: 'bad',
      points: '1.25',
      maxPoints: '3',
    });
    expect(row(criterion(broken)).points).toBe('open');
  });
});

describe('sections', () => {
  test('explains each wrong answer by itself', () => {
    const { failed } = verdicts('x');
    const told = sections([named('split', failed), named('merge', failed)], 3);
    expect(told.map(({ heading, anchor }) => [heading, anchor])).toEqual([
      ['Title of split', 'c-split'],
      ['Title of merge', 'c-merge'],
    ]);
  });

  test('tells one error that stopped several criteria once, with the hint of each', () => {
    const told = sections([named('split', crash('A')), named('merge', crash('B'))], 3);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      heading: 'Threw an error: 2 parts',
      ids: ['split', 'merge'],
      lead: '',
      score: null,
    });
    expect(told[0]?.shared.map(({ title, hint }) => [title, hint])).toEqual([
      ['Title of split', 'A'],
      ['Title of merge', 'B'],
    ]);
  });

  test('tells a submission that cannot be graded in one section, without its list of criteria', () => {
    const { ungradable } = verdicts('x');
    const told = sections([named('split', ungradable), named('merge', ungradable)], 2);
    expect(told).toMatchObject([
      { heading: 'The whole submission', shared: [], reasons: ['There is no mm/page_alloc.ts x'] },
    ]);
  });
});
