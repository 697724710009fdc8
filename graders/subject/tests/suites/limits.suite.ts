/** One attack on the limits; then an honest question, which must be answered as if nothing had been. */
import { subject } from '../../../suite/index.ts';

const it = subject<{ attack(answer: (what: unknown) => unknown): unknown; two(): number }>('it');

/** Calls a function, gives a text of as many characters as a number says, throws for a symbol; anything else it gives back. */
function answer(what: unknown): unknown {
  if (typeof what === 'symbol') throw new Error(String(what));
  if (typeof what === 'function') return what();
  return typeof what === 'number' ? 'x'.repeat(what) : what;
}

describe('attack', () => {
  test('once', () => {
    expect(it.attack(answer)).toBe('survived');
  });
});

describe('after', () => {
  test('two', () => {
    expect(it.two()).toBe(2);
  });
});
