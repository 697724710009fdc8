import { time } from '../line.ts';

describe('time', () => {
  test.each([
    [27.5, '27.5 ns'],
    [1860, '1.86 us'],
    [322356, '322 us'],
    [4.48e9, '4.48 s'],
  ])('%d ns', (ns, text) => {
    expect(time(ns)).toBe(text);
  });
});
