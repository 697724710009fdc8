import { Xorshift } from '../xorshift.ts';

const numbers = (seed: number) => {
  const random = new Xorshift(seed);
  return Array.from({ length: 1000 }, () => random.below(10));
};

describe('Xorshift', () => {
  test('gives the same numbers for the same seed, others for another', () => {
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
    expect(new Set(numbers(0x9e3779b9)).size).toBe(10);
  });

  test('each number below comes up about as often as any other', () => {
    const counts = Array.from({ length: 10 }, (_, n) => numbers(1).filter((got) => got === n).length);
    expect(Math.min(...counts)).toBeGreaterThan(70);
    expect(Math.max(...counts)).toBeLessThan(130);
  });
});
