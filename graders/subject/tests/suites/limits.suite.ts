/** One attack on the limits; then an honest question, which must be answered as if nothing had been. */
import { subject } from '../../../suite/index.ts';

const it = subject<{ attack(): unknown; two(): number }>('it');

describe('attack', () => {
  test('once', () => {
    expect(it.attack()).toBe('survived');
  });
});

describe('after', () => {
  test('two', () => {
    expect(it.two()).toBe(2);
  });
});
