import { bytesOf, textOf } from '../latin1.ts';

test('bytes become letters and bytes again, zeroes and others', () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i % 256);
  expect(bytesOf(textOf(bytes))).toEqual(bytes);
  expect(textOf(new Uint8Array(8))).toBe('\0'.repeat(8));
});
