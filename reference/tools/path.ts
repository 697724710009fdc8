/** `/a/b`: a path from the root on, without `.`, `..` and double slashes. */

/** @param cwd  the folder that a path is from, when it does not begin at the root */
export function absolute(path: string, cwd: string): string {
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}
