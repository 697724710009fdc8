import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openZip } from '../archive/read.ts';
import { packZip } from '../archive/write.ts';

const files = new Map<string, string | Uint8Array>([
  ['Zoë_1_assignfeedback_file/feedback.html', '<p>hi</p>'],
  ['Ada_4_assignfeedback_file/feedback.html', '<p>ho</p>'],
  ['empty.txt', ''],
]);

const SHA256 = 'b663be877ea70b46feffb4125f2b3d07cc404a106fef6b1fa80b94c3026fb6ff';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('packZip', () => {
  test('writes sorted names, and reads back what was packed', async () => {
    const zip = await openZip(await packZip(files));
    if (zip.kind !== 'opened') throw new Error(zip.says);
    const read = await Promise.all(zip.entries.map(async ({ path, read }) => [path, await read(100)]));
    zip.close();
    expect(read).toEqual([
      ['Ada_4_assignfeedback_file/feedback.html', { kind: 'bytes', bytes: new Uint8Array(Buffer.from('<p>ho</p>')) }],
      ['Zoë_1_assignfeedback_file/feedback.html', { kind: 'bytes', bytes: new Uint8Array(Buffer.from('<p>hi</p>')) }],
      ['empty.txt', { kind: 'bytes', bytes: new Uint8Array() }],
    ]);
    expect(zip.folders).toEqual([]);
  });

  test('writes the same bytes in any order, time zone and version of Node', async () => {
    const reversed = new Map([...files].reverse());
    expect(sha256(await packZip(files))).toBe(SHA256);
    expect(sha256(await packZip(reversed))).toBe(SHA256);
    const script = `
      import { packZip } from ${JSON.stringify(pathToFileURL(join(__dirname, '..', 'archive', 'write.ts')).href)};
      process.stdout.write(await packZip(new Map(${JSON.stringify([...files])})));`;
    const elsewhere = { ...process.env, TZ: 'Pacific/Auckland' };
    const node = ['--import', 'tsx', '--input-type=module', '--eval', script];
    expect(sha256(execFileSync(process.execPath, node, { env: elsewhere }))).toBe(SHA256);
  });

  test('uses no data descriptor, no packing, and the UTF-8 flag where a name needs it', async () => {
    const bytes = Buffer.from(await packZip(files));
    const heads: number[][] = [];
    for (let at = bytes.indexOf('PK\u0003\u0004'); at !== -1; at = bytes.indexOf('PK\u0003\u0004', at + 1)) {
      heads.push([bytes.readUInt16LE(at + 6), bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 12)]);
    }
    //  flags, method, date: 33 is 1980-01-01
    expect(heads).toEqual([
      [0, 0, 33],
      [0x800, 0, 33],
      [0, 0, 33],
    ]);
  });
});
