import { budget, subject } from '../../../suite/index.ts';

const it = subject<{ fail(): void; keep(fail: () => void): void; throwKept(): void; spin(n: number): void }>('it');

describe('throws', () => {
  test('undefined', () => {
    throw undefined;
  });
  test('an error of its own through the subject', () => {
    it.keep(() => {
      throw new Error('of the test');
    });
  });
  test('what the subject kept of it', () => it.throwKept());
  test('forged stack', () => it.fail());
  test('nothing', () => expect(1).toBe(1));
});

describe('runaway', () => {
  test('first', () => it.spin(1e9));
  test('second is not tried', () => it.spin(0));
});

budget('steps', (size) => ({ run: () => it.spin(size) }));
