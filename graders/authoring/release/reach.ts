/** Which files of ours a file needs: those it imports, and those it names to load, fork or run. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

/** `'./x.ts'` in any kind of quotes; or `'x.cjs'`, but not in the quotes that comments use. */
const NAMED = /['"`](\.\.?\/[\w./-]+)['"`]|['"]([\w-]+\.[cm]?js)['"]/g;
/** `./x/${...}`: any file of that folder. */
const NAMED_FOLDER = /`(\.\.?\/[\w./-]*\/)\$\{/g;

/**
 * @param root  folder that all paths are relative to
 * @param from  files to begin with
 * @param follows  whether a named file is followed; those outside of root never are
 * @returns text of every file that is reached, by path with forward slashes, in order
 */
export function reach(
  root: string,
  from: readonly string[],
  follows: (path: string) => boolean = () => true,
): ReadonlyMap<string, string> {
  const open = [...from];
  const files = new Map<string, string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (files.has(path)) continue;
    const text = readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');
    files.set(path, text);
    open.push(...neighbours(root, path, text).filter((next) => !next.startsWith('../') && follows(next)));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Paths of existing files that a text names. Anything quoted counts: one file too many does no harm. */
function neighbours(root: string, path: string, text: string): readonly string[] {
  const beside = (name: string): string => posix.join(posix.dirname(path), name);
  const folders = [...text.matchAll(NAMED_FOLDER)].map(([, name = '']) => beside(name));
  const inFolders = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => posix.join(folder, name)));
  const named = [...text.matchAll(NAMED)].map(([, far, near]) => beside(far ?? near ?? ''));
  return [...named, ...inFolders].filter((next) => existsSync(join(root, next)) && statSync(join(root, next)).isFile());
}

/** The packages that texts import, by name. */
export function packagesOf(texts: Iterable<string>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const text of texts) {
    for (const [, name = ''] of text.matchAll(
      /(?:\bfrom |\bimport |\bimport\(|\brequire\()'((?:@[\w.-]+\/)?[a-z\d][\w.-]*)/g,
    )) {
      names.add(name);
    }
  }
  return names;
}
