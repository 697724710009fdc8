/** The import rules of Canvas, restated strictly, to hold what we write against. */

const HEADERS = [
  /^Student,ID,Section$/,
  /^Student,ID,SIS Login ID,Section$/,
  /^Student,ID,SIS User ID,SIS Login ID(,Integration ID)?(,Root Account)?,Section$/,
];

/** @returns `assignment id: user id: score` of each cell that is imported */
export function importGradebook(bytes: Uint8Array): string[] {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  if (/^\ufeff|^"/.test(text)) throw new Error('Illegal quoting');
  const lines = text.trimEnd().split('\n');
  const delimiter = cells(lines[0] ?? '', ';').length > cells(lines[0] ?? '', ',').length ? ';' : ',';
  const [header = [], points = [], ...students] = lines.map((line) => cells(line, delimiter));
  const section = header.indexOf('Section');
  if (!HEADERS.some((known) => known.test(header.slice(0, section + 1).join()))) throw new Error('Invalid header row');
  if (points[0] !== '    Points Possible') throw new Error('no possible points');
  return header.slice(section + 1).flatMap((title, i) => {
    const id = / \((\d+)\)$/.exec(title)?.[1];
    if (id === undefined) throw new Error(`a new assignment: ${title}`);
    return students.map((row) => {
      const score = row[section + 1 + i] ?? '';
      if (!/^\d*\.?\d+$/.test(score)) throw new Error(`not a score: ${score}`);
      return `${id}: ${row[header.indexOf('ID')]}: ${score}`;
    });
  });
}

function cells(line: string, delimiter: string): string[] {
  const pattern = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${delimiter}]*))(?:${delimiter}|$)`, 'gy');
  return [...`${line}`.matchAll(pattern)]
    .filter(({ index }) => index < line.length || line.endsWith(delimiter))
    .map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '');
}

/** @returns `user/attachment/name shown` that a re-uploaded file is taken for, undefined when it is ignored */
export function importComment(path: string): string | undefined {
  const tokens = (path.split('/').at(-1) ?? '').split('_').filter((token) => token !== 'LATE');
  if (tokens.at(-1)?.startsWith('link') || path.startsWith('._')) return undefined;
  if (tokens[0] === 'anon') return `${tokens[1]}/${tokens[2]}/${tokens.slice(3).join('_')}`;
  const first = tokens.findIndex((token) => /^\d+$/.test(token));
  const second = tokens.findIndex((token, i) => i > first && /^\d+$/.test(token));
  if (first === -1 || second === -1) return undefined;
  return `${tokens[first]}/${tokens[second]}/${tokens.slice(second + 1).join('_')}`;
}
