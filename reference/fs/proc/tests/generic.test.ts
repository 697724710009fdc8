import { EACCES, EINVAL, EIO, EISDIR, ELOOP, ENOENT, ENOTDIR } from '../../../include/errno.ts';
import { attribute, PseudoFs, pseudoDir, textFile } from '../generic.ts';
import { bootTwoNodes, ordinaryUser, processOf } from './machine.ts';

//  /t   open  (644, strict)   secret (400)   folder/file   own/file (700)   self -> folder   loop -> loop
const written: string[] = [];
const fs = new PseudoFs(
  '/t',
  pseudoDir({
    open: attribute(
      () => 'yes\n',
      (text) => written.push(text) * 0,
    ),
    shut: attribute(() => 'no\n'),
    secret: textFile(({ pid }) => `${pid}\n`, -EIO, 0o400),
    folder: pseudoDir({ file: textFile(() => 'in\n', -EIO) }),
    own: pseudoDir({ file: textFile(() => 'mine\n', -EIO) }, 0o700),
    self: { kind: 'link', target: () => 'folder' },
    loop: { kind: 'link', target: () => 'loop' },
  }),
);
const kernel = bootTwoNodes();
const root = processOf(kernel, 1);
const user = ordinaryUser(kernel);

describe('read', () => {
  test('makes the text for whoever asks, wherever the path goes', () => {
    expect(fs.read('/t/secret', root)).toBe('1\n');
    for (const path of [
      '/t/folder/file',
      'folder/file',
      '/t//./self/file',
      '/t/folder/../self/file',
      '../folder/file',
    ]) {
      expect(fs.read(path, root)).toBe('in\n');
    }
  });

  test.each([
    ['/t/none', -ENOENT],
    ['/t/folder/none', -ENOENT],
    ['/t/open/none', -ENOTDIR],
    ['/t/open/', -ENOTDIR],
    ['/t/folder', -EISDIR],
    ['/t', -EISDIR],
    ['/t/loop', -ELOOP],
  ])('%s: %i', (path, error) => {
    expect(fs.read(path, root)).toBe(error);
  });

  test('is refused to those who have no right', () => {
    expect(fs.read('/t/secret', user)).toBe(-EACCES);
    expect(fs.read('/t/open', user)).toBe('yes\n');
  });

  test('a folder of the first digit alone is for root: nobody else sees or enters it', () => {
    expect([fs.read('/t/own/file', root), fs.list('/t/own', root)]).toEqual(['mine\n', ['file']]);
    expect([fs.read('/t/own/file', user), fs.list('/t/own', user)]).toEqual([-EACCES, -EACCES]);
    expect([fs.read('/t/own/none', user), fs.read('/t/own/../open', user)]).toEqual([-EACCES, -EACCES]);
    expect(fs.stat('/t/own', user)).toEqual({ kind: 'dir', mode: 0o700, size: 0 });
  });
});

describe('readAt', () => {
  test('gives bytes, fewer at the end', () => {
    const text = (pos: number, len: number): string =>
      String.fromCharCode(...Array.from(fs.readAt('/t/open', root, pos, len) as Uint8Array));
    expect([text(0, 2), text(2, 9), text(9, 1)]).toEqual(['ye', 's\n', '']);
    expect(fs.readAt('/t/folder', root, 0, 1)).toBe(-EISDIR);
  });
});

describe('write', () => {
  test('reaches the file of one who may', () => {
    expect(fs.write('/t/open', '1\n', root)).toBe(0);
    expect(written).toEqual(['1\n']);
    expect(fs.write('/t/open', '2\n', user)).toBe(-EACCES);
    expect(fs.write('/t/folder', '2\n', root)).toBe(-EISDIR);
  });

  test('to what cannot be written: root is stopped by a strict file at the door, by another one inside', () => {
    expect([fs.write('/t/shut', '1', root), fs.write('/t/secret', '1', root)]).toEqual([-EACCES, -EIO]);
  });
});

describe('list and stat', () => {
  test('show names and rights', () => {
    expect(fs.list('/t', root)).toEqual(['open', 'shut', 'secret', 'folder', 'own', 'self', 'loop']);
    expect(fs.list('/t/self', root)).toEqual(['file']);
    expect(fs.list('/t/open', root)).toBe(-ENOTDIR);
    expect(fs.stat('/t/open', root)).toEqual({ kind: 'file', mode: 0o644, size: 0 });
    expect(fs.stat('/t/self', root)).toEqual({ kind: 'dir', mode: 0o555, size: 0 });
    expect(fs.stat('/t/none', root)).toBe(-ENOENT);
  });
});

test('a file that is no text has no text', () => {
  const bytes = (): Uint8Array => new Uint8Array([1]);
  const binary = new PseudoFs('/b', pseudoDir({ b: { ...textFile(() => '', -EIO), bytes } }));
  expect(binary.read('/b/b', root)).toBe(-EINVAL);
  expect(binary.readAt('/b/b', root, 0, 1)).toEqual(new Uint8Array([1]));
});
