/** Names of files that are like a pattern. POSIX.1-2017, 2.13.3. */
import type { Files } from '../include/tool.ts';
import { isPattern, type Piece, patternOf } from './pattern.ts';

/** @returns the paths, sorted; none: the pattern itself, as a text */
export function filesLike(pieces: readonly Piece[], files: Files): string[] {
  const text = pieces.map((piece) => piece.text).join('');
  if (!isPattern(pieces)) return [text];
  const names = splitPath(pieces);
  const isAbsolute = names[0].length === 0 && names.length > 1;
  let found = isAbsolute ? ['/'] : [''];
  for (const name of isAbsolute ? names.slice(1) : names) found = found.flatMap((folder) => step(folder, name, files));
  return found.length === 0 ? [text] : found.sort();
}

/** Pieces of each name. */
function splitPath(pieces: readonly Piece[]): Piece[][] {
  const names: Piece[][] = [[]];
  for (const { text, quoted } of pieces) {
    for (const [i, part] of text.split('/').entries()) {
      if (i > 0) names.push([]);
      if (part !== '') names[names.length - 1].push({ text: part, quoted });
    }
  }
  return names;
}

function step(folder: string, name: readonly Piece[], files: Files): string[] {
  const join = (last: string): string => (folder === '' || folder.endsWith('/') ? folder + last : `${folder}/${last}`);
  const text = name.map((piece) => piece.text).join('');
  if (!isPattern(name)) {
    const path = join(text);
    return typeof files.stat(path === '' ? '.' : path) === 'number' ? [] : [path];
  }
  const list = files.list(folder === '' ? '.' : folder);
  if (typeof list === 'number') return [];
  const pattern = patternOf(name);
  return list.filter((each) => (text.startsWith('.') || !each.startsWith('.')) && pattern.test(each)).map(join);
}
