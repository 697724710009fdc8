import { decode } from '../text.ts';

function decoded(bytes: Uint8Array): ReturnType<typeof decode> {
  return decode({ path: 'x', bytes }, 'mm/a.ts');
}

describe('decode', () => {
  test.each([
    ['UTF-8', Buffer.from('// ä€😀')],
    ['UTF-8 with a mark', Buffer.from('\uFEFF// ä€😀')],
    ['UTF-16, little end first', Buffer.from('\uFEFF// ä€😀', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\uFEFF// ä€😀', 'utf16le').swap16()],
  ])('reads %s', (_, bytes) => {
    expect(decoded(bytes)).toEqual({ text: '// ä€😀', findings: [], reasons: [] });
  });

  test('reads Latin-1 with a note', () => {
    const { text, findings, reasons } = decoded(Buffer.from('// für', 'latin1'));
    expect({ text, rules: findings.map(({ severity, rule }) => [severity, rule]), reasons }).toEqual({
      text: '// für',
      rules: [['note', 'unreadable']],
      reasons: [],
    });
  });

  test('refuses a file with zero bytes', () => {
    expect(decoded(Buffer.from('PK\0\0'))).toMatchObject({
      text: null,
      reasons: ['mm/a.ts is not a text file: it holds zero bytes. Save it as plain text, encoded in UTF-8.'],
    });
  });

  test('refuses a file beyond 256 KiB, takes one of just that', () => {
    expect(decoded(Buffer.alloc(256 * 1024, 'a')).text).toHaveLength(256 * 1024);
    expect(decoded(Buffer.alloc(256 * 1024 + 1, 'a'))).toMatchObject({
      text: null,
      reasons: ['mm/a.ts is 257 KiB large; source files of up to 256 KiB are read.'],
    });
  });
});
