import type { Result } from '../../model/result.ts';
import type { VerdictKind } from '../../model/verdict.ts';
import { classView } from '../class.ts';
import { assignment, criterion, everyKind, result, verdicts } from './samples.ts';

const { passed, failed, ungradable, broken } = verdicts('x');
const three = { ...assignment, criteria: assignment.criteria.filter(({ id }) => ['passed', 'failed'].includes(id)) };

function made(key: string, kind: VerdictKind, criteria: Result['criteria']): Result {
  const base = result(criteria, kind);
  return { ...base, submission: { ...base.submission, key, late: key === 'b' } };
}
const good = made('a', 'passed', [criterion(passed, 3000), { ...criterion(passed, 3000), id: 'failed' }]);
const half = made('b', 'failed', [criterion(passed, 3000), criterion(failed, 0)]);
const none = made('c', 'ungradable', [criterion(ungradable)]);
const ours = made('d', 'broken', [criterion(broken), criterion(failed, 0)]);

describe('classView', () => {
  test('takes mean, median and full points over what was decided', () => {
    const view = classView(three, [good, half, none, ours], []);
    const { submissions, maxPoints, mean, median, full, late } = view;
    expect({ submissions, maxPoints, mean, median, full, late }).toEqual({
      submissions: 4,
      maxPoints: '6',
      mean: '3',
      median: '3',
      full: 1,
      late: 1,
    });
    expect(view.histogram.bars.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(view.kinds.map(({ word, count }) => [word, count])).toEqual([
      ['Passed', 1],
      ['Not right yet', 1],
      ['Not gradable', 1],
      ['Our fault', 1],
    ]);
  });

  test('the median of an even number lies between the two in the middle', () => {
    expect(classView(three, [good, half], []).median).toBe('4.5');
  });

  test('tells those apart who have the same name', () => {
    const named = (of: Result, who: string): Result => ({ ...of, submission: { ...of.submission, who } });
    const { students, concerns } = classView(three, [named(good, 'Ada'), named(half, 'Bob'), named(none, 'Ada')], []);
    expect(students.map(({ who }) => who)).toEqual(['Ada (a)', 'Bob', 'Ada (c)']);
    expect(concerns.map(({ who }) => who)).toEqual(['Ada (c)']);
  });

  test('puts our faults first, then what belongs to nobody, then what could not be graded', () => {
    const { concerns } = classView(three, [none, good, ours], [{ entry: 'readme.pdf', says: 'Move it.' }]);
    expect(concerns.map(({ href, says }) => [href, says])).toEqual([
      [
        'd/feedback.html',
        'Not graded by a fault of ours; no zero was given. RUN_WORKER in broken: The worker kept dying.',
      ],
      ['', 'Move it. It was not graded.'],
      ['c/feedback.html', 'There is no mm/page_alloc.ts x'],
    ]);
  });

  test('gives each criterion its shares of all, some and no points', () => {
    const [, rate] = classView(three, [good, half, { ...half, criteria: [{ ...criterion(failed, 1500) }] }], []).rates;
    expect(rate).toMatchObject({
      id: 'failed',
      percent: 33,
      full: 33.33,
      partly: 33.33,
      mean: '1.5',
      maxPoints: '3',
    });
  });

  test('has a cell for each criterion, also where a result has none', () => {
    const { students } = classView(three, [none], []);
    expect(students[0]?.cells.map(({ word }) => word)).toEqual(['No result', 'No result']);
  });

  test('is whole for an empty class', () => {
    expect(classView(assignment, [], [])).toMatchObject({ submissions: 0, mean: '0', median: '0', concerns: [] });
  });

  test('escapes a key in links', () => {
    const odd = { ...everyKind(), submission: { ...everyKind().submission, key: 'a b#"c' } };
    expect(classView(assignment, [odd], []).students[0]?.href).toBe('a%20b%23%22c/feedback.html');
  });
});
