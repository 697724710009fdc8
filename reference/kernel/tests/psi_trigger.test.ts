import { VirtualClock } from '../../arch/clock.ts';
import { EBUSY, EINVAL } from '../../include/errno.ts';
import { PsiGroup } from '../psi.ts';
import { PsiTrigger, parseTrigger } from '../psi_trigger.ts';

const SECOND = 1_000_000_000;

describe('parseTrigger', () => {
  test('some or full, threshold and window in microseconds', () => {
    expect(parseTrigger('some 150000 1000000\n', true)).toEqual({
      kind: 'some',
      thresholdNs: 150_000_000,
      windowNs: SECOND,
    });
    expect(parseTrigger('full 1 10000000\n', true)).toMatchObject({ kind: 'full', windowNs: 10 * SECOND });
  });

  test.each([
    ['another word', 'most 150000 1000000\n'],
    ['nothing', '\n'],
    ['one number', 'some 150000\n'],
    ['a window of nothing', 'some 1 0\n'],
    ['a window above 10 s', 'some 150000 10000001\n'],
    ['a threshold of nothing', 'some 0 1000000\n'],
    ['a threshold above the window', 'some 1000001 1000000\n'],
    ['a negative number', 'some -1 1000000\n'],
    ['the last digit lost, for there is no byte behind it', 'some 150000 1000000'],
  ])('%s is refused', (_, line) => {
    expect(parseTrigger(line, true)).toBe(-EINVAL);
  });

  test('who has no rights gets windows of 2, 4, .. 10 s only', () => {
    expect(parseTrigger('some 150000 1000000\n', false)).toBe(-EINVAL);
    expect(parseTrigger('some 150000 3000000\n', false)).toBe(-EINVAL);
    expect(parseTrigger('some 150000 4000000\n', false)).toMatchObject({ windowNs: 4 * SECOND });
  });
});

describe('an open file', () => {
  test('takes one trigger, and has an error while it has none', () => {
    const file = new PsiGroup(new VirtualClock(), 1).open('io', true);
    expect(file.poll()).toBe('err');
    expect(file.write('')).toBe(-EINVAL);
    expect(file.write('some 1 1\n')).toBe(9);
    expect(file.write('some 1 1\n')).toBe(-EBUSY);
    expect(file.poll()).toBe('none');
  });
});

describe('growth in a window', () => {
  const trigger = (threshold: number) =>
    new PsiTrigger({ kind: 'some', thresholdNs: threshold, windowNs: SECOND }, 2, true, 100 * SECOND, 0);

  test('of the window before counts as much as remains of this one', () => {
    // 0.4 s in the first window; 0.1 s more after a fifth of the next: 0.1 + 0.4 * 0.8 = 0.42 s.
    const enough = trigger(0.42 * SECOND);
    const tooMuch = trigger(0.42 * SECOND + 1);
    for (const each of [enough, tooMuch]) {
      each.update(101 * SECOND + 1, 0.4 * SECOND);
      each.update(101.2 * SECOND + 1, 0.5 * SECOND);
    }
    expect([enough.poll(), tooMuch.poll()]).toEqual([true, false]);
  });

  test('an event that comes too soon after the last one waits for its window', () => {
    const each = trigger(0.1 * SECOND);
    each.update(100.2 * SECOND, 0.2 * SECOND);
    expect(each.poll()).toBe(true);
    each.update(100.5 * SECOND, 0.5 * SECOND);
    expect(each.poll()).toBe(false);
    each.update(101.2 * SECOND, 0.5 * SECOND);
    expect(each.poll()).toBe(true);
  });
});
