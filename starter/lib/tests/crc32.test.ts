import { crc32 } from '../crc32.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe('crc32', () => {
  test('with all bits turned over at both ends it is that of zip', () => {
    expect(~crc32(bytes('123456789'), 0xffffffff) >>> 0).toBe(0xcbf43926);
  });

  test('zeroes are nothing', () => {
    expect([crc32(bytes('')), crc32(new Uint8Array(32))]).toEqual([0, 0]);
  });

  test('goes on where it stopped', () => {
    expect(crc32(bytes('6789'), crc32(bytes('12345')))).toBe(crc32(bytes('123456789')));
  });
});
